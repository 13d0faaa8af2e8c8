"""How the shelf's edge below each facing looks: where another is seen, something is before it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.vision.sealed import Sealed
from miseban.vision.shelf.grid import COLUMNS, EDGE_ROWS
from miseban.vision.shelf.light import median

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

EDGE_OFF = 0.16
"""By so much the shelf's edge may differ from how it looks, at equal light, and not be hidden."""
STEADY = 3
"""So many clear looks make the first reference."""
AGAIN = 10
"""And so many in a row at which another edge is seen there, if that is more like those of other
facings: somebody whom no detector found stood before the first."""
WHOLE = 0.8
"""So much of an edge must be in view to be learned."""


class Edges(Sealed):
    """Of ``count`` facings. ``levels`` (F, EDGE_ROWS, COLUMNS, 3) are logarithms at equal light, of
    those that are ``known`` (F,)."""

    __slots__ = ("_looks", "_others", "known", "levels")

    def __init__(self, count: int) -> None:
        self.levels: Floats = np.zeros((count, EDGE_ROWS, COLUMNS, 3), np.float32)
        self.known: Mask = np.zeros(count, np.bool_)
        self._looks = np.zeros(count, np.int64)
        self._others = np.zeros(count, np.int64)

    def hidden(self, now: Floats, free: Mask) -> Mask:
        """(F,) where another edge is seen ``now`` (F, EDGE_ROWS, COLUMNS, 3), of which ``free``
        (F, EDGE_ROWS, COLUMNS) is in view. Whoever is before it hides all its rows; the lower ones
        may show goods of the facing below, or none."""
        off = np.abs(now - self.levels).mean(axis=3)
        rows = [median(off[:, row], free[:, row], np.inf) for row in range(EDGE_ROWS)]
        least = np.min(rows, axis=0)
        return np.asarray(self.known & np.isfinite(least) & (least > EDGE_OFF), np.bool_)

    def learn(self, now: Floats, free: Mask, clear: Mask) -> None:
        """The first looks at which a facing was ``clear`` (F,) are the reference."""
        fresh = clear & (self._looks < STEADY) & (free.mean(axis=(1, 2)) > WHOLE)
        self._looks += fresh
        for number in np.flatnonzero(fresh):
            part_of = 1 / self._looks[number]
            self.levels[number] += part_of * (now[number] - self.levels[number])
        self.known |= fresh

    def again(self, now: Floats, free: Mask, hidden: Mask) -> None:
        """Forgets the reference of an edge that was learned wrongly. Those that look otherwise are
        among the ``hidden`` (F,), and nobody is known to be before those that are ``free``."""
        other = hidden & (free.mean(axis=(1, 2)) > WHOLE) & self._likelier(now)
        self._others = np.where(other, self._others + 1, np.where(hidden, self._others, 0))
        wrong = self._others >= AGAIN
        self.known &= ~wrong
        self._looks[wrong] = self._others[wrong] = 0

    def _likelier(self, now: Floats) -> Mask:
        """(F,) whether what is seen ``now`` is far more like the other edges than the reference."""
        if not self.known.any():
            return np.zeros(len(now), np.bool_)
        usual = np.median(self.levels[self.known], axis=(0, 1, 2))
        seen, held = (
            np.median(np.abs(one - usual).mean(axis=3), axis=(1, 2)) for one in (now, self.levels)
        )
        return np.asarray(self.known & (seen < 0.5 * held), np.bool_)
