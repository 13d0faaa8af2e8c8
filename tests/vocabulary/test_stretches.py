"""Overlapping stretches of time, beside counting second by second."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from miseban.vocabulary.stretches import joined, length_s, without

Stretches = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


def _seconds(stretches: list[tuple[float, float]]) -> set[int]:
    return {second for a, b in stretches for second in range(int(a), int(b))}


@given(Stretches, st.integers(0, 40), st.integers(0, 40))
def test_each_second_counts_once(
    stretches: list[tuple[float, float]], from_s: int, to_s: int
) -> None:
    seconds = _seconds(stretches)
    assert length_s(stretches) == len(seconds)
    assert length_s(stretches, from_s, to_s) == len(seconds & set(range(from_s, to_s)))
    apart = joined(stretches)
    assert _seconds(apart) == seconds
    assert all(a[1] < b[0] for a, b in pairwise(apart))


@given(st.tuples(st.integers(0, 40), st.integers(0, 40)), Stretches)
def test_without_leaves_what_nothing_covers(
    stretch: tuple[float, float], taken: list[tuple[float, float]]
) -> None:
    left = without(stretch, taken)
    assert _seconds(left) == _seconds([stretch]) - _seconds(taken)
    assert left == joined(left)
