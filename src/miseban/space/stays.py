"""When somebody is in a zone: entry and exit with hysteresis (counting rules 6 and 7)."""

from __future__ import annotations

from dataclasses import dataclass

from miseban.space.polygons import INSIDE, NEAR
from miseban.space.settings import SpaceSettings


@dataclass(slots=True)
class Stay:
    """One visit in one zone, from the first moment inside.

    Two sums of evidence decide, each kept at 0 or above (cumulative sums after E. S. Page,
    *Biometrika* 41, 1954), in seconds along the path, so that the frame rate has no part in it:

    - ``inside_s`` grows with the time inside and shrinks with the time outside. The stay has begun
      once it reaches ``needed_s`` over several observations, and never was if it falls to 0
      before. It then counts (is ``confirmed``) once it has lasted for the zone's ``least_s``.
    - ``away_s`` grows with the time outside, slowly within the band, where a person who stands
      still may only seem to be, and shrinks with the time inside. The stay ends once it reaches
      ``leave_s`` over several observations.

    Either takes effect from when its sum last left 0: no waiting time is added to a stay or taken
    from it, and short ways out and back are part of it. Whoever has come and gone ``earlier`` in
    the same visit may be standing on the border, and must leave the more clearly.
    """

    least_s: float
    settings: SpaceSettings
    entered_s: float
    earlier: int = 0  # stays of the same visit in the same zone before
    code: int = INSIDE
    begun: bool = False
    confirmed: bool = False
    left_s: float = 0.0  # when ``away_s`` last left 0
    last_s: float = 0.0
    # Both sums and their observations stand as at the beginning of the present run of equal codes.
    run_s: float = 0.0
    run_observations: int = 0
    inside_s: float = 0.0
    inside_observations: int = 0
    away_s: float = 0.0
    away_observations: int = 0

    def __post_init__(self) -> None:
        self.left_s = self.last_s = self.run_s = self.entered_s

    @property
    def needed_s(self) -> float:
        s = self.settings
        return max(s.enter_least_s, min(s.enter_most_s, self.least_s))

    @property
    def settled(self) -> bool:
        """Whether more time with the same code changes nothing."""
        return self.confirmed and self.code == INSIDE

    def observed(self, last_s: float, observations: int) -> bool:
        """``observations`` more with the same code, the last at ``last_s``. Returns whether the
        stay is over, at ``ended_s``."""
        self.last_s = last_s
        self.run_observations += observations
        return self._judge(last_s)

    def turned(self, code: int, time_s: float) -> bool:
        """The person's code changes to ``code`` at ``time_s``. Returns whether the stay was over
        before that."""
        over = self._judge(time_s)
        self.inside_s, self.away_s = self._sums(time_s)
        if self.code == INSIDE:
            self.inside_observations += self.run_observations
            if self.away_s == 0:
                self.away_observations, self.left_s = 0, time_s
        else:
            self.away_observations += self.run_observations
        self.code, self.run_s, self.run_observations = code, time_s, 0
        return over

    @property
    def ended_s(self) -> float:
        """When the stay ended, if it ends now."""
        return self.last_s if self.code == INSIDE else self.left_s

    def _sums(self, now_s: float) -> tuple[float, float]:
        """``inside_s`` and ``away_s`` at ``now_s``, within the present run."""
        run_s = max(0.0, now_s - self.run_s)
        if self.code == INSIDE:
            return self.inside_s + run_s, max(0.0, self.away_s - run_s)
        rate = self.settings.near_rate / max(1, self.earlier) if self.code == NEAR else 1.0
        return max(0.0, self.inside_s - run_s), self.away_s + rate * run_s

    def _judge(self, now_s: float) -> bool:
        s = self.settings
        inside_s, away_s = self._sums(now_s)
        if self.code == INSIDE:
            seen = self.inside_observations + self.run_observations
            if inside_s >= self.needed_s - 1e-9 and seen >= s.enter_observations:
                self.begun = True
            if self.begun and now_s - self.entered_s >= self.least_s - 1e-9:
                self.confirmed = True
            return False
        if not self.begun and inside_s <= 0:
            return True
        seen = self.away_observations + self.run_observations
        enough_s = min(s.leave_s * max(1, self.earlier - 1), max(s.leave_s, s.leave_most_s))
        return away_s >= enough_s - 1e-9 and seen >= s.leave_observations
