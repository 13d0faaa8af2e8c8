"""Whether cameras that look at the same floor tell of the same people there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.trust.beside import Scene
from miseban.space.fusion.trust.trails import STEP_S

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CELL_M = 1.0
USUAL = 6
"""A camera sees people in a part of the floor when it did so in that many stretches."""
SAME_M = 0.8
"""Somebody as near is taken to be the same, or half as far as ``Scene`` reaches."""
MEMORY_S = 120.0
_ASK = round(1.0 / STEP_S)


class Agreeing:
    """C cameras over a floor of ``size`` metres. ``asked`` (C, C) for how many seconds of people
    whom the first told of, where the second usually sees people, and ``seen`` (C, C) in how many of
    them it saw somebody there; both of late."""

    def __init__(self, cameras: int, size: tuple[float, float]) -> None:
        self._size = size
        self._shape = (int(size[0] / CELL_M) + 1, int(size[1] / CELL_M) + 1)
        self._usual = np.zeros((cameras, *self._shape))
        self.asked = np.zeros((cameras, cameras))
        self.seen = np.zeros((cameras, cameras))

    def look(
        self,
        scenes: Sequence[Scene | None],
        core: slice,
        pairs: Sequence[tuple[int, int]],
        away: Sequence[NDArray[np.bool_]],
    ) -> None:
        """A stretch of ``scenes``; ``away`` (T,) for each camera is when it delivered nothing, and
        is not asked."""
        fade = np.exp(-(core.stop - core.start) * STEP_S / MEMORY_S)
        self.asked *= fade
        self.seen *= fade
        at = np.arange(core.start, core.stop, _ASK)
        places = [None if scene is None else scene.floor[:, at] for scene in scenes]
        cells = [None if place is None else self._cell(place) for place in places]
        for a, b in pairs:
            self._ask(a, b, scenes, places, cells, ~away[b][at])
            self._ask(b, a, scenes, places, cells, ~away[a][at])
        for camera, cell in enumerate(cells):
            if cell is not None:
                found = np.unique(cell[cell[..., 0] >= 0], axis=0)
                self._usual[camera, found[:, 0], found[:, 1]] += 1

    def forget(self, camera: int) -> None:
        """Forgets what was of late beside ``camera``: its clock or turn is taken otherwise now."""
        for table in (self.asked, self.seen):
            table[camera] = table[:, camera] = 0.0

    def _cell(self, place: Floats) -> Ints:
        """(K, T, 2) numbers of the parts of the floor, -1 for nowhere."""
        cell = np.floor(np.where(np.isfinite(place), place, -1.0) / CELL_M)
        inside = (cell >= 0) & (cell < self._shape)
        there = inside[..., 0] & inside[..., 1]
        return np.where(there[..., None], cell, -1).astype(np.int64)

    def _ask(
        self,
        a: int,
        b: int,
        scenes: Sequence[Scene | None],
        places: Sequence[Floats | None],
        cells: Sequence[Ints | None],
        there: NDArray[np.bool_],
    ) -> None:
        place, cell, scene = places[a], cells[a], scenes[a]
        if place is None or cell is None or scene is None:
            return
        usual = self._usual[b][cell[..., 0], cell[..., 1]] >= USUAL
        asked = usual & (cell[..., 0] >= 0) & there[None]
        if not asked.any():
            return
        self.asked[a, b] += np.count_nonzero(asked)
        other, of = places[b], scenes[b]
        if other is None or of is None:
            return
        rows = asked.any(axis=1)
        apart = np.sqrt(np.square(place[rows][:, None] - other[None]).sum(axis=-1))
        reach = np.maximum(scene.reach_m[rows][:, None], of.reach_m[None]) / 2
        near = SAME_M + np.minimum(reach, 1.0)
        apart = np.where(apart <= near[:, :, None], apart, np.inf)
        # Nobody there is the same as two here.
        nearest = apart.argmin(axis=1)[:, None]
        mine = apart.argmin(axis=0) == np.arange(len(apart))[:, None, None]
        both = np.isfinite(apart) & mine
        same = np.take_along_axis(both, nearest, axis=1)[:, 0]
        self.seen[a, b] += np.count_nonzero(asked[rows] & same)
