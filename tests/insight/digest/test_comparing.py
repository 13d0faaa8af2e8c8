"""How much more came, and how sure that is."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.insight.digest.comparing import Earlier, compared
from miseban.insight.digest.report import Figure
from miseban.insight.digest.sentences import way_of

DAY = date(2026, 3, 24)


def count(value: float | None, spread: float = 0.03, coverage: float | None = 1.0) -> Figure:
    low, high = (None, None) if value is None else (value * (1 - spread), value * (1 + spread))
    return Figure(value=value, low=low, high=high, coverage=coverage)


def weeks(*counts: Figure) -> list[Earlier]:
    return [Earlier(DAY - timedelta(weeks=n), one) for n, one in enumerate(counts, start=1)]


@given(
    st.integers(20, 5000),
    st.lists(st.integers(20, 5000), min_size=1, max_size=4),
    st.floats(0.001, 0.2),
)
def test_the_share_lies_in_its_interval_and_within_what_it_stands_on(
    value: int, others: list[int], spread: float
) -> None:
    found = compared(count(value, spread), weeks(*(count(n, spread) for n in others)))
    assert found is not None
    assert found.mean == pytest.approx(math.fsum(others) / len(others))
    assert found.share == pytest.approx(value / found.mean - 1)
    assert found.low is not None
    assert found.high is not None
    assert -1 < found.low < found.share < found.high
    assert found.least <= found.mean * (1 + 1e-12)
    assert found.mean <= found.most * (1 + 1e-12)
    assert found.times == tuple(DAY - timedelta(weeks=n + 1) for n in range(len(others)))
    assert len(others) >= 3 or not found.beyond


def test_less_is_known_where_counts_are_less_sure_and_normal_days_differ_more() -> None:
    def width(spread: float, *others: int) -> float:
        found = compared(count(1000, spread), weeks(*(count(n, spread) for n in others)))
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        return found.high - found.low

    calm, wild = (1000, 1001, 999, 1000), (600, 1400, 800, 1200)
    assert width(0.01, *calm) < width(0.05, *calm) < width(0.05, *wild)
    assert width(0.01, *calm) < width(0.01, *calm[:1]), "one week is less of a normal one"


def test_95_of_100_intervals_hold_the_truth() -> None:
    """Days that are drawn around a known mean, more scattered than chance arrivals, and counted
    with an error: how often the interval holds what there really was more of."""
    rng = np.random.default_rng(7)
    normal, held, runs = 800.0, 0, 1500
    for _ in range(runs):
        truths = rng.poisson(normal * rng.gamma(1600, 1 / 1600, 5)).astype(float)
        counted = truths + rng.normal(0, 8, 5)
        figures = [
            Figure(value=n, low=n - 15.7, high=n + 15.7, coverage=1.0) for n in counted.tolist()
        ]
        found = compared(figures[0], weeks(*figures[1:]))
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truths[0] / normal - 1 <= found.high
    assert 0.91 <= held / runs <= 0.99


@pytest.mark.parametrize(
    ("own", "others"),
    [
        (count(None), [count(100)]),
        (count(100, coverage=0.5), [count(100)]),
        (count(100, coverage=0.0), [count(100)]),
        (count(0, coverage=None), [count(100)]),
        (count(19), [count(100)]),
        (count(100), [count(19)]),
        (count(100), []),
        (count(100), [count(None), count(100, coverage=0.89), count(0, coverage=None)]),
    ],
)
def test_what_cannot_stand_beside_others_is_not_compared(own: Figure, others: list[Figure]) -> None:
    assert compared(own, weeks(*others)) is None


def test_without_intervals_there_is_a_share_and_no_certainty() -> None:
    found = compared(Figure(value=120, coverage=1.0), weeks(*([count(100)] * 4)))
    assert found is not None
    assert (found.low, found.high) == (None, None)
    assert found.beyond
    assert way_of(found) == "more"


@pytest.mark.parametrize(
    ("value", "way"), [(1300, "more"), (700, "fewer"), (1005, "same"), (1020, "same")]
)
def test_a_sentence_says_more_or_fewer_only_where_there_is_no_doubt(value: int, way: str) -> None:
    found = compared(count(value), weeks(*([count(1000)] * 4)))
    assert found is not None
    assert way_of(found) == way
