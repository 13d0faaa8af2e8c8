"""Many points against many polygons at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]

OUTSIDE, NEAR, INSIDE = 0, 1, 2
"""Codes of a point: outside and farther from the border than the band, outside but within the
band, inside."""


_NOTHING = 1e-200
"""Far below any length in pixels or metres, far above what overflows when divided by."""


class Polygons:
    """Z polygons, tested together: all edges lie in one array, grouped by polygon."""

    def __init__(self, polygons: Sequence[Sequence[Sequence[float]] | Floats]) -> None:
        self.vertices = [np.asarray(p, float) for p in polygons]
        starts = np.concatenate([[0], np.cumsum([len(v) for v in self.vertices])])
        self._starts = starts[:-1].astype(np.intp)
        if not self.vertices:
            return
        a = np.concatenate(self.vertices)
        b = np.concatenate([np.roll(v, -1, axis=0) for v in self.vertices])
        self._ax, self._ay = a[:, 0], a[:, 1]
        self._by = b[:, 1]
        self._dx, self._dy = (b - a).T
        # 0 along a row, and where a corner stands twice; what is next to 0 has no finite inverse.
        self._slope = self._dx / np.where(np.abs(self._dy) < _NOTHING, 1.0, self._dy)
        length2 = self._dx**2 + self._dy**2
        self._inverse_length2 = 1.0 / np.where(length2 < _NOTHING, 1.0, length2)

    def __len__(self) -> int:
        return len(self.vertices)

    def inside(self, xy: Floats) -> NDArray[np.bool_]:
        """(N, Z): whether point n lies in polygon z. Even-odd rule; a point on a left or upper
        edge is inside, on a right or lower edge outside, so that tiles share no point."""
        if not len(self) or not len(xy):
            return np.zeros((len(xy), len(self)), bool)
        x, y = xy[:, :1], xy[:, 1:]
        passes = (self._ay > y) != (self._by > y)
        passes &= x < (y - self._ay) * self._slope + self._ax
        result: NDArray[np.bool_] = np.logical_xor.reduceat(passes, self._starts, axis=1)
        return result

    def distance(self, xy: Floats) -> Floats:
        """(N, Z): distance from point n to the border of polygon z."""
        if not len(self) or not len(xy):
            return np.zeros((len(xy), len(self)))
        px, py = xy[:, :1] - self._ax, xy[:, 1:] - self._ay
        along = px * self._dx
        along += py * self._dy
        along *= self._inverse_length2
        np.clip(along, 0.0, 1.0, out=along)
        px -= along * self._dx
        py -= along * self._dy
        px *= px
        py *= py
        px += py
        result: Floats = np.sqrt(np.minimum.reduceat(px, self._starts, axis=1))
        return result

    def codes(self, xy: Floats, band: Floats) -> Codes:
        """(N, Z) of ``OUTSIDE``, ``NEAR`` or ``INSIDE``; ``band`` (N,) in the points' unit.

        A point that is not a number is outside everything.
        """
        inside = self.inside(xy)
        codes = inside.astype(np.int8) * np.int8(INSIDE)
        codes[(self.distance(xy) <= band[:, None]) & ~inside] = NEAR
        return codes

    def border_fraction(self, z: int, start: Floats, end: Floats, *, entering: bool) -> float:
        """Where the way from ``start`` to ``end`` (both (2,)) passes the border of polygon z, as a
        fraction of the way: the last passing when entering, the first when leaving. 1 when
        entering, 0 when leaving, if rounding hides the passing."""
        a = self.vertices[z]
        d = np.roll(a, -1, axis=0) - a
        way = end - start
        cross = way[0] * d[:, 1] - way[1] * d[:, 0]
        ok = np.abs(cross) >= _NOTHING
        safe = np.where(ok, cross, 1.0)
        to = a - start
        t = (to[:, 0] * d[:, 1] - to[:, 1] * d[:, 0]) / safe
        u = (to[:, 0] * way[1] - to[:, 1] * way[0]) / safe
        hits = t[ok & (t >= 0) & (t <= 1) & (u >= 0) & (u <= 1)]
        if not len(hits):
            return 1.0 if entering else 0.0
        return float(hits.max() if entering else hits.min())
