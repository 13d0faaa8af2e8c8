"""Roles of pieces: where a day of work is told as many visits, each is judged by whose it is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from miseban.insight.score.figures import FoundScore
from miseban.insight.score.shares import found_score
from miseban.insight.score.trails import NEAR_M, Trails

STEP_S = 5
"""Every so many seconds it is looked whose a visit is."""
_APART = 10.0 * NEAR_M  # two seconds are further from each other than two places that can be one

Ints = NDArray[np.int64]


def score_pieces(
    truth: Trails, result: Trails, true: Mapping[str, str], found: Mapping[str, str]
) -> tuple[FoundScore, FoundScore]:
    """Staff by found visit, and by seconds of found visits. A found visit is that of the person who
    is nearest to it, and within ``NEAR_M``, at most of its seconds; where nobody is, nobody's.
    ``true`` and ``found`` are the roles by visit."""
    owner = _owners(truth, result)
    works = np.array([true.get(visit) == "staff" for visit in truth.visits] + [False], bool)
    told = np.array([found.get(visit) == "staff" for visit in result.visits], bool)
    mine = np.repeat(np.arange(len(result.visits)), _looks(result)[1])
    of_staff = works[owner]
    seconds = [float(part.sum()) * STEP_S for part in (of_staff & told[mine], of_staff, told[mine])]
    most = np.full(len(result.visits), len(truth.visits))
    for visit in range(len(result.visits)):
        people, times = np.unique(owner[mine == visit], return_counts=True)
        if len(people):
            most[visit] = people[np.argmax(times)]
    staff = works[most]
    pieces = found_score(int((staff & told).sum()), int(staff.sum()), int(told.sum()))
    return pieces, found_score(*(round(part) for part in seconds))


def _looks(side: Trails) -> tuple[Ints, Ints]:
    """The rows at whole ``STEP_S``, in order of visits, and how many each visit has."""
    second = np.arange(len(side.xy)) - np.repeat(side.row - side.first, side.seconds)
    at = np.flatnonzero(second % STEP_S == 0)
    visit = np.repeat(np.arange(len(side.visits)), side.seconds)[at]
    return at, np.bincount(visit, minlength=len(side.visits))


def _owners(truth: Trails, result: Trails) -> Ints:
    """(L,) whose place each look of the result is: a number of a true visit, or how many there
    are for nobody's."""
    points = []
    for side in (truth, result):
        at, _ = _looks(side)
        second = at - np.repeat(side.row - side.first, side.seconds)[at]
        points.append(np.column_stack([side.xy[at], second / STEP_S * _APART]))
    people = np.repeat(np.arange(len(truth.visits)), _looks(truth)[1])
    if not len(people) or not len(points[1]):
        return np.full(len(points[1]), len(truth.visits))
    away, nearest = cKDTree(points[0]).query(points[1], distance_upper_bound=NEAR_M + 1e-6)
    return np.where(
        np.isfinite(away), np.append(people, len(truth.visits))[nearest], len(truth.visits)
    )
