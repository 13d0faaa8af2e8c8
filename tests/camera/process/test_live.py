"""The loop over live cameras: events leave it as they happen, and memory does not grow."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from miseban.camera import reports
from miseban.camera.appearance import AppearanceMemory
from miseban.camera.process.live import LiveLoop
from miseban.camera.shop_opening import open_floor
from miseban.camera.together import Together
from miseban.space import engine, facts
from miseban.vision.detectors.detection import Detections
from miseban.vision.pixels import Frame
from miseban.vision.sources import Gap
from miseban.vision.tracker import tracker
from miseban.vision.uniform import UniformWatch
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.events import CameraHealth, Event, VisitEnded, ZoneEntered
from miseban.vocabulary.shop import Shop, parse_shop
from tests.camera.played import START, PlayedSource

CAMERA = """
[[camera]]
id = "{0}"
source = "usb:0"
resolution = [64, 48]
[[zone]]
id = "{0}-floor"
kind = "area"
camera = "{0}"
polygon = [[0, 0], [64, 0], [64, 48], [0, 48]]
"""


def shop(*cameras: str) -> Shop:
    text = '[shop]\nid = "s"\ntimezone = "UTC"\npolicy = "jp"\n'
    return parse_shop(text + "".join(CAMERA.format(name) for name in cameras), "s")


class Clock:
    """Goes ``rate`` times as fast as time does."""

    def __init__(self, rate: float = 20.0) -> None:
        self.rate, self._zero = rate, time.monotonic()

    def __call__(self) -> float:
        return (time.monotonic() - self._zero) * self.rate

    def wait_until(self, now_s: float) -> None:
        time.sleep(max(0.0, (now_s - self()) / self.rate))


class Lens(PlayedSource):
    """Live noise at 5 frames a second of ``clock``; nothing between ``away`` (from, to)."""

    def __init__(self, clock: Clock, away: tuple[float, float] = (0.0, 0.0)) -> None:
        super().__init__(64, 48, 5.0, live=True)
        self._clock, self._away = clock, away
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        rng = np.random.default_rng(0)
        number, last_s = 0, 0.0
        while True:
            number += 1
            time_s = number / 5.0
            self._clock.wait_until(time_s)
            if self._closed.is_set():
                return
            if self._away[0] < time_s < self._away[1]:
                continue
            if time_s - last_s > 2.0:
                self.gaps.append(Gap(last_s, time_s, "no frames came"))
            last_s = time_s
            picture = rng.integers(90, 160, (48, 64, 3), np.uint8)
            yield Frame(picture, number, time_s, START + timedelta(seconds=time_s))

    def close(self) -> None:
        self._closed.set()


class Walker:
    """Sees one person who is there from ``come`` to ``go``, in seconds, again and again."""

    name = "walker"

    def __init__(self, come: float, go: float, every: float = 1e9, breaks: float = 1e9) -> None:
        self._come, self._go, self._every, self._breaks = come, go, every, breaks

    def detect(self, frame: Frame) -> Detections:
        if frame.time_s >= self._breaks:
            raise Failed("model-fault", "net.onnx", "it broke")
        if not self._come <= frame.time_s % self._every < self._go:
            return Detections(np.empty((0, 4)), np.empty(0))
        return Detections(np.array([[20.0, 5.0, 40.0, 40.0]]), np.array([0.9]))

    def close(self) -> None:
        """Nothing is open."""


def test_what_happens_is_told_while_it_goes_on() -> None:
    clock = Clock()
    told: list[tuple[float, Event]] = []
    loop = LiveLoop(
        shop("a"),
        {"a": (Lens(clock), Walker(2.0, 10.0))},
        lambda events: told.extend((clock(), event) for event in events),
        stopped=lambda: clock() > 40.0,
        clock=clock,
        gate=False,
    )
    loop.run()
    entered = [(at_s, event) for at_s, event in told if isinstance(event, ZoneEntered)]
    ended = [(at_s, event) for at_s, event in told if isinstance(event, VisitEnded)]
    assert len(entered) == len(ended) == 1
    at_s, event = entered[0]
    assert (event.time - START).total_seconds() == pytest.approx(2.0, abs=1.0)
    assert at_s < 8.0, "not only when the visit is over"
    assert ended[0][0] < 39.0, "not only at the end"
    assert loop.frames > 100


def test_a_camera_that_is_away_is_told_while_it_is_and_holds_up_nobody() -> None:
    clock = Clock()
    told: list[tuple[float, Event]] = []
    loop = LiveLoop(
        shop("a", "b"),
        {
            "a": (Lens(clock, away=(10.0, 60.0)), Walker(2.0, 5.0)),
            "b": (Lens(clock), Walker(20.0, 30.0)),
        },
        lambda events: told.extend((clock(), event) for event in events),
        stopped=lambda: clock() > 80.0,
        clock=clock,
        gate=False,
    )
    loop.run()
    seen = [at_s for at_s, event in told if isinstance(event, VisitEnded) and event.camera == "b"]
    assert seen[0] < 50.0, "the other goes on"
    gaps = [
        (at_s, event)
        for at_s, event in told
        if isinstance(event, CameraHealth) and event.state == "gap" and event.camera == "a"
    ]
    assert len(gaps) >= 3
    assert gaps[0][0] < 35.0, "told while it lasts"
    assert sum(event.gap_s for _, event in gaps) == pytest.approx(50.0, abs=2.5)
    ends = [(event.time - START).total_seconds() for _, event in gaps]
    starts = [end - event.gap_s for end, (_, event) in zip(ends, gaps, strict=True)]
    assert all(b >= a - 1e-6 for a, b in zip(ends, starts[1:], strict=False)), "no second twice"


def test_a_detector_that_breaks_ends_the_loop_with_all_that_was_seen() -> None:
    clock = Clock()
    told: list[Event] = []
    loop = LiveLoop(
        shop("a"), {"a": (Lens(clock), Walker(2.0, 60.0, breaks=12.0))}, told.extend,
        stopped=lambda: clock() > 60.0, clock=clock, gate=False,
    )  # fmt: skip
    with pytest.raises(Failed, match="it broke"):
        loop.run()
    assert any(isinstance(event, VisitEnded) for event in told)


def test_a_session_keeps_nothing_of_what_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half an hour of two visits a minute: at its end as little is held as in its middle."""
    source = Lens(Clock())
    for place in (engine.__name__ + ".MOST_TRACKS", tracker.__name__ + ".REMEMBERED",
                  facts.__name__ + ".MANY_GAPS", reports.__name__ + ".PERIOD_S"):  # fmt: skip
        monkeypatch.setattr(place, 20)  # what has a limit comes to it soon

    def held(together: Together) -> int:
        seen: set[int] = set()

        def size(thing: object) -> int:
            if id(thing) in seen or isinstance(thing, (str, bytes, int, float, type, Shop)):
                return 0
            seen.add(id(thing))
            if isinstance(thing, np.ndarray):
                return int(thing.size)
            if isinstance(thing, dict):
                return len(thing) + sum(size(v) for v in thing.values())
            if isinstance(thing, (list, tuple, set)):
                return len(thing) + sum(size(v) for v in thing)
            if not type(thing).__module__.startswith(("miseban", "tests", "collections")):
                return 0
            names = getattr(type(thing), "__slots__", ())
            slots = [getattr(thing, n, None) for n in (names if names != "" else ())]
            return size(vars(thing) if hasattr(thing, "__dict__") else {}) + size(slots)

        return size(together)

    where = shop("a")
    floor = open_floor(where, ["a"], START, detected=True)
    together = Together(
        where,
        {"a": (source, Walker(5.0, 20.0, every=30.0))},
        START,
        floor,
        keep_rows=False,
        gate=False,
    )
    rng = np.random.default_rng(0)
    events: list[Event] = []
    sizes = []
    for n in range(1, 1801):
        picture = rng.integers(90, 160, (48, 64, 3), np.uint8)
        frame = Frame(picture, n, float(n), START + timedelta(seconds=n))
        if n % 10 == 0:
            source.gaps = [Gap(n - 0.5, float(n), "flap")]
        together.take("a", frame)
        events += together.advance(float(n))
        if n % 150 == 0:
            sizes.append(held(together))
    assert sum(isinstance(event, VisitEnded) for event in events) >= 50
    assert max(sizes[9:]) < 1.1 * max(sizes[6:9]), sizes


