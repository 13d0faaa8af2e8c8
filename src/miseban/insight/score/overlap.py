"""Two sets of boxes laid over each other, moment by moment, as flat tables of pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_PAIRS_AT_ONCE = 500_000  # of which 16 numbers each are in memory at a time


@dataclass(frozen=True, slots=True)
class Boxes:
    """Rows of N boxes: ``moment`` (N,) int64, ``track`` (N,) int64, ``ltwh`` (N, 4) float64 or, so
    that a long day fits into memory, float32 left, top, width and height in pixels. A track has at
    most one box a moment."""

    moment: Ints
    track: Ints
    ltwh: Floats | NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.moment)

    @classmethod
    def of_table(cls, table: Floats) -> Boxes:
        """From (N, 6 or more) rows ``moment, track, left, top, width, height``."""
        moment, track = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
        return cls(moment, track, np.ascontiguousarray(table[:, 2:6]))

    def in_order(self) -> Boxes:
        """By moment; rows of one moment stay in their order."""
        if (self.moment[1:] >= self.moment[:-1]).all():
            return self
        return self.take(np.argsort(self.moment, kind="stable"))

    def take(self, index: NDArray[np.bool_] | Ints | slice) -> Boxes:
        """The rows at ``index`` (a mask, positions or a slice), in that order."""
        return Boxes(self.moment[index], self.track[index], self.ltwh[index])


@dataclass(frozen=True, slots=True)
class Overlaps:
    """All pairs of a true and a found box of the same moment that overlap at all.

    ``moment`` (P,) is the place of the moment among those with boxes on both sides, ascending;
    ``truth`` (P,), ascending, and ``result`` (P,) are rows of ``truth_track`` and
    ``result_track``, which hold the track of every box as a number from 0, in the order moment by
    moment; ``iou`` (P,) is the intersection over union, above 0. ``truth_span`` and
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


class Rows(Protocol):
    """Rows of N things: where each of a few tracks is, at most once a moment."""

    @property
    def moment(self) -> Ints: ...
    @property
    def track(self) -> Ints: ...
    def in_order(self) -> Self: ...


R = TypeVar("R", bound=Rows)
Pairs = Callable[[R, R, Ints, Ints, Ints], tuple[Ints, Ints, Ints, Floats]]
"""From truth, result, both spans (M, 2), and moments (K,) that follow one another: moment, row in
truth, row in result and likeness (above 0) of the pairs that are alike at all."""


def lay_over(truth: Boxes, result: Boxes) -> Overlaps:
    """Every overlapping pair. The order of the rows within a moment is kept."""
    return lay(truth, result, _pairs)


def lay(truth: R, result: R, pairs_of: Pairs[R]) -> Overlaps:
    """Every pair that ``pairs_of`` finds alike; ``iou`` is how much."""
    truth, result = truth.in_order(), result.in_order()
    both = np.intersect1d(truth.moment, result.moment)
    spans = [
        np.stack([np.searchsorted(side.moment, both, how) for how in ("left", "right")], axis=1)
        for side in (truth, result)
    ]
    n_truth, n_result = (span[:, 1] - span[:, 0] for span in spans)
    pairs = n_truth * n_result
    # Blocks of whole moments, so that a long day is not in memory as one table of pairs.
    block = np.cumsum(pairs) // _PAIRS_AT_ONCE
    starts = np.flatnonzero(np.diff(block, prepend=-1))
    ends = np.append(starts, len(both))[1:]
    parts = [
        pairs_of(truth, result, spans[0], spans[1], np.arange(start, end))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    ]
    nothing = np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    moment, row, column, iou = (np.concatenate(part) for part in zip(nothing, *parts, strict=True))
    return Overlaps(
        moment,
        row,
        column,
        iou,
        np.unique(truth.track, return_inverse=True)[1].astype(np.int64),
        np.unique(result.track, return_inverse=True)[1].astype(np.int64),
        spans[0].astype(np.int64),
        spans[1].astype(np.int64),
    )


def every_pair(truth_span: Ints, result_span: Ints, moments: Ints) -> tuple[Ints, Ints, Ints]:
    """Moment, row in truth and row in result of all pairs of ``moments``."""
    height = truth_span[moments, 1] - truth_span[moments, 0]
    width = result_span[moments, 1] - result_span[moments, 0]
    size = height * width
    moment = np.repeat(moments, size)
    place = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    wide = np.repeat(width, size)
    return moment, truth_span[moment, 0] + place // wide, result_span[moment, 0] + place % wide


@dataclass(frozen=True, slots=True)
class _Sides:
    """(N,) ``low`` and ``high`` ends of boxes from left to right and from top to bottom, and their
    ``area``."""

    low: tuple[Floats, Floats]
    high: tuple[Floats, Floats]
    area: Floats

    @classmethod
    def of(cls, boxes: Boxes) -> _Sides:
        left, top, width, height = (np.ascontiguousarray(c, np.float64) for c in boxes.ltwh.T)
        return cls((left, top), (left + width, top + height), width * height)


def _pairs(
    truth: Boxes, result: Boxes, truth_span: Ints, result_span: Ints, moments: Ints
) -> tuple[Ints, Ints, Ints, Floats]:
    """Moment, row in truth, row in result and IoU of the pairs of ``moments``, which follow one
    another, that overlap."""
    first = truth_span[moments[0], 0], result_span[moments[0], 0]
    true = _Sides.of(truth.take(slice(first[0], truth_span[moments[-1], 1])))
    found = _Sides.of(result.take(slice(first[1], result_span[moments[-1], 1])))
    moment, row, column = every_pair(truth_span, result_span, moments)
    row, column = row - first[0], column - first[1]
    # Most people stand beside each other: whose boxes share no column need no further look.
    across = _shared(true, found, row, column, 0)
    some = np.flatnonzero(across > 0)
    moment, row, column, across = moment[some], row[some], column[some], across[some]
    down = _shared(true, found, row, column, 1)
    some = np.flatnonzero(down > 0)
    moment, row, column = moment[some], row[some], column[some]
    common = across[some] * down[some]
    union = true.area[row] + found.area[column] - common
    return moment, row + first[0], column + first[1], common / np.maximum(union, 1e-9)


def _shared(truth: _Sides, result: _Sides, row: Ints, column: Ints, axis: int) -> Floats:
    """(P,) the length that boxes share from left to right (``axis`` 0) or top to bottom (1);
    negative where they lie apart."""
    low = np.maximum(truth.low[axis][row], result.low[axis][column])
    return np.asarray(np.minimum(truth.high[axis][row], result.high[axis][column]) - low)
