"""People in each zone over time: occupancy by the minute, and queues at each change.

Everything is made from the same entries and exits that the zone events report, so the figures
always agree (rule 11) and entered minus left is the number inside (rule 10).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

Change = tuple[float, int, float, str]


@dataclass(slots=True)
class Period:
    """A finished stretch of a zone's time. ``end_s`` on the session's clock."""

    start_s: float
    end_s: float
    people: int
    people_max: int
    person_s: float


@dataclass(slots=True)
class ZoneTimeline:
    """Walks through the entries and exits of one zone in order of time.

    ``changed(time_s, inside)`` is called after the changes of each moment with the visits inside
    and when they came; ``finished(period)`` at the end of each period. Changes may be handed in
    out of order as long as they are later than where the walk has come to; a later one that is
    not (it cannot happen within the engine's delays) takes effect at once, so nothing gets lost.
    """

    boundary: Callable[[float], float]
    changed: Callable[[float, dict[str, float]], None]
    finished: Callable[[Period], None]
    now_s: float = 0.0
    inside: dict[str, float] = field(default_factory=dict)
    _ahead: list[Change] = field(default_factory=list)
    _start_s: float = 0.0
    _max: int = 0
    _person_s: float = 0.0

    # At the same moment entries come before exits, and who came first goes first: never in the
    # order of the visits' random names.

    def entered(self, time_s: float, visit: str) -> None:
        heapq.heappush(self._ahead, (time_s, 1, time_s, visit))

    def left(self, time_s: float, visit: str, entered_s: float) -> None:
        heapq.heappush(self._ahead, (time_s, 2, entered_s, visit))

    def advance(self, until_s: float) -> None:
        """Walks on to ``until_s``."""
        while self._ahead and self._ahead[0][0] <= until_s:
            time_s, kind, _, visit = heapq.heappop(self._ahead)
            self._walk(max(time_s, self.now_s))
            if kind == 1:
                self.inside[visit] = self.now_s
            else:
                self.inside.pop(visit, None)
            self._max = max(self._max, len(self.inside))
            # Events bear microseconds, and ids sort those of one moment at random: of several
            # changes at a moment only the last may speak.
            if not self._ahead or self._ahead[0][0] > min(self.now_s + 1e-6, until_s):
                self.changed(self.now_s, self.inside)
        self._walk(max(until_s, self.now_s))

    def finish(self, end_s: float) -> None:
        """Walks to the end and closes the last period."""
        self.advance(end_s)
        if self.now_s > self._start_s:
            self._close(self.now_s)

    def _walk(self, to_s: float) -> None:
        while (edge := self.boundary(self._start_s)) <= to_s:
            self._person_s += len(self.inside) * (edge - self.now_s)
            self.now_s = edge
            self._close(edge)
        self._person_s += len(self.inside) * (to_s - self.now_s)
        self.now_s = to_s

    def _close(self, end_s: float) -> None:
        people = len(self.inside)
        self.finished(Period(self._start_s, end_s, people, max(self._max, people), self._person_s))
        self._start_s, self._max, self._person_s = end_s, people, 0.0
