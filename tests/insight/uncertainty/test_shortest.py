"""The run of values that is right 95 times in 100."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from miseban.insight.uncertainty.shortest import middle, shortest


def draws(chances: dict[int, int]) -> np.ndarray:
    """So many draws of each value."""
    return np.repeat(list(chances), list(chances.values()))


@pytest.mark.parametrize(
    ("chances", "ends"),
    [
        pytest.param({7: 100}, (7, 7), id="certain"),
        pytest.param({7: 96, 8: 4}, (7, 7), id="one value is right often enough"),
        pytest.param({7: 94, 8: 6}, (7, 7), id="half of the border is still missing: 94 + 3 reach"),
        pytest.param({7: 90, 8: 10}, (7, 7), id="exactly half"),
        pytest.param({7: 88, 8: 12}, (7, 8), id="too much would be left out"),
        pytest.param({6: 2, 7: 50, 8: 42, 9: 6}, (7, 8), id="grows to the likelier side"),
        pytest.param({5: 60, 9: 40}, (5, 9), id="over values that never came"),
    ],
)
def test_ends_by_the_mid_p_rule(chances: dict[int, int], ends: tuple[int, int]) -> None:
    assert shortest(draws(chances)) == ends


@given(st.dictionaries(st.integers(0, 40), st.integers(1, 500), min_size=1))
def test_what_is_left_out_is_less_than_the_rule_allows(chances: dict[int, int]) -> None:
    values = draws(chances)
    low, high = shortest(values)
    held = np.mean((values >= low) & (values <= high))
    border = max(np.mean(values == low), np.mean(values == high))

    assert max(chances, key=lambda value: (chances[value], -value)) in range(low, high + 1)
    # Whatever is next, half of it was not missing any more.
    beyond = max(np.mean(values == low - 1), np.mean(values == high + 1))
    assert (low == min(chances) and high == max(chances)) or held + beyond / 2 >= 0.95 - 1e-9
    # And the last that was taken in was missing: less by it, half of it did not reach.
    assert low == high or held - border / 2 < 0.95 + border + 1e-9


def test_coverage_is_right_on_average_and_not_above() -> None:
    """Errors of a counter that is right 99 times in 100, in hours of 5 to 400 people."""
    rng = np.random.default_rng(3)
    held = []
    for people in rng.integers(5, 400, 120):
        low, high = shortest(rng.binomial(people, 0.01, 4000))
        held.append(binom.cdf(high, people, 0.01) - binom.cdf(low - 1, people, 0.01))

    assert 0.94 <= np.mean(held) <= 0.965


def test_middle_leaves_out_as_much_on_both_sides() -> None:
    low, high = middle(np.arange(1001.0))

    assert (low, high) == pytest.approx((25.0, 975.0))
