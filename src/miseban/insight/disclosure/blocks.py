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
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
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

    first: Ints
    last: Ints
    open: NDArray[np.bool_]


def gather(people: Ints, k: int, rest: Rest) -> Blocks:
    """Blocks of R rows of T cells. ``people`` (R, T), or (R, T, C) where each of C counts has to
    come to k before a block ends."""
    counts = people if people.ndim == 3 else people[:, :, None]
    begins, begin = _closings(counts, k)
    some = counts.any(axis=2)
    first, last = _spread(begins)
    over = begin >= 0
    at = np.arange(counts.shape[1])
    end = np.where(some, at, -1).max(axis=1, initial=-1)  # the last cell with anybody
    # To the end: where it ended would tell that there was somebody.
    left = over[:, None] & (at >= begin[:, None])
    if rest == "withheld":
        return Blocks(np.where(left, WITHHELD, first), np.where(left, WITHHELD, last), over)
    closed = np.where(begins >= 0, at, -1).max(axis=1, initial=-1)  # where the last block ended
    rows = np.arange(len(counts))
    start = np.where(closed >= 0, begins[rows, np.maximum(closed, 0)], begin)
    if rest == "held":
        waits = (start >= 0)[:, None] & (at >= start[:, None])
        return Blocks(np.where(waits, WITHHELD, first), np.where(waits, WITHHELD, last), over)
    few = over & (closed < 0)  # and no block to join
    joined = (over & ~few)[:, None] & (at >= start[:, None]) & (at <= end[:, None])
    first = np.where(joined, start[:, None], np.where(few[:, None] & left, WITHHELD, first))
    last = np.where(joined, end[:, None], np.where(few[:, None] & left, WITHHELD, last))
    return Blocks(first, last, over)


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


def _closings(counts: Ints, k: int) -> tuple[Ints, Ints]:
    """(R, T) where the block began that ends in a cell, -1 where none does; and (R,) where one
    began that never ended."""
    rows, cells, _ = counts.shape
    by_cell = np.ascontiguousarray(np.moveaxis(counts, 1, 0))  # each step reads one piece of memory
    begins = np.full((cells, rows), -1, np.int64)
    begin = np.full(rows, -1, np.int64)
    together = np.zeros((rows, counts.shape[2]), np.int64)
    for t in range(cells):
        now = by_cell[t]
        begin[(begin < 0) & now.any(axis=1)] = t
        together += now
        ends = (begin >= 0) & (together >= k).all(axis=1)
        begins[t, ends] = begin[ends]
        begin[ends] = -1
        together[ends] = 0
    return np.ascontiguousarray(begins.T), begin


def _spread(begins: Ints) -> tuple[Ints, Ints]:
    """(R, T) each: first and last cell of the block that a cell is in."""
    by_cell = np.ascontiguousarray(begins.T)
    first, last = np.full(by_cell.shape, NOTHING), np.full(by_cell.shape, NOTHING)
    rows = len(begins)
    begin, end = np.full(rows, NOTHING), np.full(rows, NOTHING)
    for t in reversed(range(len(by_cell))):
        ends = by_cell[t] >= 0
        begin[ends], end[ends] = by_cell[t, ends], t
        first[t], last[t] = begin, end
        over = begin == t
        begin[over] = end[over] = NOTHING
    return np.ascontiguousarray(first.T), np.ascontiguousarray(last.T)
