"""Squares of the floor that differ, and squares that only seem to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from miseban.insight.questions.beyond_chance import (
    Difference,
    Spent,
    by_chance,
    difference,
    variances,
)

Floats = NDArray[np.float64]
SQUARES, DAYS = 300, 7


def days(rng: np.random.Generator, visits: Floats, days: int = DAYS) -> Spent:
    """So many ``visits`` (C,) a day, more on some days, who stand for 3 s, some of them longer."""
    each = rng.poisson(visits[:, None] * rng.gamma(50, 1 / 50, (1, days)))
    seconds = rng.gamma(np.maximum(each, 1e-9) * 0.5, 6.0) * (each > 0)
    some = (each > 0).sum(axis=1)
    hours = 24.0 * some
    return Spent(
        seconds.sum(axis=1), each.sum(axis=1).astype(float), some.astype(float), hours,
        (seconds**2 / 24).sum(axis=1),
    )  # fmt: skip


def chances(one: Spent, other: Spent, scale: float = 1.0) -> Floats:
    return by_chance(beside(one, other, scale).p)


def beside(one: Spent, other: Spent, scale: float = 1.0) -> Difference:
    return difference(one.seconds, other.seconds, variances(one, other), scale)


def test_where_nothing_changed_hardly_ever_anything_is_called_different() -> None:
    rng = np.random.default_rng(5)
    visits = rng.uniform(5, 60, SQUARES)
    wrong = [bool((chances(days(rng, visits), days(rng, visits)) <= 0.05).any()) for _ in range(60)]
    assert np.mean(wrong) <= 0.1


def test_one_day_beside_another_is_not_believed_too_soon() -> None:
    rng = np.random.default_rng(6)
    visits = rng.uniform(5, 60, SQUARES)
    one = [chances(days(rng, visits, 1), days(rng, visits, 1)) for _ in range(60)]
    assert np.mean([bool((p <= 0.05).any()) for p in one]) <= 0.1


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_what_changed_is_found(scale: float) -> None:
    rng = np.random.default_rng(7)
    visits = rng.uniform(20, 60, SQUARES)
    more = np.where(np.arange(SQUARES) < 30, 2.0, 1.0)
    found, false = [], []
    for _ in range(20):
        one = days(rng, visits * more, round(DAYS * scale))
        called = chances(one, days(rng, visits), scale) <= 0.05
        found.append(called[:30].mean())
        false.append(called[30:].sum() / max(called.sum(), 1))
    assert np.mean(found) > 0.8
    assert np.mean(false) < 0.06


def test_the_interval_holds_what_was_to_be_expected() -> None:
    rng = np.random.default_rng(8)
    visits = rng.uniform(10, 60, SQUARES)
    inside = []
    for _ in range(30):
        one, other = days(rng, visits * 1.5), days(rng, visits)
        told = beside(one, other)
        true = visits * 0.5 * 3 * DAYS
        inside.append(((told.low <= true) & (true <= told.high)).mean())
    assert 0.93 < np.mean(inside) < 1


def test_a_square_where_nobody_was_then() -> None:
    one = Spent(*(np.array([v]) for v in (900.0, 300.0, 7.0, 168.0, 900.0**2 / 168)))
    nobody = Spent(*(np.zeros(1) for _ in range(5)))
    told = beside(one, nobody)
    assert told.value[0] == 900
    assert 0 < told.low[0] < 900 < told.high[0]
    assert told.p[0] < 1e-5
    less = beside(nobody, one)
    assert (less.value[0], less.low[0], less.high[0]) == pytest.approx(
        (-900, -told.high[0], -told.low[0])
    )
    assert less.p[0] == pytest.approx(told.p[0])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0.01, 1))
def test_corrected_as_the_procedure_of_steps_is(p: list[float], level: float) -> None:
    """Reject the i smallest, i the largest for which the i-th is at most i / n of the level."""
    ordered = sorted(p)
    most = max((i for i, one in enumerate(ordered, 1) if one * len(p) / i <= level), default=0)
    assert int((by_chance(np.array(p)) <= level).sum()) >= most
    limit = ordered[most - 1] if most else -1.0
    called = by_chance(np.array(p)) <= level
    assert called.tolist() == [one <= limit for one in p]
