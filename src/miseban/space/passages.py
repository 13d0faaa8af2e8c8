"""When somebody has passed a line: hysteresis in space and in time (counting rules 2 and 3)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from miseban.space.settings import SpaceSettings


@dataclass(slots=True)
class Passage:
    """One visit at one line.

    ``net`` sums the crossings since the last counted passage: a step over and back cancels. A
    passage counts when the person, having crossed, stays beyond the band on that side for a
    while; the while grows with the number of recent crossings, so hovering never settles. Nobody
    hovers several bands away: there, two observations are enough.
    """

    settings: SpaceSettings
    net: int = 0
    since_s: float = 0.0  # of the crossing that made ``net`` differ from 0
    recent: deque[float] = field(default_factory=deque)
    beyond_since_s: float | None = None
    observations: int = 0
    far_observations: int = 0
    distance: float = 0.0

    @property
    def pending(self) -> bool:
        return self.net != 0

    def crossed(self, time_s: float, sign: int) -> None:
        if self.net == 0:
            self.since_s = time_s
        self.net += sign
        self.recent.append(time_s)
        self._restart()

    def observed(self, time_s: float, distance: float, band: float) -> tuple[float, int] | None:
        """An observation of the person at ``distance`` from the line. Returns the time and the
        sign of a passage when one has just become certain."""
        self.distance = distance
        if distance < band:
            self._restart()
            return None
        if self.beyond_since_s is None:
            self.beyond_since_s = time_s
        self.observations += 1
        self.far_observations += distance >= band * self.settings.far_bands
        while self.recent and self.recent[0] < time_s - self.settings.hover_memory_s:
            self.recent.popleft()
        # More than in proportion: at a low frame rate few of a hoverer's crossings are seen.
        wanted_s = min(
            self.settings.settle_s * max(1, len(self.recent)) ** 1.5, self.settings.settle_most_s
        )
        hovering = max(0, len(self.recent) - 1)
        far = self.far_observations >= self.settings.far_observations + hovering
        settled = time_s - self.beyond_since_s >= wanted_s - 1e-9 and self.observations >= min(
            len(self.recent) + 1, self.settings.settle_observations
        )
        if far:
            self.recent.clear()  # clearly gone: what comes next is a walk of its own
        if settled or far:
            return self._count()
        return None

    def ended(self, band: float) -> tuple[float, int] | None:
        """The visit ended. A passage under way counts when the person was clear of the line."""
        if self.net and self.distance >= band / 2:
            return self._count()
        return None

    def _count(self) -> tuple[float, int]:
        passage = (self.since_s, 1 if self.net > 0 else -1)
        self.net = 0
        self._restart()
        return passage

    def _restart(self) -> None:
        self.beyond_since_s, self.observations, self.far_observations = None, 0, 0
