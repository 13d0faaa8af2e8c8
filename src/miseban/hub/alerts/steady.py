"""A time for durations: it goes on evenly, whatever is done to the wall clock."""

from __future__ import annotations

from datetime import datetime


class SteadyTime:
    """Seconds that begin as those of the wall clock and go on as those of a clock that never jumps,
    as far as that is told. Who has only the wall clock's time gets the moment that fits it, by how
    far the two are apart since both were told last."""

    def __init__(self) -> None:
        self._ahead_s: float | None = None  # of the steady clock, by which it tells other numbers
        self._jumped_s = 0.0  # by which the wall clock has gone ahead of ours

    def at(self, now: datetime, steady_s: float | None) -> float:
        """The moment ``now``; ``steady_s`` is what the steady clock says, with any beginning."""
        wall_s = now.timestamp()
        if steady_s is None:
            return wall_s - self._jumped_s
        if self._ahead_s is None:
            self._ahead_s = steady_s - wall_s
        moment_s = steady_s - self._ahead_s
        self._jumped_s = wall_s - moment_s
        return moment_s
