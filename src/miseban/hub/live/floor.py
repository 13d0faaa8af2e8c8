"""Who is on the floor at this moment, of all sources together: in memory, for three seconds."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from prometheus_client import Counter

from miseban.camera.process.logs import log
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.floor_now import Dot, FloorNow, read_floor

FORGOTTEN_S: Final = 3.0
"""A source that was silent for so long shows nobody any more."""
MOST_SOURCES: Final = 200
MOST_SHOWN: Final = 1000
FLOORS: Final = Counter("miseban_live_floors", "Messages of who is on the floor, by what became"
                        " of them.", ["state"])  # fmt: skip
_LOG = log("floor")


@dataclass(frozen=True, slots=True)
class _Newest:
    floor: FloorNow
    came_s: float


class LiveFloor:
    """Holds the newest message of each source. How old it is, is told by when it came: the clock of
    a source may be wrong by hours. For any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._newest: dict[str, _Newest] = {}
        self._odd: set[str] = set()
        self._lock = threading.Lock()

    def take(self, source: str, payload: bytes) -> None:
        """What ``source`` sent. Rubbish is set aside, and told once a source."""
        try:
            floor = read_floor(payload, source)
        except BadInput as error:
            FLOORS.labels("refused").inc()
            if source not in self._odd and len(self._odd) < 1000:
                self._odd.add(source)
                _LOG.warning("refused", source=source, why=error.what)
            return
        with self._lock:
            self._forget()
            if source in self._newest or len(self._newest) < MOST_SOURCES:
                self._newest[source] = _Newest(floor, self._clock())
        FLOORS.labels("shown").inc()

    def dots(self) -> tuple[int, list[Dot]]:
        """How many cameras look, and whom they see, in an order that says nothing."""
        with self._lock:
            self._forget()
            floors = [one.floor for one in self._newest.values()]
        cameras = {name for floor in floors for name in floor.cameras}
        return len(cameras), sorted(dot for floor in floors for dot in floor.dots)[:MOST_SHOWN]

    def text(self, now: datetime) -> str:
        """The JSON of ``{time, cameras, dots}`` for a page; without a time while nobody looks."""
        cameras, dots = self.dots()
        time_ = now.isoformat() if cameras else None
        told = {"time": time_, "cameras": cameras, "dots": dots}
        return json.dumps(told, separators=(",", ":"))

    def _forget(self) -> None:
        old = self._clock() - FORGOTTEN_S
        for source in [name for name, one in self._newest.items() if one.came_s < old]:
            del self._newest[source]
