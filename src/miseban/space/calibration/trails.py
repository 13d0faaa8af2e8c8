"""Where people went on the floor, on a common grid of time, to be laid beside another camera's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GRID_S = 0.25
_HOLE_S = 0.7
LEAST_S = 3.0


@dataclass(frozen=True, slots=True)
class Trails:
    """``xy`` (N, 2) metres at ``tick`` (N,) in units of ``GRID_S``, of ``trail`` (N,) from 0, in
    order of trail and tick; ``row`` (N,) is the nearest of the rows that they come from."""

    tick: Ints
    trail: Ints
    xy: Floats
    row: Ints

    @property
    def count(self) -> int:
        return int(self.trail.max()) + 1 if len(self.trail) else 0


def trails_of(time_s: Floats, track: Ints, xy: Floats) -> Trails:
    """From (N, 2) ``xy`` of ``track`` (N,) at ``time_s`` (N,): every track without a hole that
    lasts ``LEAST_S`` or more, between its rows in straight lines. NaN places are left out."""
    there = np.isfinite(xy).all(axis=1) & (track >= 0)
    kept = np.flatnonzero(there)
    kept = kept[np.lexsort((time_s[kept], track[kept]))]
    ticks, trails, places, rows = [], [], [], []
    number = 0
    t, who = time_s[kept], track[kept]
    if not len(kept):
        return Trails(*(np.empty(0, np.int64),) * 2, np.empty((0, 2)), np.empty(0, np.int64))
    breaks = (np.diff(who) != 0) | (np.diff(t) > _HOLE_S)
    for part in np.split(np.arange(len(kept)), np.flatnonzero(breaks) + 1):
        if t[part[-1]] - t[part[0]] < LEAST_S:
            continue
        grid = np.arange(np.ceil(t[part[0]] / GRID_S), np.floor(t[part[-1]] / GRID_S) + 1)
        at = grid * GRID_S
        spot = xy[kept[part]]
        places.append(np.column_stack([np.interp(at, t[part], spot[:, k]) for k in (0, 1)]))
        near = np.clip(np.searchsorted(t[part], at), 0, len(part) - 1)
        rows.append(kept[part[near]])
        ticks.append(grid.astype(np.int64))
        trails.append(np.full(len(grid), number))
        number += 1
    if not ticks:
        return Trails(*(np.empty(0, np.int64),) * 2, np.empty((0, 2)), np.empty(0, np.int64))
    joined = [np.concatenate(c) for c in (ticks, trails, places, rows)]
    return Trails(joined[0], joined[1].astype(np.int64), joined[2], joined[3].astype(np.int64))


def together(one: Trails, other: Trails, later: int = 0) -> tuple[Ints, Ints]:
    """All pairs (i, j) of points with ``one.tick[i] + later == other.tick[j]``."""
    order = np.argsort(other.tick, kind="stable")
    ticks = other.tick[order]
    wanted = one.tick + later
    first, last = np.searchsorted(ticks, wanted, "left"), np.searchsorted(ticks, wanted, "right")
    count = last - first
    i = np.repeat(np.arange(len(one.tick)), count)
    inside = np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count)
    return i, order[np.repeat(first, count) + inside]
