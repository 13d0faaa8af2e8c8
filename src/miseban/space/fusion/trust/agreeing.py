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
SAME_M, REACH = 0.7, 0.25
"""Somebody as near is taken to be the same, and such a part of what a
``Scene`` reaches, up to half a metre, besides."""
RELIABLE, RELIABLE_S = 0.65, 4.0
"""It sees whoever is there when, for one other camera at least, so large a part of its people was
seen, of at least so many seconds: shelves hide others."""
FOLLOWED = 0.5
"""Who passes by is not the same: one must be so near for so large a part of the time."""
MEMORY_S = 120.0
ONE_S = 12.0
"""One person is asked about for so long of late at most: that one alone is seen by nobody else says
little, however long he or she stays."""
_ASK = round(1.0 / STEP_S)


class Agreeing:
    """C cameras over a floor of ``size`` metres. ``asked`` (C, C) for how many seconds of people
    whom the first told of, where the second usually sees people, and ``seen`` (C, C) of how many
    of them it saw the people too; both of late."""

    def __init__(
        self, cameras: int, size: tuple[float, float], pairs: Sequence[tuple[int, int]]
    ) -> None:
        self._shape = (int(size[0] / CELL_M) + 1, int(size[1] / CELL_M) + 1)
        self._usual = np.zeros((cameras, *self._shape))
        both = [*pairs, *((b, a) for a, b in pairs)]
        self._asked_at = {pair: np.zeros(self._shape) for pair in both}
        self._seen_at = {pair: np.zeros(self._shape) for pair in both}
        self._reliable = np.zeros((cameras, *self._shape), bool)
        self._spent: dict[tuple[int, int], dict[int, float]] = {pair: {} for pair in both}
        self.asked = np.zeros((cameras, cameras))
        self.seen = np.zeros((cameras, cameras))

    def look(
        self,
        scenes: Sequence[Scene | None],
        core: slice,
        away: Sequence[NDArray[np.bool_]],
    ) -> None:
        """A stretch of ``scenes``; ``away`` (T,) for each camera is when it delivered nothing, and
        is not asked."""
        fade = np.exp(-(core.stop - core.start) * STEP_S / MEMORY_S)
        self.asked *= fade
        self.seen *= fade
        for pair, spent in self._spent.items():
            faded = {track: seconds * fade for track, seconds in spent.items()}
            self._spent[pair] = {track: left for track, left in faded.items() if left > 0.1}
        at = np.arange(core.start, core.stop, _ASK)
        places = [None if scene is None else scene.floor[:, at] for scene in scenes]
        cells = [None if place is None else self._cell(place) for place in places]
        for a, b in self._asked_at:
            self._ask(a, b, scenes, places, cells, ~away[b][at])
        self._reliable[:] = False
        for (a, b), times in self._asked_at.items():
            part = (self._seen_at[a, b] + 1.0) / (times + 1.5)
            self._reliable[b] |= (times >= RELIABLE_S) & (part >= RELIABLE)
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
        here = cell[..., 0], cell[..., 1]
        np.add.at(self._asked_at[a, b], (here[0][asked], here[1][asked]), 1.0)
        counts = self._reliable[b][here]
        part = self._part_of_each((a, b), scene.trails.track, (asked & counts).sum(axis=1))
        self.asked[a, b] += float((asked & counts).sum(axis=1) @ part)
        other, of = places[b], scenes[b]
        if other is None or of is None:
            return
        rows = np.flatnonzero(asked.any(axis=1))
        apart = np.sqrt(np.square(place[rows][:, None] - other[None]).sum(axis=-1))
        reach = REACH * np.maximum(scene.reach_m[rows][:, None], of.reach_m[None])
        near = SAME_M + np.minimum(reach, 0.5)
        together = ((apart <= near[:, :, None]) & asked[rows][:, None]).sum(axis=2).max(axis=1)
        rows = rows[together >= FOLLOWED * asked[rows].sum(axis=1)]
        seen = np.zeros_like(asked)
        seen[rows] = asked[rows]
        np.add.at(self._seen_at[a, b], (here[0][seen], here[1][seen]), 1.0)
        self.seen[a, b] += float((seen & counts).sum(axis=1) @ part)

    def _part_of_each(self, pair: tuple[int, int], track: Ints, seconds: Ints) -> Floats:
        """(K,) how much of the ``seconds`` (K,) of every ``track`` (K,) counts; takes it down."""
        spent = self._spent[pair]
        part = np.zeros(len(track))
        for k in np.flatnonzero(seconds).tolist():
            number, asked_s = int(track[k]), float(seconds[k])
            used = spent.get(number, 0.0)
            part[k] = min(1.0, max(ONE_S - used, 0.0) / asked_s)
            spent[number] = used + part[k] * asked_s
        return part
