"""All visits at once, known ones and those that may become one, in columns with free places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


_MEMORY = 100  # so many statures count at most, so that a mistake is forgotten


class Table:
    """Column ``x`` (M, 4) is the state, ``p`` (M, 4, 4) its covariance; ``uid`` (M,) a number that
    is never given twice, -1 where the place is free; ``number`` (M,) the visit's number, -1 while
    it may still be nobody; ``born_s`` and ``seen_s`` (M,) the first and the last step with a
    sight, ``born_xy`` (M, 2) where the first was, ``seen_x`` (M, 4) the state at the last and
    ``seen_m2`` (M,) its variance in square metres; ``steps`` (M,) how many there were; ``tall`` and
    ``tall_n`` (M,) the mean of the measured statures and their number; ``cameras`` (M,) how many
    see it at this step.
    """

    def __init__(self) -> None:
        self._uids = 0
        self._make(64)

    def _make(self, size: int) -> None:
        self.x, self.p = np.zeros((size, 4)), np.zeros((size, 4, 4))
        self.uid, self.number = np.full(size, -1), np.full(size, -1)
        self.born_s, self.seen_s = np.zeros(size), np.zeros(size)
        self.born_xy, self.seen_x = np.zeros((size, 2)), np.zeros((size, 4))
        self.seen_m2 = np.zeros(size)
        self.steps, self.cameras = np.zeros(size, np.int64), np.zeros(size, np.int64)
        self.tall, self.tall_n = np.zeros(size), np.zeros(size)

    def used(self) -> Ints:
        return np.flatnonzero(self.uid >= 0)

    def add(self, xy: Floats, spread: Floats, time_s: float) -> int:
        """The place of somebody new at ``xy`` (2,) with error ``spread`` (2, 2)."""
        free = np.flatnonzero(self.uid < 0)
        if not len(free):
            self._grow()
            free = np.flatnonzero(self.uid < 0)
        at = int(free[0])
        self.x[at] = [xy[0], xy[1], 0.0, 0.0]
        self.p[at] = 0.0
        self.p[at, :2, :2] = spread
        self.p[at, [2, 3], [2, 3]] = 1.0
        self.uid[at], self.number[at] = self._uids, -1
        self._uids += 1
        self.born_s[at] = self.seen_s[at] = time_s
        self.born_xy[at], self.seen_x[at] = xy, self.x[at]
        self.seen_m2[at] = (spread[0, 0] + spread[1, 1]) / 2
        self.steps[at], self.cameras[at] = 0, 0
        self.tall[at], self.tall_n[at] = 0.0, 0.0
        return at

    def free(self, at: int) -> None:
        self.uid[at] = self.number[at] = -1

    def again(self, at: Ints, now_s: float) -> None:
        """Those at places ``at`` (K,) begin anew, where they are."""
        self.born_s[at], self.born_xy[at], self.steps[at] = now_s, self.x[at, :2], 1

    def saw(self, who: Ints, now_s: float, cameras: Ints) -> None:
        """Those at places ``who`` (K,) were seen now, by so many ``cameras`` (K,)."""
        self.seen_s[who], self.seen_x[who] = now_s, self.x[who]
        self.seen_m2[who] = (self.p[who, 0, 0] + self.p[who, 1, 1]) / 2
        self.steps[who] += 1
        self.cameras[who] = cameras

    def measured(self, who: Ints, at: Ints, tall_m: Floats) -> None:
        """Statures ``tall_m`` (N,), NaN where not known, of those at ``who[at]`` (N,)."""
        known = np.isfinite(tall_m)
        count = np.bincount(at, known, len(who))
        total = np.bincount(at, np.where(known, tall_m, 0.0), len(who))
        n = self.tall_n[who] + count
        self.tall[who] += (total - count * self.tall[who]) / np.maximum(n, 1)
        self.tall_n[who] = np.minimum(n, _MEMORY)

    def inherit(self, new: int, lost: int) -> None:
        """Whoever is at ``new`` is who was lost at ``lost``."""
        self.number[new] = self.number[lost]
        n = self.tall_n[new] + self.tall_n[lost]
        if n > 0:
            total = self.tall[new] * self.tall_n[new] + self.tall[lost] * self.tall_n[lost]
            self.tall[new] = total / n
        self.tall_n[new] = min(n, _MEMORY)

    def _grow(self) -> None:
        old = dict(vars(self))
        self._make(2 * len(self.uid))
        for name, column in old.items():
            if isinstance(column, np.ndarray):
                getattr(self, name)[: len(column)] = column
