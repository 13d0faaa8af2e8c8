"""The truth about a facing's columns: before which of them a package stands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from miseban.learn.shelf.shops import CAMERA
from miseban.sim.calibration import front_corners
from miseban.sim.render.furniture import standing
from miseban.sim.stage import Stage
from miseban.vision.shelf.grid import COLUMNS, quad_of
from miseban.vocabulary.shop import Shelf

Floats = NDArray[np.float32]


class Columns:
    """Of the facings of ``shelf`` on ``stage``, as its camera sees them."""

    def __init__(self, stage: Stage, shelf: Shelf) -> None:
        lens = stage.lens(CAMERA)
        rows = {row.id: row for row in stage.rows}
        furniture = {thing.id: thing for thing in stage.furniture}
        self._seed = stage.room.seed
        self._rows = [rows[f"{shelf.id}/{facing.id}"] for facing in shelf.facings]
        self._furniture = [furniture[row.furniture] for row in self._rows]
        self._turned: list[bool] = []  # whether the row's start is on the right
        for thing, row, facing in zip(self._furniture, self._rows, shelf.facings, strict=True):
            start = lens.project(front_corners(thing, row)[0])[0][0]
            *_, right, left = quad_of(facing.polygon).corners
            self._turned.append(bool(np.abs(start - left).sum() > np.abs(start - right).sum()))
        self._known: dict[tuple[int, float], Floats] = {}

    def taken(self, fill: Sequence[float] | NDArray[np.float64]) -> Floats:
        """(F, COLUMNS) the part of each column that a package's front takes, where so much of each
        facing is filled, ``fill`` (F,)."""
        return np.stack([self._of(number, round(float(f), 4)) for number, f in enumerate(fill)])

    def _of(self, number: int, fill: float) -> Floats:
        known = self._known.get((number, fill))
        if known is None:
            spans = standing(self._furniture[number], self._rows[number], fill, self._seed)
            if self._turned[number]:
                spans = 1 - spans[:, ::-1]
            at = np.arange(COLUMNS + 1) / COLUMNS
            both = np.minimum(spans[:, 1:], at[1:]) - np.maximum(spans[:, :1], at[:-1])
            taken = (both.clip(0) * COLUMNS).sum(axis=0).clip(0, 1)
            known = self._known[number, fill] = np.asarray(taken, np.float32)
        return known
