"""From a message of the hub to the shelf that it is about, in the loop over live cameras."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue

import numpy as np

from miseban.camera.process.child import _hear
from miseban.camera.process.live import LiveLoop
from miseban.camera.shelf_memory import ShelfMemory, memory_file
from miseban.space.shelf import Learnt
from miseban.space.shelf.weights import NAMES
from miseban.vision.detectors.detection import Detections
from miseban.vision.pixels import Frame
from miseban.vocabulary.events import Event, ShelfState
from miseban.vocabulary.lessons import Lesson
from tests.camera.played import START, PlayedSource
from tests.camera.shelf_pictures import HEIGHT, WIDTH, frame, picture, shop


class Wall(PlayedSource):
    """A wall of goods, a look a second and ten times as fast."""

    def __init__(self) -> None:
        super().__init__(WIDTH, HEIGHT, 1.0, live=True)
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        bgr = picture({})
        for second in range(1000):
            if self._closed.wait(0.1):
                return
            seen = frame(float(second), bgr.copy())
            yield Frame(seen.bgr, second, seen.time_s, START + timedelta(seconds=second))

    def close(self) -> None:
        self._closed.set()


class Nobody:
    name = "nobody"

    def detect(self, frame: Frame) -> Detections:
        return Detections(np.empty((0, 4)), np.empty(0))

    def close(self) -> None:
        """Nothing is open."""


def test_a_lesson_reaches_its_facing_and_rubbish_reaches_nobody(tmp_path: Path) -> None:
    weights = ((0.5,) * len(NAMES), (0.25,) * len(NAMES))
    kept = Learnt(weights, ((0.7, 0.1),) * 6, 6)
    (shelf,) = shop().shelves
    facings = [(shelf.id, facing) for facing in shelf.facings]
    ShelfMemory(tmp_path, shop().camera("c"), facings).write({0: kept})
    lessons: SimpleQueue[Lesson] = SimpleQueue()
    for state in ("full", "low"):
        _hear("c", lessons, Lesson(shelf="wall", facing="b", state=state).encode())
    _hear("c", lessons, Lesson(shelf="another", facing="b", state="empty").encode())
    for rubbish in (b"", b'{"kind":"lesson"}', b"x" * 5000):
        _hear("c", lessons, rubbish)
    told: list[Event] = []
    until_s = time.monotonic() + 30

    def stopped() -> bool:
        watch = loop._together.views["c"].shelves
        return (watch is not None and watch.learned("wall", "b") > 0) or time.monotonic() > until_s

    loop = LiveLoop(
        shop(), {"c": (Wall(), Nobody())}, told.extend, stopped=stopped, lessons=lessons,
        memory=tmp_path,
    )  # fmt: skip
    loop.run()
    watch = loop._together.views["c"].shelves
    assert watch is not None
    assert watch.learned("wall", "b") == 1  # of one look one thing is learned: what was said last
    assert [watch.learned("wall", name) for name in "acdef"] == [0] * 5
    assert watch._space.learnt() == {0: kept}  # what was kept of another facing is still known
    assert lessons.empty()
    assert {event.facing for event in told if isinstance(event, ShelfState)} <= set("abcdef")


def test_a_camera_that_tells_of_no_shelf_any_more_forgets_what_was_taught(tmp_path: Path) -> None:
    path = memory_file(tmp_path, "c")
    path.write_text("{}", encoding="utf-8")
    bare = shop().model_copy(update={"shelves": ()})
    LiveLoop(bare, {"c": (Wall(), Nobody())}, lambda events: None, memory=tmp_path)
    assert not path.exists()
