"""Cells of time, gathered into blocks of k people.

A row of cells (hours of a day, or days of a month) is walked in order. A block begins with the
first cell in which somebody was, and ends with the cell in which it comes to k people. Blocks do
not overlap, and only a block as a whole is ever told: so whatever is asked, the answer is a sum of
blocks, each of k people or more.

Whoever knows all sums, and these rules, cannot work out a cell of fewer than k. In a block of
several cells those before the last come to t < k, any t, and the last has the rest: every t from 0
to k - 1 gives the same sum and the same block, so each cell can be what it is or something else
(``tests/insight/disclosure/test_blocks.py`` tries all there are).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Places = NDArray[np.integer[Any]]
"""Numbers of cells. While rows are walked they take two bytes each: a floor has a million."""
NOTHING: Final = -2
"""Nobody was there, which is told."""
WITHHELD: Final = -1

Rest = Literal["withheld", "joined", "held"]
"""What becomes of people after the last block, who are too few for one: they are never told; or
they belong to the last block; or, while more may still come, that block waits for them."""


@dataclass(frozen=True)
class Blocks:
    """``first`` and ``last`` (R, T): of which cells the block consists that a cell is in, or
    ``NOTHING`` or ``WITHHELD``; ``open`` (R,) whether people were left over at the end."""

    first: Places
    last: Places
    open: NDArray[np.bool_]


def gather(people: Ints, k: int, rest: Rest, stayed: NDArray[np.bool_] | None = None) -> Blocks:
    """Blocks of R rows of T cells. ``people`` (R, T), or (R, T, C) where each of C counts has to
    come to k before a block ends. ``stayed`` (R, T): where somebody was who counts in an earlier
    cell: such a cell is in a block too, or the whole less its blocks would tell of it."""
    by_cell = _by_cell(people)
    some = np.asarray(by_cell.any(axis=2), bool)
    some = some if stayed is None else some | stayed.T
    begins, begin = _closings(by_cell, some, k)
    first, last = _spread(begins)
    over = begin >= 0
    at = np.arange(len(by_cell), dtype=np.int16)[:, None]
    # To the end: where it ended would tell that there was somebody.
    left = over & (at >= begin)
    if rest == "withheld":
        return _blocks(np.where(left, WITHHELD, first), np.where(left, WITHHELD, last), over)
    closed = np.where(begins >= 0, at, -1).max(axis=0, initial=-1)  # where the last block ended
    rows = np.arange(by_cell.shape[1])
    start = np.where(closed >= 0, begins[np.maximum(closed, 0), rows], begin)
    if rest == "held":
        waits = (start >= 0) & (at >= start)
        return _blocks(np.where(waits, WITHHELD, first), np.where(waits, WITHHELD, last), over)
    few = over & (closed < 0)  # and no block to join
    end = np.where(some, at, -1).max(axis=0, initial=-1)  # the last cell with anybody
    which = np.flatnonzero(over & ~few)
    joined = (at >= start[which]) & (at <= end[which])
    for one, place in ((first, start), (last, end)):
        one[:, which] = np.where(joined, place[which], one[:, which])
        one[left & few] = WITHHELD
    return _blocks(first, last, over)


def finer(outer: Blocks, people: Ints, k: int, rest: Rest) -> Blocks:
    """Blocks made of whole blocks of ``outer``, for a question that divides people: ``people``
    (R, T, C) how many there are of each kind, of which every block has k."""
    moved = np.zeros_like(people)
    rows, cells = np.nonzero(outer.first >= 0)
    ends = outer.last[rows, cells]
    np.add.at(moved, (rows, ends), people[rows, cells])
    found = gather(moved, k, rest)
    first, last = np.full(outer.first.shape, WITHHELD), np.full(outer.first.shape, WITHHELD)
    begin = found.first[rows, ends]
    first[rows, cells] = np.where(begin >= 0, outer.first[rows, np.maximum(begin, 0)], WITHHELD)
    last[rows, cells] = np.maximum(found.last[rows, ends], WITHHELD)
    nobody = outer.first == NOTHING
    between = (found.first >= 0) & nobody
    for one in (first, last):
        one[nobody] = NOTHING
        one[between] = WITHHELD
    return Blocks(first, last, outer.open | found.open)


def _by_cell(people: Ints) -> Ints:
    """(T, R, C): so each step along the cells reads one piece of memory."""
    counts = people if people.ndim == 3 else people[:, :, None]
    return np.ascontiguousarray(np.moveaxis(counts, 1, 0))


def _blocks(first: Places, last: Places, over: NDArray[np.bool_]) -> Blocks:
    """Of ``first`` and ``last`` (T, R)."""
    return Blocks(first.T, last.T, over)


def _closings(by_cell: Ints, some: NDArray[np.bool_], k: int) -> tuple[Places, Places]:
    """(T, R) where the block began that ends in a cell, -1 where none does; and (R,) where one
    began that never ended. ``some`` (T, R) says where one may begin; ``k`` is at least 1."""
    cells, rows, many = by_cell.shape
    begins = np.full((cells, rows), -1, np.int16)
    begin = np.full(rows, -1, np.int16)
    together = np.zeros((rows, many), np.int64)
    for t in range(cells):
        together += by_cell[t]
        ends = together[:, 0] >= k
        for other in range(1, many):
            ends &= together[:, other] >= k
        begin[(begin < 0) & some[t]] = t
        begins[t, ends] = begin[ends]
        begin[ends] = -1
        together[ends] = 0
    return begins, begin


def _spread(begins: Places) -> tuple[Places, Places]:
    """(T, R) each: first and last cell of the block that a cell is in."""
    first, last = np.full((2, *begins.shape), NOTHING, begins.dtype)
    begin, end = np.full((2, begins.shape[1]), NOTHING, begins.dtype)
    for t in reversed(range(len(begins))):
        ends = begins[t] >= 0
        begin[ends], end[ends] = begins[t, ends], t
        first[t], last[t] = begin, end
        over = begin == t
        begin[over] = end[over] = NOTHING
    return first, last
