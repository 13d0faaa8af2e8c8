"""What people usually look like at each place of a camera's picture: learned, not drawn."""

from __future__ import annotations

import math
from collections import defaultdict

CELL_M = 1.0
KNOWN = 8.0
"""Seconds of people seen in a cell, with its neighbours, before it says anything."""
MOST = 400.0
"""The weight of the past: a camera that was moved is believed again after some minutes."""


class Usual:
    """A running mean, in cells of the floor, of how broad people look beside their height. People
    lean near the edges of a picture, and seen from above they are as broad as tall: whether a
    shape is odd only shows beside others at the same place."""

    def __init__(self) -> None:
        self._cells: dict[tuple[str, int, int], list[float]] = defaultdict(lambda: [0.0, 0.0])

    def add(self, camera: str, xy: tuple[float, float], wide: float, tall: float) -> None:
        """Somebody was seen for a second."""
        cell = self._cells[camera, *_cell(xy)]
        cell[0] += math.log(wide / tall)
        cell[1] += 1.0
        if cell[1] > MOST:
            cell[0], cell[1] = cell[0] / 2, cell[1] / 2

    def broader(
        self, camera: str, xy: tuple[float, float], wide: float, tall: float
    ) -> float | None:
        """How many times broader for the height than usual at that place; None where too few have
        been seen."""
        column, row = _cell(xy)
        total = weight = 0.0
        for i in (-1, 0, 1):
            for j in (-1, 0, 1):
                if (camera, column + i, row + j) in self._cells:
                    part = (2 - abs(i)) * (2 - abs(j)) / 4
                    cell = self._cells[camera, column + i, row + j]
                    total += part * cell[0]
                    weight += part * cell[1]
        return wide / tall / math.exp(total / weight) if weight >= KNOWN else None


def _cell(xy: tuple[float, float]) -> tuple[int, int]:
    return math.floor(xy[0] / CELL_M), math.floor(xy[1] / CELL_M)
