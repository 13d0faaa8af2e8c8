"""From what staff say of a facing to the camera processes that may look at it: at once or never."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from miseban.camera.process.groups import groups_of
from miseban.vocabulary.lessons import Lesson
from miseban.vocabulary.shop import Shop

FRESH_S: Final = 10.0
"""A lesson that was not fetched for so long is of another moment."""
MOST: Final = 600
"""Lessons that wait for one process: all facings of a shelf may be said to be full at once."""
AT_ONCE: Final = 200
"""... and those that it is told in one answer."""
GONE_S: Final = 60.0
"""Whoever has not listened for so long is not there any more."""

Way = Callable[[str, bytes], None]
"""Is handed a source and a message for it; must not wait."""


@dataclass(slots=True)
class _Box:
    listened_s: float
    waiting: deque[tuple[float, bytes]] = field(default_factory=lambda: deque(maxlen=MOST))


class Lessons:
    """``tell`` from any thread. Processes of this machine ``wait`` for theirs, in a thread each;
    to others they go by ``ways``. ``clock`` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._boxes: dict[str, _Box] = {}
        self._news = threading.Condition()
        self._closed = False
        self.ways: list[Way] = []

    def tell(self, sources: Iterable[str], lesson: Lesson) -> None:
        payload = lesson.encode()
        named = list(sources)
        for way in list(self.ways):
            for source in named:
                way(source, payload)
        with self._news:
            now_s = self._clock()
            for source in [s for s, box in self._boxes.items() if now_s - box.listened_s > GONE_S]:
                del self._boxes[source]
            for source in named:
                if source in self._boxes:
                    self._boxes[source].waiting.append((now_s, payload))
            self._news.notify_all()

    def wait(self, source: str, wait_s: float) -> list[bytes]:
        """The messages for ``source``, as soon as there are any; none after ``wait_s``."""
        with self._news:
            until_s = self._clock() + wait_s
            box = self._boxes.setdefault(source, _Box(self._clock()))
            while not self._closed:
                now_s = self._clock()
                box.listened_s = now_s
                found: list[bytes] = []
                while box.waiting and len(found) < AT_ONCE:
                    at_s, payload = box.waiting.popleft()
                    if now_s - at_s <= FRESH_S:
                        found.append(payload)
                if found or now_s >= until_s:
                    return found
                self._news.wait(until_s - now_s)
            return []

    def close(self) -> None:
        """Nobody waits any more."""
        with self._news:
            self._closed = True
            self._news.notify_all()


def sources_of(shop: Shop, camera: str) -> tuple[str, ...]:
    """The processes in which ``camera`` may run: by itself, or under the name of any camera with
    which it shares a floor, since it is the box that the camera runs on that says which of them are
    there. A process that does not have it passes over what is said."""
    cameras = [one.id for one in shop.cameras]
    for group in groups_of(shop, cameras).values():
        if camera in group:
            return group
    return (camera,)
