"""Which clock is wrong, from differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.space.fusion.trust.clocks import Edge, settle

OFF_S = 0.3


def test_one_of_three_is_told_as_the_one() -> None:
    edges = [Edge(0, 1, -0.7, 0.05), Edge(1, 2, 0.71, 0.06), Edge(0, 2, 0.01, 0.05)]
    found = settle(edges, np.zeros(3), OFF_S)
    assert found.ahead_s == pytest.approx([0, 0.7, 0], abs=0.03)
    assert found.either == {}


def test_of_two_each_has_half() -> None:
    found = settle([Edge(0, 1, 0.8, 0.05)], np.zeros(2), OFF_S)
    assert found.ahead_s[0] - found.ahead_s[1] == pytest.approx(0.8)
    assert found.ahead_s[0] == pytest.approx(0.4)
    assert [found.either[k][0] for k in (0, 1)] == [1, 0]
    assert [found.either[k][1] for k in (0, 1)] == pytest.approx([0.8, -0.8])


def test_one_wrong_edge_spoils_nothing() -> None:
    edges = [Edge(a, b, 0.0, 0.05) for a in range(4) for b in range(a) if (a, b) != (3, 0)]
    found = settle([*edges, Edge(3, 0, 2.0, 0.05)], np.zeros(4), OFF_S)
    assert np.abs(found.ahead_s).max() < 0.01


def test_without_edges_nothing_is_known() -> None:
    before = np.array([0.0, 0.5])
    found = settle([], before, OFF_S)
    assert found.ahead_s.tolist() == before.tolist()
    assert np.isinf(found.error_s).all()


@settings(max_examples=40)
@given(st.integers(3, 6), st.floats(0.35, 5.0), st.booleans(), st.integers(0, 5))
def test_the_bad_clock_is_found_wherever_it_is(
    cameras: int, size_s: float, behind: bool, which: int
) -> None:
    true = np.zeros(cameras)
    true[which % cameras] = -size_s if behind else size_s
    edges = [Edge(a, b, float(true[a] - true[b]), 0.05) for a in range(cameras) for b in range(a)]
    found = settle(edges, np.zeros(cameras), OFF_S)
    assert found.ahead_s == pytest.approx(true, abs=1e-6)
    assert found.either == {}