POINTS = "floor_points = [" + "".join(
    f"{{ pixel = [{x}, {y}], floor_m = [{x / 8}, {y / 8}] }}, "
    for x, y in ((0, 0), (64, 0), (0, 48), (64, 48))
)


@pytest.mark.parametrize("asked", [True, False])
def test_clothes_are_looked_at_where_that_is_asked_for(
    asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[tuple[str, str]] = set()

    def offer(eye: object, camera: str, *_: object) -> None:
        seen.add((type(eye).__name__, camera))

    for kind in (AppearanceMemory, UniformWatch):
        monkeypatch.setattr(kind, "offer", offer)
    sized = "resolution = [64, 48]\n"
    text = '[shop]\nid = "s"\ntimezone = "UTC"\npolicy = "jp"\nfloor = {width_m = 8, depth_m = 6}\n'
    text += "".join(CAMERA.format(name).replace(sized, f"{sized}{POINTS}]\n") for name in "ab")
    clock = Clock()
    loop = LiveLoop(
        parse_shop(text, "s"),
        {name: (Lens(clock), Walker(1.0, 6.0, 8.0)) for name in "ab"},
        lambda _: None,
        stopped=lambda: clock() > (800.0 if asked and len(seen) < 4 else 30.0),
        clock=clock,
        looks=AppearanceMemory(60.0, ZoneInfo("UTC")) if asked else None,
        uniform=UniformWatch([(31, 111, 92)]) if asked else None,
    )
    loop.run()
    kinds = ("AppearanceMemory", "UniformWatch") if asked else ()
    assert seen == {(kind, camera) for kind in kinds for camera in "ab"}
