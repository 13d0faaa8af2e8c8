"""Blocks are of k people, do not overlap, and cannot be taken apart by whoever knows the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from miseban.insight.disclosure.blocks import NOTHING, WITHHELD, Blocks, Rest, finer, gather

Ints = NDArray[np.int64]
Gather = Callable[[Ints, int, Rest], Blocks]
RESTS: list[Rest] = ["withheld", "joined", "held"]
counts = st.lists(st.integers(0, 9), min_size=1, max_size=31)


@given(counts, st.integers(2, 9), st.sampled_from(RESTS))
def test_every_block_is_of_k_people_and_no_cell_is_in_two(
    people: list[int], k: int, rest: Rest
) -> None:
    row = np.array([people])
    blocks = gather(row, k, rest)
    told = blocks.first[0] >= 0
    spans = {(a, b) for a, b in zip(blocks.first[0][told], blocks.last[0][told], strict=True)}
    covered = np.zeros(len(people), int)
    for a, b in spans:
        assert row[0, a : b + 1].sum() >= k
        covered[a : b + 1] += 1
    assert (covered[told] == 1).all()
    assert not covered[~told].any()
    assert not row[0, blocks.first[0] == NOTHING].any()


@given(counts, st.integers(2, 9))
def test_a_day_that_has_ended_loses_nobody(people: list[int], k: int) -> None:
    row = np.array([people])
    blocks = gather(row, k, "joined")
    told = int(row[0, blocks.first[0] >= 0].sum())
    assert told == (row.sum() if row.sum() >= k else 0)


@given(counts, counts, st.integers(2, 9))
def test_what_was_told_of_a_day_stays_when_it_goes_on(
    before: list[int], after: list[int], k: int
) -> None:
    """So nobody can take the answer of noon from that of the evening and find less than a block."""
    noon = gather(np.array([before]), k, "held")
    evening = gather(np.array([before + after]), k, "held")
    night = gather(np.array([before + after]), k, "joined")
    told = noon.first[0] >= 0
    for later in (evening, night):
        assert (later.first[0][: len(before)][told] == noon.first[0][told]).all()
        assert (later.last[0][: len(before)][told] == noon.last[0][told]).all()


def published(people: tuple[int, ...], k: int, rest: Rest, gather: Gather) -> tuple[object, ...]:
    """All that anybody is ever told: which cells belong together, their sums, and where nobody
    was."""
    blocks = gather(np.array([people]), k, rest)
    pairs = zip(blocks.first[0].tolist(), blocks.last[0].tolist(), strict=True)
    return tuple((a, b, sum(people[a : b + 1])) if a >= 0 else (a, b, 0) for a, b in pairs)


def recovered(k: int, cells: int, most: int, rest: Rest, gather: Gather) -> list[object]:
    """Every row of cells of ``most`` people or fewer is what an attacker might look at. Those who
    publish the same cannot be told apart; a cell of fewer than k that is the same in all of them is
    recovered. The attacker also knows where nobody was."""
    worlds = defaultdict(list)
    for people in np.ndindex(*([most + 1] * cells)):
        if sum(people) > most:
            continue
        worlds[published(people, k, rest, gather)].append(people)
    found: list[object] = []
    for told, alike in worlds.items():
        every: Ints = np.array(alike)
        for world in every[every.sum(axis=1) <= most - k]:  # what is withheld may be up to k - 1
            same = every[~(every[:, world == 0]).any(axis=1)]
            sure = (same == same[0]).all(axis=0)
            if (sure & (world > 0) & (world < k)).any():
                found.append((told, world.tolist()))
    return found


@pytest.mark.parametrize("rest", ["joined", "held", "withheld"])
@pytest.mark.parametrize(("k", "cells", "most"), [(3, 5, 8), (5, 3, 16), (5, 4, 9)])
def test_no_cell_can_be_worked_out(k: int, cells: int, most: int, rest: Rest) -> None:
    assert recovered(k, cells, most + k, rest, gather) == []


def weak_totals(people: Ints, k: int, rest: Rest) -> Blocks:
    """Tells every cell of k, and joins the others into one block whatever comes of it: the
    complement of a single small cell."""
    small = (people[0] > 0) & (people[0] < k)
    at = np.arange(people.shape[1])
    first = np.where(people[0] >= k, at, NOTHING)
    last = first.copy()
    if small.any():
        where = np.flatnonzero(small)
        first[small], last[small] = where[0], where[-1]
        if people[0, small].sum() < k:
            first[small] = last[small] = WITHHELD
    return Blocks(first[None], last[None], np.array([False]))


def test_a_weaker_gate_is_caught() -> None:
    assert recovered(3, 4, 8, "joined", weak_totals)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=24))
def test_finer_questions_are_made_of_whole_blocks(pairs: list[tuple[int, int]]) -> None:
    """Of those who came, some did and some did not: both are k, and each block is made of blocks
    of those who came."""
    k = 4
    did, did_not = np.array(pairs).T
    came = gather((did + did_not)[None], k, "joined")
    fine = finer(came, np.stack([did, did_not], axis=1)[None], k, "joined")
    told = fine.first[0] >= 0
    spans = {(a, b) for a, b in zip(fine.first[0][told], fine.last[0][told], strict=True)}
    for a, b in spans:
        cells = np.arange(a, b + 1)
        inside = cells[came.first[0, cells] >= 0]
        assert (came.first[0, inside] >= a).all()
        assert (came.last[0, inside] <= b).all()
        assert did[cells].sum() >= k
        assert did_not[cells].sum() >= k
    assert sum(b + 1 - a for a, b in spans) >= told.sum()
    assert not (did + did_not)[fine.first[0] == NOTHING].any()
