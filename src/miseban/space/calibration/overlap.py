"""Laying one camera's floor beside another's by the people whom both see at the same time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.calibration.aligning import rigid
from miseban.space.calibration.trails import GRID_S, Trails, together
from miseban.vocabulary.errors import BadInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_LATE_S = 3.0
"""Clocks further apart than this are not looked for."""
SAME_M = 0.7
"""Two cameras that place somebody nearer to each other than this mean the same person."""
LEAST_MET = 4
"""People whom both cameras must have seen, and whose ways agree."""
_COARSE_S = 0.5
_COMMON_S = 4.0
_WENT_M = 1.5
_ALIKE_M = 0.45
_TRIED = 150
_SUBJECTS = 40
_EVERY = 4  # ticks of the grid between two votes of one person
_CELL_M = 0.5
AGAINST = 0.6
"""What a person counts who meets nobody where the other sees people, against one who does."""
STEADY_M = 0.4
"""Two cameras that see the same person are wrong about the place by much the same all along."""


@dataclass(frozen=True, slots=True)
class Registered:
    """How ``one`` comes to lie beside ``other``: turned by ``turn`` radians, shifted by ``shift``
    metres, and ``later_s`` seconds added to its clock. ``rows`` and ``floor_m`` (N, 2) say where
    rows of one's were by the other, ``people`` how many of one's trails met one of the other's;
    ``apart_m`` is the median distance of these."""

    turn: float
    shift: tuple[float, float]
    later_s: float
    rows: Ints
    floor_m: Floats
    people: int
    apart_m: float


def register(one: Trails, other: Trails, where: str) -> Registered:
    """The rigid motion by which most of ``one`` lies on ``other``. Every two ways of the two that
    look alike propose one (as M. Fischler and R. Bolles, *RANSAC*, 1981, but none by chance), all
    others vote: for it where they meet somebody, against it where they meet nobody although the
    other does see people there. Raises ``BadInput`` naming ``where`` when too few people were seen
    by both."""
    best: tuple[float, float, tuple[float, float], int] | None = None
    steps = round(MOST_LATE_S / _COARSE_S)
    some, others = _longest(one)[:_SUBJECTS], _longest(other)
    voters = _some(one, np.isin(one.trail, some) & (one.tick % _EVERY == 0))
    walked = _Walked(other.xy)
    for step in sorted(range(-steps, steps + 1), key=abs):
        later = round(step * _COARSE_S / GRID_S)
        i, j = together(voters, other, later)
        for turn, shift in _proposals(one, other, later, some, others):
            there = moved(voters.xy, turn, shift)
            near = np.linalg.norm(there[i] - other.xy[j], axis=1) < SAME_M
            met = np.zeros(len(there), bool)
            met[i[near]] = True
            votes = float(met.sum() - AGAINST * (walked.by(there) & ~met).sum())
            if best is None or votes > best[0]:
                best = (votes, turn, shift, later)
    if best is None or best[0] <= 0:
        what = "expected people whose ways another camera of the shop file sees too, found none"
        raise BadInput("no-overlap", where, what)
    return _refined(one, other, *best[1:], where=where)


class _Walked:
    """The part of a floor where people were seen to walk, in squares of ``_CELL_M``."""

    def __init__(self, xy: Floats) -> None:
        self._from = np.floor(xy.min(axis=0) / _CELL_M).astype(int) if len(xy) else np.zeros(2, int)
        cells = np.floor(xy / _CELL_M).astype(int) - self._from
        self._there = np.zeros(cells.max(axis=0) + 1 if len(xy) else (1, 1), bool)
        self._there[cells[:, 0], cells[:, 1]] = True

    def by(self, xy: Floats) -> NDArray[np.bool_]:
        """(N,): whether somebody was seen at (N, 2)."""
        cells = np.floor(xy / _CELL_M).astype(int) - self._from
        inside = ((cells >= 0) & (cells < self._there.shape)).all(axis=1)
        found = np.zeros(len(xy), bool)
        found[inside] = self._there[cells[inside, 0], cells[inside, 1]]
        return found


def _some(trails: Trails, kept: NDArray[np.bool_]) -> Trails:
    return Trails(trails.tick[kept], trails.trail[kept], trails.xy[kept], trails.row[kept])


def _longest(trails: Trails) -> Ints:
    """Those that went furthest: they say most."""
    went = np.zeros(trails.count)
    for axis in (0, 1):
        low, high = np.full(trails.count, np.inf), np.full(trails.count, -np.inf)
        np.minimum.at(low, trails.trail, trails.xy[:, axis])
        np.maximum.at(high, trails.trail, trails.xy[:, axis])
        went = np.hypot(went, high - low)
    order = np.argsort(-went)
    return np.asarray(order[went[order] > _WENT_M], np.int64)


def _proposals(
    one: Trails, other: Trails, later: int, some: Ints, others: Ints
) -> list[tuple[float, tuple[float, float]]]:
    """Motions by which a way of ``some`` falls on one of ``others``, the longest ways first."""
    mine, theirs = (np.flatnonzero(np.isin(t.trail, w)) for t, w in ((one, some), (other, others)))
    i, j = together(
        _some(one, np.isin(one.trail, some)), _some(other, np.isin(other.trail, others)), later
    )
    i, j = mine[i], theirs[j]
    both = one.trail[i] * (other.count + 1) + other.trail[j]
    order = np.argsort(both, kind="stable")
    i, j, both = i[order], j[order], both[order]
    found: list[tuple[float, float, tuple[float, float]]] = []
    for part in np.split(np.arange(len(both)), np.flatnonzero(np.diff(both)) + 1):
        if len(part) * GRID_S < _COMMON_S:
            continue
        a, b = one.xy[i[part]], other.xy[j[part]]
        went = float(np.linalg.norm(np.ptp(b, axis=0)))
        if went < _WENT_M or not 0.6 < np.linalg.norm(np.ptp(a, axis=0)) / went < 1.7:
            continue
        turn, shift = rigid(a, b)
        off = np.linalg.norm(moved(a, turn, shift) - b, axis=1)
        if float(np.median(off)) < _ALIKE_M:
            found.append((-went, turn, shift))
    found.sort(key=lambda proposal: proposal[0])
    return [(turn, shift) for _, turn, shift in found[:_TRIED]]


def moved(xy: Floats, turn: float, shift: tuple[float, float]) -> Floats:
    """(N, 2) turned, then shifted."""
    c, s = math.cos(turn), math.sin(turn)
    return np.asarray(xy @ np.array([[c, s], [-s, c]]) + shift, np.float64)


def _apart(
    one: Trails, other: Trails, i: Ints, j: Ints, turn: float, shift: tuple[float, float]
) -> Floats:
    return np.asarray(
        np.linalg.norm(moved(one.xy, turn, shift)[i] - other.xy[j], axis=1), np.float64
    )


def _refined(
    one: Trails, other: Trails, turn: float, shift: tuple[float, float], later: int, *, where: str
) -> Registered:
    """Turn, shift and clock once more, by all who were seen by both."""
    reach = round(_COARSE_S / GRID_S) + 1
    for within in (1.2, SAME_M, SAME_M):
        tries = []
        for tick in range(later - reach, later + reach + 1):
            i, j = together(one, other, tick)
            i, j = _met(one, other, i, j, turn, shift, within)
            if len(i):
                fit = rigid(one.xy[i], other.xy[j])
                off = float(np.median(_apart(one, other, i, j, *fit)))
                tries.append((-len(i) / (0.1 + off), tick, fit, i, j, off))
        if not tries:
            break
        _, later, (turn, shift), i, j, off = min(tries, key=lambda t: t[0])
        reach = 1
    people = len(np.unique(one.trail[i])) if tries else 0
    if people < LEAST_MET:
        what = f"expected {LEAST_MET} or more people whom both cameras see walk, found {people}"
        raise BadInput("no-overlap", where, what)
    return Registered(turn, shift, later * GRID_S, one.row[i], other.xy[j], people, off)


def _unsteady(
    one: Trails,
    other: Trails,
    i: Ints,
    j: Ints,
    place: Ints,
    turn: float,
    shift: tuple[float, float],
) -> Floats:
    """For each pair of trails how much the way from one to the other varies, in metres."""
    way = other.xy[j] - moved(one.xy, turn, shift)[i]
    return steadiness(way, place)


def steadiness(way: Floats, group: Ints) -> Floats:
    """(G,) the standard deviation of (N, 2) ``way`` within each ``group`` (N,)."""
    count = np.maximum(np.bincount(group), 1)
    total = np.zeros(len(count))
    for axis in (0, 1):
        mean = np.bincount(group, way[:, axis]) / count
        total += np.bincount(group, (way[:, axis] - mean[group]) ** 2) / count
    return np.asarray(np.sqrt(total), np.float64)


def _met(
    one: Trails,
    other: Trails,
    i: Ints,
    j: Ints,
    turn: float,
    shift: tuple[float, float],
    within: float,
) -> tuple[Ints, Ints]:
    """Pairs of two trails that keep near each other for ``LEAST_S`` or more, in the median."""
    off = _apart(one, other, i, j, turn, shift)
    both = one.trail[i] * (other.count + 1) + other.trail[j]
    names, place, count = np.unique(both, return_inverse=True, return_counts=True)
    order = np.lexsort((off, place))
    begins = np.cumsum(count) - count
    median = off[order][begins + count // 2]
    good = (
        (median < within)
        & (count * GRID_S >= _COMMON_S)
        & (_unsteady(one, other, i, j, place, turn, shift) < STEADY_M)
    )
    # Of several that keep near one trail, the nearest is meant.
    mine = names // (other.count + 1)
    nearest = np.full(one.count + 1, np.inf)
    np.minimum.at(nearest, mine[good], median[good])
    good &= median <= nearest[mine]
    kept = good[place] & (off < 2 * within)
    return i[kept], j[kept]
