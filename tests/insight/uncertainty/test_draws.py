"""What may have happened, beside what did, for counters whose errors are known."""

from __future__ import annotations

import numpy as np
import pytest

from miseban.insight.uncertainty.cells import Cell
from miseban.insight.uncertainty.draws import Arrivals, Seen, truth_draws
from miseban.insight.uncertainty.rates import Belief, Rates
from miseban.insight.uncertainty.shortest import shortest

SURE = Belief.of(Rates(missed=(20, 980), false=(10, 2000)))
"""2 % missed and 0.5 % invented, well known."""


def seen(times: np.ndarray) -> Seen:
    return Seen(np.sort(times), np.sort(times))


def hour(rng: np.random.Generator, people: int, missed: float, false: float) -> Seen:
    """A true hour of ``people`` as a counter tells it."""
    kept = rng.binomial(people, 1 - missed)
    return seen(rng.uniform(0, 3600, kept + rng.poisson(false * people)))


@pytest.mark.parametrize("people", [8, 60, 250])
def test_intervals_hold_the_truth_as_often_as_they_say(people: int) -> None:
    rng = np.random.default_rng(people)
    cells = [Cell(0, 0.0, 3600.0, "well")]
    held = []
    for n in range(300):
        counted = hour(rng, people, rng.beta(20, 980), rng.gamma(10, 1 / 2000))
        draws = truth_draws(
            counted, cells, {"well": SURE}, Arrivals(), np.random.default_rng(n), 1000
        )
        low, high = shortest(draws[0])
        held.append(low <= people <= high)

    assert 0.91 <= np.mean(held) <= 0.985  # 300 trials: 1.3 points either way are chance


def test_a_day_does_not_average_out_what_all_hours_share() -> None:
    """A line that nobody has checked may miss much or little, but the same in every hour."""
    unsure = Belief.of(Rates(missed=(1, 49), false=(1, 2000)))
    cells = [Cell(h, 3600.0 * h, 3600.0 * h + 3600.0, "well") for h in range(24)]
    counted = seen(np.random.default_rng(1).uniform(0, 24 * 3600, 2400))
    draws = truth_draws(counted, cells, {"well": unsure}, Arrivals(), np.random.default_rng(2))
    alone = truth_draws(counted, cells, {"well": SURE}, Arrivals(), np.random.default_rng(2))

    assert draws.sum(axis=0).std() > 3 * alone.sum(axis=0).std()
    np.testing.assert_allclose(draws.sum(axis=0).mean(), 2400 * 1.02, rtol=0.01)


def test_who_went_by_in_a_gap_is_like_those_around_it() -> None:
    """60 an hour on both sides: about 10 in ten minutes, in groups and by chance."""
    times = np.arange(0, 7200, 60.0)
    cells = [
        Cell(0, 0.0, 3000.0, "well"),
        Cell(0, 3000.0, 3600.0, "gap"),
        Cell(1, 3600.0, 7200.0, "well"),
    ]
    counted = seen(times[(times < 3000) | (times >= 3600)])
    none = Belief.of(Rates(missed=(0.5, 1e6), false=(0.5, 1e6)))
    draws = truth_draws(counted, cells, {"well": none}, Arrivals(), np.random.default_rng(1))
    low, high = shortest(draws[1])

    assert draws[1].mean() == pytest.approx(10, abs=0.5)
    assert 1 <= low <= 4
    assert 15 <= high <= 20


def test_more_lost_time_is_more_doubt() -> None:
    times = np.arange(0, 3600, 30.0)
    none = Belief.of(Rates(missed=(0.5, 1e6), false=(0.5, 1e6)))
    widths = []
    for lost_s in (0.0, 60.0, 300.0, 900.0, 1800.0):
        cells = [Cell(0, 0.0, 3600.0 - lost_s, "well"), Cell(0, 3600.0 - lost_s, 3600.0, "gap")]
        counted = seen(times[times < 3600 - lost_s])
        draws = truth_draws(counted, cells, {"well": none}, Arrivals(), np.random.default_rng(1))
        low, high = shortest(draws.sum(axis=0))
        widths.append(high - low)

    assert widths == sorted(widths)
    assert widths[0] == 0
    assert widths[-1] >= 15


def test_nobody_is_invented_where_nobody_was_counted() -> None:
    draws = truth_draws(
        seen(np.empty(0)),
        [Cell(0, 0.0, 3600.0, "well")],
        {"well": SURE},
        Arrivals(),
        np.random.default_rng(1),
    )

    assert draws.min() == 0
    assert shortest(draws[0]) == (0, 0)
