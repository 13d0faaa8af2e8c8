"""Places that shoppers do not reach: learned from where people stand, without a drawing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CELL_M = 0.5
GROW_M = 20.0
"""The map grows by so much where somebody leaves it."""
USUAL_S = 30.0
"""Seconds that somebody who comes by spends in a cell, in a place like any other: what holds until
more is known."""
REFRESH_S = 60.0


class Places:
    """A map of the floor in cells of ``CELL_M``. Each cell knows for how long people stood in it
    and how many of those who had come in by a door ever did: behind a till somebody stands all
    day, and hardly anybody comes by. ``privacy`` is the logarithm of their ratio, 0 where a place
    is as any other.
    """

    def __init__(self) -> None:
        self._low = np.zeros(2, np.int64)
        self._stood_s = np.zeros((0, 0))
        self._came = np.zeros((0, 0))
        self._privacy = np.zeros((0, 0))
        self._fresh_s = -np.inf

    def add(self, xy: Floats, seconds: Floats, newcomer: NDArray[np.bool_], time_s: float) -> None:
        """``seconds`` (N,) spent at ``xy`` (N, 2); ``newcomer`` (N,) where this is another cell
        than before, of somebody who came in by a door."""
        x, y = self._cells(xy)
        np.add.at(self._stood_s, (x, y), seconds)
        np.add.at(self._came, (x, y), newcomer)
        if time_s >= self._fresh_s + REFRESH_S:
            self._fresh_s = time_s
            stood_s, came = _blurred(self._stood_s), _blurred(self._came)
            self._privacy = np.log((stood_s + USUAL_S) / (came + 1.0) / USUAL_S)

    def privacy(self, xy: Floats) -> Floats:
        """(N,) of the places ``xy`` (N, 2), at least 0."""
        x, y = self._cells(xy)
        if self._privacy.shape != self._stood_s.shape:
            return np.zeros(len(xy))
        return np.maximum(self._privacy[x, y], 0.0)

    def cell(self, xy: Floats) -> NDArray[np.int64]:
        """(N, 2) numbers of the cells."""
        return np.floor(xy / CELL_M).astype(np.int64)

    def _cells(self, xy: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        cell = self.cell(xy)
        if not self._stood_s.size:
            self._low = cell.min(axis=0) - 1
        low = np.minimum(self._low, cell.min(axis=0))
        high = np.maximum(self._low + self._stood_s.shape, cell.max(axis=0) + 1)
        if (low < self._low).any() or (high > self._low + self._stood_s.shape).any():
            reach = round(GROW_M / CELL_M)
            low = np.where(low < self._low, low - reach, self._low)
            end = self._low + self._stood_s.shape
            high = np.where(high > end, high + reach, end)
            before = self._low - low, high - end
            pad = [(int(a), int(b)) for a, b in zip(*before, strict=True)]
            self._stood_s, self._came = np.pad(self._stood_s, pad), np.pad(self._came, pad)
            self._privacy = np.pad(self._privacy, pad) if self._privacy.size else self._privacy
            self._low = low
        place = cell - self._low
        return place[:, 0], place[:, 1]


def _blurred(values: Floats) -> Floats:
    """Spread over the neighbours as 1 2 1: positions err by half a cell."""
    for axis in (0, 1):
        rolled = np.roll(values, 1, axis) + 2.0 * values + np.roll(values, -1, axis)
        values = rolled / 4.0
    return values
