"""Things that happen at moments, in order."""

from __future__ import annotations

import heapq
from collections.abc import Callable

Deed = Callable[[float], None]


class Clockwork:
    """Calls deeds with their time, earliest first; of equal times, the one planned first."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._heap: list[tuple[float, int, Deed]] = []
        self._planned = 0

    def at(self, time_s: float, deed: Deed) -> None:
        """Plans ``deed`` for ``time_s``, which is not in the past."""
        self._planned += 1
        heapq.heappush(self._heap, (max(time_s, self.now_s), self._planned, deed))

    def run_until(self, time_s: float) -> None:
        """Lets everything happen up to and at ``time_s``."""
        while self._heap and self._heap[0][0] <= time_s:
            self.now_s, _, deed = heapq.heappop(self._heap)
            deed(self.now_s)
        self.now_s = max(self.now_s, time_s)
