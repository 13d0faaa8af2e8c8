"""Two sets of boxes laid over each other, moment by moment, as flat tables of pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_PAIRS_AT_ONCE = 2_000_000  # of which 16 numbers each are in memory at a time


@dataclass(frozen=True, slots=True)
class Boxes:
    """Rows of N boxes: ``moment`` (N,) int64, ``track`` (N,) int64, ``ltwh`` (N, 4) float64 left,
    top, width and height in pixels. A track has at most one box a moment."""

    moment: Ints
    track: Ints
    ltwh: Floats

    def __len__(self) -> int:
        return len(self.moment)

    @classmethod
    def of_table(cls, table: Floats) -> Boxes:
        """From (N, 6 or more) rows ``moment, track, left, top, width, height``."""
        moment, track = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
        return cls(moment, track, np.ascontiguousarray(table[:, 2:6]))

    def take(self, index: NDArray[np.bool_] | Ints) -> Boxes:
        """The rows at ``index`` (a mask or positions), in that order."""
        return Boxes(self.moment[index], self.track[index], self.ltwh[index])


@dataclass(frozen=True, slots=True)
class Overlaps:
    """All pairs of a true and a found box of the same moment that overlap at all.

    ``moment`` (P,) is the place of the moment among those with boxes on both sides, ascending;
    ``truth`` and ``result`` (P,) are rows of ``truth_track`` and ``result_track``, which hold the
    track of every box as a number from 0, in the order moment by moment; ``iou`` (P,) is the
    intersection over union, above 0. ``truth_span`` and
    ``result_span`` (M, 2) are the first row of each such moment and the one after its last.
    """

    moment: Ints
    truth: Ints
    result: Ints
    iou: Floats
    truth_track: Ints
    result_track: Ints
    truth_span: Ints
    result_span: Ints

    @property
    def truth_tracks(self) -> int:
        return int(self.truth_track.max(initial=-1)) + 1

    @property
    def result_tracks(self) -> int:
        return int(self.result_track.max(initial=-1)) + 1


def lay_over(truth: Boxes, result: Boxes) -> Overlaps:
    """Every overlapping pair. The order of the rows within a moment is kept."""
    truth = truth.take(np.argsort(truth.moment, kind="stable"))
    result = result.take(np.argsort(result.moment, kind="stable"))
    both = np.intersect1d(truth.moment, result.moment)
    spans = [
        np.stack([np.searchsorted(side.moment, both, how) for how in ("left", "right")], axis=1)
        for side in (truth, result)
    ]
    n_truth, n_result = (span[:, 1] - span[:, 0] for span in spans)
    pairs = n_truth * n_result
    # Blocks of whole moments, so that a long day is not in memory as one table of pairs.
    block = np.cumsum(pairs) // _PAIRS_AT_ONCE
    parts = [
        _pairs(truth, result, spans[0], spans[1], np.flatnonzero(block == number))
        for number in np.unique(block)
    ]
    moment, rows, columns, iou = (
        np.concatenate([part[i] for part in parts]) if parts else np.empty(0) for i in range(4)
    )
    return Overlaps(
        moment.astype(np.int64),
        rows.astype(np.int64),
        columns.astype(np.int64),
        iou.astype(np.float64),
        np.unique(truth.track, return_inverse=True)[1].astype(np.int64),
        np.unique(result.track, return_inverse=True)[1].astype(np.int64),
        spans[0].astype(np.int64),
        spans[1].astype(np.int64),
    )


def _pairs(
    truth: Boxes, result: Boxes, truth_span: Ints, result_span: Ints, moments: Ints
) -> tuple[Ints, Ints, Ints, Floats]:
    """Moment, row in truth, row in result and IoU of the pairs of ``moments`` that overlap."""
    height = truth_span[moments, 1] - truth_span[moments, 0]
    width = result_span[moments, 1] - result_span[moments, 0]
    size = height * width
    moment = np.repeat(moments, size)
    place = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    row = truth_span[moment, 0] + place // np.repeat(width, size)
    column = result_span[moment, 0] + place % np.repeat(width, size)
    overlap = iou(truth.ltwh[row], result.ltwh[column])
    some = overlap > 0
    return moment[some], row[some], column[some], overlap[some]


def iou(a: Floats, b: Floats) -> Floats:
    """Intersection over union of boxes (N, 4) with boxes (N, 4), left, top, width, height: (N,)."""
    low = np.maximum(a[:, :2], b[:, :2])
    high = np.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])
    common = np.clip(high - low, 0, None).prod(axis=1)
    union = a[:, 2:].prod(axis=1) + b[:, 2:].prod(axis=1) - common
    return np.asarray(common / np.maximum(union, 1e-9))
