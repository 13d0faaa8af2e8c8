"""How many times as often: the ratio of two rates and its interval."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from miseban.insight.questions.ratios import rate_ratio

counts = st.integers(0, 500)
spans = st.floats(60.0, 1e6)


@given(counts, spans, counts, spans)
def test_the_ratio_lies_in_its_interval(n: int, s: float, m: int, t: float) -> None:
    found = rate_ratio(n, s, m, t)
    if n + m == 0:
        assert found is None
        return
    assert found is not None
    assert 0 <= found.low <= found.high
    if found.value is not None:
        assert found.low <= found.value <= found.high


@given(st.integers(1, 500), spans, st.integers(1, 500), spans)
def test_the_other_way_round_is_one_through_it(n: int, s: float, m: int, t: float) -> None:
    one, other = rate_ratio(n, s, m, t), rate_ratio(m, t, n, s)
    assert one is not None
    assert other is not None
    assert other.high > 0
    assert np.isclose(one.low, 1 / other.high)


def test_the_interval_holds_as_often_as_it_says() -> None:
    rng, true = np.random.default_rng(3), 4.5
    inside = 0
    for _ in range(400):
        found = rate_ratio(int(rng.poisson(40 * true)), 3600, int(rng.poisson(40)), 3600)
        assert found is not None
        inside += found.low <= true <= found.high
    assert inside / 400 >= 0.93


def test_nothing_counted_before_has_no_ratio_but_a_least_one() -> None:
    found = rate_ratio(20, 100.0, 0, 100.0)
    assert found is not None
    assert found.value is None
    assert found.low > 4
    assert found.high == float("inf")
