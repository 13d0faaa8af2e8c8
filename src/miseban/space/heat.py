"""Heat: where time was spent, in person-seconds per cell, whatever the frame rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class HeatMap:
    """A grid of ``cell``-sized squares over ``width`` by ``height`` (pixels or metres).

    ``seconds`` (rows, columns) float64, person-seconds; ``lost_s`` person-seconds that fell
    outside the grid. Their sum is exactly the time that was added.
    """

    def __init__(self, width: float, height: float, cell: float) -> None:
        self.cell = cell
        self.columns = max(1, int(np.ceil(width / cell)))
        self.rows = max(1, int(np.ceil(height / cell)))
        self.width, self.height = width, height
        self.seconds: Floats = np.zeros((self.rows, self.columns))
        self.lost_s = 0.0

    @classmethod
    def fullest(cls, maps: Sequence[Self]) -> Self:
        """One map of what several cameras saw of the same floor: each cell as the camera saw it
        that saw most there, so that nobody's time is counted twice. ``maps`` are alike in size,
        and at least one."""
        first = maps[0]
        whole = cls(first.width, first.height, first.cell)
        whole.seconds = np.asarray(np.max([one.seconds for one in maps], axis=0), np.float64)
        whole.lost_s = sum(one.lost_s for one in maps)
        return whole

    def add(self, start: Floats, end: Floats, seconds: Floats) -> None:
        """Spreads the time of each step evenly along its way from ``start`` to ``end`` (N, 2).

        Coordinates just outside the grid (a box that touches the picture's lower edge) belong to
        the outermost cells; farther out, or not a number, counts as lost.
        """
        if not len(seconds):
            return
        length = np.hypot(end[:, 0] - start[:, 0], end[:, 1] - start[:, 1])
        parts = np.ceil(np.nan_to_num(length) / self.cell).astype(np.int64)
        np.clip(parts, 1, 1000, out=parts)
        if parts.max() == 1:
            at, share = (start + end) / 2, seconds
        else:
            step = np.repeat(np.arange(len(parts)), parts)
            within = np.arange(len(step)) - np.repeat(np.cumsum(parts) - parts, parts)
            fraction = ((within + 0.5) / parts[step])[:, None]
            at = start[step] + fraction * (end[step] - start[step])
            share = (seconds / parts)[step]
        x, y = at.T / self.cell
        ok = (x > -1) & (y > -1) & (x < self.columns + 1) & (y < self.rows + 1)
        self.lost_s += float(share[~ok].sum())
        column = np.clip(x[ok].astype(np.int64), 0, self.columns - 1)
        row = np.clip(y[ok].astype(np.int64), 0, self.rows - 1)
        flat = np.bincount(
            row * self.columns + column, weights=share[ok], minlength=self.rows * self.columns
        )
        self.seconds += flat.reshape(self.rows, self.columns)
