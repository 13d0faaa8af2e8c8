"""Two sets of places on the floor laid over each other, second by second."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from miseban.insight.score.overlap import Floats, Ints, Overlaps, every_pair, lay

ZERO_M = 2.0
"""So far apart, two places are not alike at all."""
FITS = 0.5
"""A found place that is so much like that of somebody who is not to be found is passed over, as in
the public kits."""


@dataclass(frozen=True, slots=True)
class Points:
    """Rows of N places: ``moment`` (N,) whole seconds, ``track`` (N,), and ``xy`` (N, 2) metres. A
    track has at most one place a moment."""

    moment: Ints
    track: Ints
    xy: Floats

    def __len__(self) -> int:
        return len(self.moment)

    def in_order(self) -> Points:
        """By moment; rows of one moment stay in their order."""
        if (self.moment[1:] >= self.moment[:-1]).all():
            return self
        return self.take(np.argsort(self.moment, kind="stable"))

    def take(self, index: NDArray[np.bool_] | Ints) -> Points:
        """The rows at ``index`` (a mask or positions), in that order."""
        return Points(self.moment[index], self.track[index], self.xy[index])


def lay_points(truth: Points, result: Points) -> Overlaps:
    """Every pair of places less than ``ZERO_M`` apart. They are alike by ``1 - distance / ZERO_M``,
    which goes evenly from 1 to 0, as in TrackEval's ``_calculate_euclidean_similarity`` (J. Luiten,
    A. Hoffhues, *TrackEval*, 2020, ``datasets/_base_dataset.py``)."""
    return lay(truth, result, _pairs)


def apart_m(laid: Overlaps, pairs: Ints) -> Floats:
    """(K,) metres between the places of ``pairs`` (K,)."""
    return np.asarray(ZERO_M * (1.0 - laid.iou[pairs]))


def without_ignored(truth: Points, result: Points, wanted: NDArray[np.bool_]) -> Points:
    """``result`` without the places that fit best, everybody used once, a true place that is not
    ``wanted`` (N,); ``truth`` and ``result`` are in order of time."""
    laid = lay_points(truth, result)
    enough = np.flatnonzero(laid.iou >= FITS)
    kept = np.ones(len(result), bool)
    begin = np.searchsorted(laid.moment[enough], np.arange(len(laid.truth_span) + 1))
    for k in np.flatnonzero(np.diff(begin)).tolist():
        pairs = enough[begin[k] : begin[k + 1]]
        if wanted[laid.truth[pairs]].all():
            continue
        rows, i = np.unique(laid.truth[pairs], return_inverse=True)
        columns, j = np.unique(laid.result[pairs], return_inverse=True)
        worth = np.zeros((len(rows), len(columns)))
        worth[i, j] = laid.iou[pairs]
        a, b = linear_sum_assignment(worth, maximize=True)
        some = (worth[a, b] > 0) & ~wanted[rows[a]]
        kept[columns[b[some]]] = False
    return result.take(kept)


def _pairs(
    truth: Points, result: Points, truth_span: Ints, result_span: Ints, moments: Ints
) -> tuple[Ints, Ints, Ints, Floats]:
    moment, row, column = every_pair(truth_span, result_span, moments)
    apart = np.hypot(*(truth.xy[row] - result.xy[column]).T)
    near = np.flatnonzero(apart < ZERO_M)
    return moment[near], row[near], column[near], 1.0 - apart[near] / ZERO_M
