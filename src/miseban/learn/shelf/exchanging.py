"""Other goods come into some facings: what a shelf looks like that was filled wrongly."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from miseban.sim.rows import Row

EXCHANGED = 0.25
"""Of the facings so many get other goods, each at a time of its own,"""
FROM, TO = 0.25, 0.67
"""... between these parts of the time,"""
STANDS = 0.3
"""... or later, when so much stands there again."""
SLIDES_M = 0.012
"""Whatever is filled again stands so far from where it stood (standard deviation)."""
_FILLED = 0.3
"""So much more at once has been filled."""


class OtherGoods:
    """Of the facings that ``rows`` are, played for ``length_s``; ``since_s`` (F,) is when each got
    other goods, infinite before."""

    def __init__(self, rows: Iterable[Row], seed: int, length_s: float) -> None:
        self._rng = random.Random(f"{seed}/other goods")
        self._rows = list(rows)
        count = len(self._rows)
        self.since_s = np.full(count, np.inf)
        self._due_s = np.full(count, np.inf)
        for number in self._rng.sample(range(count), round(EXCHANGED * count)):
            self._due_s[number] = self._rng.uniform(FROM, TO) * length_s
        self._before = np.ones(count)

    @property
    def rows(self) -> list[Row]:
        """As they stand now."""
        return list(self._rows)

    def step(self, time_s: float, fill: NDArray[np.float64]) -> list[Row]:
        """Those that are otherwise from now on, where facings are so full, ``fill`` (F,)."""
        filled = fill > self._before + _FILLED
        self._before = fill.copy()
        other = (time_s >= self._due_s) & (fill > STANDS) & np.isinf(self.since_s)
        self.since_s[other] = time_s
        changed = np.flatnonzero(filled | other)
        for number in changed:
            row = self._rows[number]
            if filled[number]:
                row = replace(row, slid_m=self._rng.gauss(0.0, SLIDES_M))
            if other[number]:
                row = replace(row, goods=f"{row.id}~{self._rng.randrange(1000)}")
            self._rows[number] = row
        return [self._rows[number] for number in changed]
