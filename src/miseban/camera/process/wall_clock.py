"""Notices that the machine's clock was set.

Times within a session come from a clock that never jumps, counted from when the session began. So
a clock that was wrong then, as on a board without a battery before it finds the time, would make
every later time wrong: a new session must begin.
"""

from __future__ import annotations

import time
from collections.abc import Callable

SET_BY_S = 2.0
"""Less is put right slowly by whoever keeps the clock, and is no more than cameras differ."""
LASTS_S = 10.0
"""So long the new time must stand: a jump there and back is none."""


class WallClock:
    """Compares ``wall`` (seconds since 1970) with ``monotonic``, both in seconds. A new time that
    is ``set_by_s`` from the old one or more must stand for ``lasts_s``."""

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        set_by_s: float = SET_BY_S,
        lasts_s: float = LASTS_S,
    ) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._set_by_s, self._lasts_s = set_by_s, lasts_s
        self._ahead_s = wall() - monotonic()
        self._other_s: float | None = None
        self._since_s = 0.0

    def was_set(self) -> bool:
        """Whether the clock stands elsewhere, and has for long enough."""
        now_s = self._monotonic()
        ahead_s = self._wall() - now_s
        if abs(ahead_s - self._ahead_s) <= self._set_by_s:
            self._other_s = None
        elif self._other_s is None or abs(ahead_s - self._other_s) > SET_BY_S:
            self._other_s, self._since_s = ahead_s, now_s
        return self._other_s is not None and now_s - self._since_s >= self._lasts_s
