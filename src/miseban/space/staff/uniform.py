"""What a uniform says of working here: as much as this shop's other people do without it."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from miseban.space.seconds import Second
from miseban.space.staff.presences import Presences
from miseban.space.staff.settings import StaffSettings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MOST = 30.0
"""Log odds of one sight: no cue is surer than that, and sums stay finite."""


class UniformCue(Protocol):
    """Whether a visit wears the uniform, where somebody looks at that."""

    def uniform(self, visit: int) -> float | None:
        """The logarithm of how many times likelier what is seen of the visit now is if it wears the
        uniform than if it does not; None where nothing is seen."""
        ...


class Wearing:
    """Turns what a cue tells of visits into log odds of working here.

    Who wears the uniform is not who works here: many shoppers may wear its colour, and the colour
    in the shop file may be wrong. So the part of the shop's staff who wear it and that of all
    others are learned while it runs, from those of whom the rest of the evidence is sure: that is
    what ``own_vote`` sums up, which knows nothing of clothes, so that no mistake feeds itself.
    With these parts p and q, what is r times likelier of somebody who wears it is
    (p r + 1 - p) / (q r + 1 - q) times likelier of somebody who works here. Where q is as large as
    p that is 1, and q is never taken for larger: no colour speaks for a shopper by being worn.
    """

    def __init__(self, cue: UniformCue, settings: StaffSettings, presences: Presences) -> None:
        self._cue, self._s, self._presences = cue, settings, presences
        s = settings
        self._staff = np.array([s.staff_wear * s.staff_wear_weight, s.staff_wear_weight])
        self._others = np.array([s.others_wear * s.others_wear_weight, s.others_wear_weight])

    @property
    def parts(self) -> tuple[float, float]:
        """The parts of staff and of all others who wear the uniform, as far as that is known."""
        p, q = self._staff[0] / self._staff[1], self._others[0] / self._others[1]
        return float(max(p, q)), float(q)

    def odds(self, second: Second, at: Ints, own: Floats) -> Floats:
        """(N,) what the clothes add to the log odds ``own`` (N,) of the presences ``at`` (N,) of
        this second's visits, at most ``uniform_most`` to either side."""
        col = self._presences.column
        told = [self._cue.uniform(visit) for visit in second.visit.tolist()]
        seen = np.array([one is not None and np.isfinite(one) for one in told], bool)
        now = np.array([one for one, ok in zip(told, seen, strict=True) if ok and one is not None])
        np.add.at(col("worn"), at[seen], np.clip(now, -_MOST, _MOST))
        np.add.at(col("worn_s"), at[seen], 1.0)
        col("own_vote")[at] += np.clip(own, -self._s.vote_most, self._s.vote_most)
        # A short sight says less, and what was seen long ago may have been somebody else.
        wears = col("worn")[at] / (col("worn_s")[at] + self._s.worn_least_s)
        self._learn(at, wears)
        p, q = self.parts
        ratio = np.exp(np.clip(wears, -_MOST, _MOST))
        odds = np.log((p * ratio + 1.0 - p) / (q * ratio + 1.0 - q))
        return np.clip(odds, -self._s.uniform_most, self._s.uniform_most)

    def _learn(self, at: Ints, wears: Floats) -> None:
        """Everybody counts once, as what is known of them now: in ``counted`` from -1, surely no
        staff, to 1, surely staff, and in ``matched``."""
        col, s = self._presences.column, self._s
        at, first = np.unique(at, return_index=True)
        wears = wears[first]
        sure = np.tanh(np.clip(col("own_vote")[at] / s.vote_s, -s.surest, s.surest) / 2.0)
        sure = np.where(col("worn_s")[at] > 0.0, sure, 0.0)
        before, matched = col("counted")[at].copy(), col("matched")[at].copy()
        col("counted")[at], col("matched")[at] = sure, wears > 0.0
        for total, sign in ((self._staff, 1.0), (self._others, -1.0)):
            new, old = np.maximum(sign * sure, 0.0), np.maximum(sign * before, 0.0)
            total[0] += float((new * (wears > 0.0) - old * matched).sum())
            total[1] += float((new - old).sum())
