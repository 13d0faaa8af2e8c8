"""Whom not to believe: a camera that tells of people whom others do not see, or misses theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_S = 40.0
"""Seconds of people that must have been asked about of late."""
ALONE, LOW, MOST = 0.3, 0.5, 0.45
"""Fewer agree than the first part of all, or than the second part of what is usual, and than the
third in any case."""
GOOD = 0.5
"""Of a camera that is itself believed."""
LEARN_S = 1800.0
DOUBTFUL = 0.7


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is wrong: ``ghosts`` for people whom nobody else sees, ``misses`` for people whom only
    others see. ``share`` is the part that agrees. ``proven`` is whether those who say so agree with
    cameras beside: of two that disagree, nobody can tell which is wrong."""

    kind: Literal["ghosts", "misses"]
    share: float
    proven: bool


class Believing:
    """C cameras; the usual shares of agreement are learned while nothing is wrong."""

    def __init__(self, cameras: int) -> None:
        self._share = np.full((cameras, cameras), np.nan)
        self._weight = np.zeros((cameras, cameras))

    def look(self, asked: Floats, seen: Floats, seconds: float, busy: set[int]) -> dict[int, Doubt]:
        """``asked`` and ``seen`` (C, C) as in ``Agreeing``; ``busy`` are cameras of which it is
        known that something else is wrong: nothing is said or learned of them."""
        ghosts = self._low(asked, seen, busy)
        misses = self._low(asked.T, seen.T, busy, self._share.T)
        doubts: dict[int, Doubt] = {}
        for camera, (share, others) in ghosts.items():
            # Who does not see its people must see those of other cameras.
            proven = any(
                _share(asked[:, b], seen[:, b], without=(camera, b)) >= GOOD for b in others
            )
            doubts[camera] = Doubt("ghosts", share, proven)
        for camera, (share, others) in misses.items():
            # Whose people it does not see must be seen by others.
            proven = any(_share(asked[a], seen[a], without=(camera, a)) >= GOOD for a in others)
            if camera not in doubts and not any(a in ghosts for a in others):
                doubts[camera] = Doubt("misses", share, proven)
        proven_ones = {camera for camera, doubt in doubts.items() if doubt.proven}
        if proven_ones:  # they explain what their neighbours are doubted for without a proof
            doubts = {camera: doubts[camera] for camera in proven_ones}
        self._learn(asked, seen, seconds, busy | set(doubts))
        return doubts

    def _low(
        self, asked: Floats, seen: Floats, busy: set[int], usual: Floats | None = None
    ) -> dict[int, tuple[float, list[int]]]:
        """The cameras (rows) that others agree with too seldom, with whom."""
        found = {}
        usual = self._share if usual is None else usual
        for camera in range(len(asked)):
            others = [b for b in np.flatnonzero(asked[camera] > 0).tolist() if b not in busy]
            total = float(asked[camera, others].sum())
            if camera in busy or total < LEAST_S:
                continue
            share = float(seen[camera, others].sum()) / total
            known = np.nan_to_num(usual[camera, others], nan=0.0)
            expected = float((known * asked[camera, others]).sum()) / total
            if share < max(ALONE, min(LOW * expected, MOST)):
                found[camera] = share, others
        return found

    def _learn(self, asked: Floats, seen: Floats, seconds: float, wrong: set[int]) -> None:
        fine = np.array([n not in wrong for n in range(len(asked))])
        share = seen / np.maximum(asked, 1e-9)
        rows = (asked > 5.0) & fine[:, None] & fine[None]
        rows &= ~(share < DOUBTFUL * self._share)  # what may be wrong is not learned
        step = np.minimum(seconds / LEARN_S, 1.0)
        weight = np.maximum(step, 1 / (1 + self._weight / seconds))
        mixed = np.where(
            np.isfinite(self._share), self._share + weight * (share - self._share), share
        )
        self._share = np.where(rows, mixed, self._share)
        self._weight += np.where(rows, seconds, 0.0)


def _share(asked: Floats, seen: Floats, without: tuple[int, int]) -> float:
    """The part of all that agrees, without these cameras; 0 where too few were asked about."""
    kept = np.ones(len(asked), bool)
    kept[list(without)] = False
    total = float(asked[kept].sum())
    return float(seen[kept].sum()) / total if total >= LEAST_S / 2 else 0.0
