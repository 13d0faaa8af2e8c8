"""Visits that are the same in truth and result, known by where people were when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from miseban.insight.score.folder import Recording
from miseban.insight.score.matching import Floats, Ints, best_pairs
from miseban.vocabulary.events import VisitEnded

NEAR_M = 1.0
"""Trails that are this far from each other on average, or nearer, can be one person's."""
LEAST_COMMON = 0.5
"""They also share at least this part of the shorter one's time."""
_COARSE = 8  # of so many seconds one is looked at first: most people are far from each other
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Trails:
    """Places at whole seconds of the truth's recording. Visit ``i`` of ``visits`` was at ``xy``
    (S, 2) metres, rows ``row[i]`` to ``row[i] + seconds[i]``, from second ``first[i]`` on."""

    visits: list[str]
    first: Ints
    seconds: Ints
    row: Ints
    xy: Floats


def trails(side: Recording, window: Recording) -> Trails | None:
    """The trails of all visits; None where one is told in pixels. A visit that is told in several
    pieces (by several cameras) is one."""
    pieces: dict[str, list[Floats]] = {}
    for event in side.events:
        if isinstance(event, VisitEnded):
            if event.unit != "m":
                return None
            trail = side.trails[event.id]
            if trail.size:
                pieces.setdefault(event.visit, []).append(trail)
    late_s = (side.summary.start - window.summary.start).total_seconds()
    first, places = [], [np.empty((0, 2))]
    for visit in pieces.values():
        t, x, y = np.concatenate(visit, axis=1)
        order = np.argsort(t, kind="stable")
        t = t[order] + late_s
        # A visit shorter than a second has a place too: the nearest second's.
        moments = np.arange(round(t[0]), round(t[-1]) + 1)
        first.append(moments[0])
        places.append(np.stack([np.interp(moments, t, k[order]) for k in (x, y)], axis=1))
    seconds = np.array([len(place) for place in places[1:]], np.int64)
    return Trails(
        list(pieces),
        np.array(first, np.int64),
        seconds,
        np.cumsum(seconds) - seconds,
        np.concatenate(places),
    )


def same_visits(truth: Trails, result: Trails) -> list[tuple[str, str]]:
    """Pairs of a true and a found visit, each in one pair at most: of those that are ``NEAR_M`` or
    less apart on average over the time they share, the ones with the greatest sum of shared
    seconds, a second counting 2 less the distance in metres."""
    end = result.first + result.seconds
    found = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
    for i in range(len(truth.visits)):
        low = np.maximum(truth.first[i], result.first)
        common = np.minimum(truth.first[i] + truth.seconds[i], end) - low
        enough = common >= LEAST_COMMON * np.minimum(truth.seconds[i], result.seconds)
        near = np.flatnonzero((common > 0) & enough)
        for step in (_COARSE, 1):
            if not len(near):
                break
            apart = _apart(truth, i, result, near, low[near], common[near], step)
            close = apart <= NEAR_M * common[near] + _ROUNDING
            near, apart = near[close], apart[close]
        if len(near):
            found.append((np.full(len(near), i), near, 2.0 * common[near] - apart / NEAR_M))
    row, column, worth = (np.concatenate(part) for part in zip(*found, strict=True))
    taken = best_pairs(row, column, worth)
    return [(truth.visits[row[k]], result.visits[column[k]]) for k in taken.tolist()]


def _apart(
    truth: Trails, i: int, result: Trails, near: Ints, low: Ints, common: Ints, step: int
) -> Floats:
    """(K,) the distances of true visit ``i`` from each of the found ones ``near`` (K,), added up
    over every ``step``-th of the ``common`` (K,) seconds from ``low`` (K,) on. Fewer seconds give a
    lower sum, so whoever is too far by some of them is too far by all."""
    size = -(-common // step)
    begin = np.cumsum(size) - size
    second = np.repeat(low, size) + step * (np.arange(size.sum()) - np.repeat(begin, size))
    here = truth.xy[truth.row[i] - truth.first[i] + second]
    there = result.xy[np.repeat(result.row[near] - result.first[near], size) + second]
    return np.asarray(np.add.reduceat(np.hypot(*(here - there).T), begin))
