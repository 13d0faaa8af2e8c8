"""One place a visit and second: what is judged over minutes need not be looked at in each frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.floor import FloorRows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Second:
    """Everybody on the floor in the second that begins at ``time_s``: ``visit`` (N,), each once,
    at ``xy`` (N, 2) metres."""

    time_s: float
    visit: Ints
    xy: Floats


class Seconds:
    """Cuts a stream of positions into seconds. A second is told when the next has begun."""

    def __init__(self) -> None:
        self._waiting = FloorRows.empty()
        self._told_s = -np.inf

    def of(self, rows: FloorRows) -> Iterator[Second]:
        """The seconds that ``rows`` complete, in order. Rows of seconds that are told come too
        late, as the first of somebody new do."""
        rows = rows.take(rows.time_s >= self._told_s)
        if not len(rows):
            return
        if len(self._waiting):
            rows = FloorRows.concatenate([self._waiting, rows])
        if (np.diff(rows.time_s) < 0).any():
            rows = rows.take(np.argsort(rows.time_s, kind="stable"))
        second = np.floor(rows.time_s).astype(np.int64)
        whole = int(np.searchsorted(second, second[-1]))
        self._waiting = rows.take(slice(whole, None))
        self._told_s = float(second[-1])
        if whole:
            yield from _seconds(rows.take(slice(0, whole)), second[:whole])

    def rest(self) -> Iterator[Second]:
        """The last, unfinished second."""
        rows, self._waiting = self._waiting, FloorRows.empty()
        if len(rows):
            yield from _seconds(rows, np.floor(rows.time_s).astype(np.int64))


def _seconds(rows: FloorRows, second: Ints) -> Iterator[Second]:
    edges = np.flatnonzero(np.diff(second)) + 1
    starts = [0, *edges.tolist()]
    ends = [*edges.tolist(), len(second)]
    for start, end in zip(starts, ends, strict=True):
        # The last place of each: reversed, the first that ``unique`` finds.
        visit, last = np.unique(rows.visit[start:end][::-1], return_index=True)
        yield Second(float(second[start]), visit, rows.xy[start:end][::-1][last])
