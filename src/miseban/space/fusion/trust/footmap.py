"""The map of where people walk in one camera's picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

from miseban.space.fusion.trust.lens import TurnedLens
from miseban.space.fusion.trust.swivels import STEP

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CELL = 1 / 80
"""Of the picture's width: 8 pixels of 640."""
BLUR = 1.0
"""Cells by which what was seen is spread: as far as boxes shake."""
ANYWHERE = 20.0
"""Somebody may be anywhere, as if so many cells had been walked over at random."""
FADE_S = 4 * 3600.0
"""What was seen counts less and less: habits change."""
FINER = (STEP / 2, STEP / 4, STEP / 8)
"""Steps by which the likeliest turn is sought, in widths of the picture."""


class Footmap:
    """Of the picture of ``lens`` as it was set up, in cells; the number after the last cell stands
    for all outside. Every track counts once in each cell that it walks over."""

    def __init__(self, lens: TurnedLens) -> None:
        self._lens = lens
        self._cell_px = CELL * lens.size[0]
        self._wide, self._high = (int(np.ceil(px / self._cell_px)) for px in lens.size)
        self.cells = self._wide * self._high
        self._counts = np.zeros((2, self.cells))  # of every other track
        self._last_s: float | None = None
        self.log: Floats = self._logs(self._counts[0])
        """(cells + 1,) how likely it is that somebody walks over each cell, as a logarithm."""

    def cell(self, pixel: Floats) -> Ints:
        """(N,) the cells of pixels (N, 2)."""
        cell = np.floor(np.nan_to_num(pixel, nan=-1.0) / self._cell_px)
        inside = ((cell >= 0) & (cell < (self._wide, self._high))).all(axis=1)
        number = np.where(inside, cell[:, 1] * self._wide + cell[:, 0], self.cells)
        return np.asarray(number, np.int64)

    def middle(self, cells: Ints) -> Floats:
        """(N, 2) pixels in the middle of ``cells`` (N,)."""
        column_row = np.column_stack([cells % self._wide, cells // self._wide])
        return np.asarray((column_row + 0.5) * self._cell_px, np.float64)

    def before(self, turn: Floats) -> Ints:
        """(cells,) the cell in which each one would be without ``turn`` (3,)."""
        return self.cell(self._lens.unturned(self.middle(np.arange(self.cells)), turn))

    def add(self, time_s: float, cells: Ints, half: Ints) -> None:
        """``cells`` (N,) were walked over for the first time, up to ``time_s``, by tracks of one
        ``half`` (N,) or the other, 0 or 1; ``settle`` puts it into ``log``."""
        if self._last_s is not None:
            self._counts *= np.exp((self._last_s - time_s) / FADE_S)
        self._last_s = time_s
        inside = cells < self.cells
        np.add.at(self._counts, (half[inside], cells[inside]), 1.0)

    def settle(self) -> None:
        self.log = self._logs(self._counts.sum(axis=0))

    def _logs(self, counts: Floats) -> Floats:
        spread = gaussian_filter(counts.reshape(self._high, self._wide), BLUR).ravel()
        anywhere = ANYWHERE / len(spread)
        logs: Floats = np.log(np.append(spread + anywhere, anywhere) / (spread.sum() + ANYWHERE))
        return logs

    def usual(self) -> float:
        """The mean logarithm of the cells of one half of all tracks by the map of the other."""
        log = np.array([self._logs(half)[:-1] for half in self._counts])
        return float((self._counts * log[::-1]).sum() / max(float(self._counts.sum()), 1e-9))

    def finer(self, turn: Floats, cells: Ints) -> tuple[Floats, float]:
        """The turn (3,) near ``turn`` that makes ``cells`` (N,) likeliest, and the mean logarithm
        with it; none at all where it comes near that."""
        middle = self.middle(cells)
        table = self.log[:-1].reshape(self._high, self._wide)
        outside = float(self.log[-1])

        def fit(one: Floats) -> float:
            at = self._lens.unturned(middle, one) / self._cell_px - 0.5
            return float(map_coordinates(table, at[:, ::-1].T, order=1, cval=outside).mean())

        if not len(cells):
            return turn, outside
        best, score = turn, fit(turn)
        if not turn.any():
            return best, score
        for step in FINER:
            for axis in (0, 2, 1):
                for move_px in (-step * self._lens.size[0], step * self._lens.size[0]):
                    other = best + move_px * np.eye(3)[axis]
                    while (better := fit(other)) > score:
                        best, score = other, better
                        other = best + move_px * np.eye(3)[axis]
        nearly = np.abs(best).max() < STEP / 2 * self._lens.size[0]
        return (np.zeros(3) if nearly else best), score
