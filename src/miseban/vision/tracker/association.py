"""Association: which box belongs to which track."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from miseban.vision.tracker.settings import TrackerSettings
from miseban.vision.tracker.state import CENTRE, LAST, SHAPE_VAR, VAR, Floats, sizes

Ints = NDArray[np.int64]
_NONE: Ints = np.empty(0, np.int64)


def distances(table: Floats, boxes: Floats, settings: TrackerSettings) -> tuple[Floats, Floats]:
    """Squared normalised distance (T, D) of each box to each track's prediction, and the spread
    (T,): the logarithm of the prediction's variance relative to the sharpest possible.

    The distance is Mahalanobis' over centre and shape. A prediction is the less sharp the longer
    nothing was seen, so the same gate reaches farther at 2 frames a second than at 30 and farther
    for a lost person than for a visible one.
    """
    noise = settings.position_noise**2
    variance = table[VAR] + noise
    distance = _squared(table[0], boxes[0])
    distance += _squared(table[1], boxes[1])
    distance /= (variance * sizes(table) ** 2)[:, None]
    shape = _squared(table[2], boxes[2])
    shape += _squared(table[3], boxes[3])
    shape /= (table[SHAPE_VAR] + settings.shape_noise**2)[:, None]
    distance += shape
    return distance, np.log(variance / noise)


def last_seen_distances(table: Floats, boxes: Floats, settings: TrackerSettings) -> Floats:
    """The same as ``distances``, from where the tracks were last observed instead of where they
    are predicted: for people who stopped while hidden (OC-SORT's second chance)."""
    still = table.copy()
    still[CENTRE] = table[LAST]
    still[VAR] = 0.25 * table[VAR]
    return distances(still, boxes, settings)[0]


def _squared(a: Floats, b: Floats) -> Floats:
    difference = np.subtract.outer(a, b)
    difference *= difference
    return difference


def assign(gain: Floats) -> tuple[Ints, Ints]:
    """Rows and columns of the one-to-one pairing with the largest total of positive gains.

    Pairs that compete with no other are taken at once; only the rest is solved as an assignment.
    """
    possible = gain > 0
    rows, columns = np.nonzero(possible)
    if not len(rows):
        return _NONE, _NONE
    per_row, per_column = possible.sum(axis=1), possible.sum(axis=0)
    alone = (per_row[rows] == 1) & (per_column[columns] == 1)
    if alone.all():
        return rows, columns
    contested_rows = np.unique(rows[~alone])
    contested_columns = np.unique(columns[~alone])
    part = gain[contested_rows[:, None], contested_columns]
    r, c = linear_sum_assignment(part, maximize=True)
    real = part[r, c] > 0
    return (
        np.concatenate((rows[alone], contested_rows[r[real]])),
        np.concatenate((columns[alone], contested_columns[c[real]])),
    )


def largest_overlap(a: Floats, b: Floats) -> Floats:
    """For each of (N, 4) boxes ``a`` the largest IoU with any of (M, 4) boxes ``b``, M > 0: (N,)"""
    low = np.maximum(a[:, None, :2], b[:, :2])
    high = np.minimum(a[:, None, 2:], b[:, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    area_a = (a[:, 2:] - a[:, :2]).prod(axis=1)
    area_b = (b[:, 2:] - b[:, :2]).prod(axis=1)
    return np.asarray((common / (area_a[:, None] + area_b - common)).max(axis=1))
