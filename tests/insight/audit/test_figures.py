"""Errors and their intervals, from minutes whose error is known."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from scipy.stats import binomtest

from miseban.insight.audit.figures import clopper_pearson, figures
from miseban.insight.audit.overlap import chapman
from miseban.insight.uncertainty.accuracy import Specification
from miseban.insight.uncertainty.accuracy_file import Look
from tests.insight.sample import START


def look(n: int, counted: int, told: int, weight: float = 1.0) -> Look:
    return Look(
        made=START,
        camera="door",
        line="entrance",
        start=START + timedelta(minutes=n),
        seconds=60.0,
        condition="well",
        weight=weight,
        counted=(counted, 0),
        told=(told, 0),
        passed=counted,
    )


@pytest.mark.parametrize(("hits", "of"), [(0, 20), (1, 20), (7, 50), (30, 30), (3, 1000)])
def test_clopper_and_pearson_as_scipy_has_it(hits: int, of: int) -> None:
    theirs = binomtest(hits, of).proportion_ci(0.95, method="exact")

    assert clopper_pearson(hits, of) == pytest.approx((theirs.low, theirs.high))


def test_minutes_count_as_much_as_they_stand_for() -> None:
    """A quiet minute in which one of two was missed stands for ten times as many."""
    looks = [look(1, 20, 20, weight=1.0), look(2, 1, 2, weight=10.0)]
    into, out = figures(looks, Specification())

    assert into.error_percent == pytest.approx(-100 * 10 / 40)
    assert (into.missed, into.false, into.told, into.counted) == (1, 0, 22, 21)
    assert out.error_percent is None  # nobody went out
    assert out.more_minutes is None


def test_a_good_counter_needs_more_minutes_and_a_bad_one_is_found() -> None:
    good, _ = figures([look(n, 5, 5) for n in range(5)], Specification())
    bad, _ = figures([look(n, 4, 5) for n in range(30)], Specification())
    sure, _ = figures([look(n, 5, 5) for n in range(400)], Specification())

    assert good.more_minutes is not None
    assert good.more_minutes > 0
    assert not good.beyond
    assert bad.beyond
    assert sure.more_minutes == 0


def test_who_is_made_up_where_nobody_passes_is_in_the_interval() -> None:
    """Busy minutes are right; each quiet one, standing for ten, counted somebody who was not."""
    looks = [look(n, 10, 10) for n in range(6)] + [look(9 + n, 1, 0, 10.0) for n in range(6)]
    into, _ = figures(looks, Specification())

    assert into.error_percent == pytest.approx(100)
    assert into.error_95 is not None
    assert 5 < into.error_95.low < 100 < into.error_95.high
    assert into.beyond


def test_people_counted_where_nobody_passed_at_all_are_told() -> None:
    many, _ = figures([look(n, 5, 0, 2.0) for n in range(6)], Specification())
    few, _ = figures([look(n, int(n == 0), 0) for n in range(60)], Specification())

    assert (many.error_percent, many.error_people, many.beyond) == (None, 60.0, True)
    assert (few.error_percent, few.error_people, few.beyond) == (None, 1.0, False)


def test_the_interval_holds_the_true_error_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    held = []
    for _ in range(150):
        looks = []
        for n in range(40):
            told = int(rng.poisson(6 if n % 2 else 1))
            counted = int(rng.binomial(told, 0.9))
            looks.append(look(n, counted, told, 10.0 if n % 2 else 3.0))
        into, _ = figures(looks, Specification())
        assert into.error_95 is not None
        held.append(into.error_95.low <= -10.0 <= into.error_95.high)

    assert np.mean(held) >= 0.9


def test_two_counters_tell_how_many_there_were() -> None:
    """Of 1000, one saw 950 and the other 900, and both 855: the two miss alone."""
    many, deviation = chapman(950, 900, 855)

    assert many == pytest.approx(1000, abs=1)
    assert 1 < deviation < 4
