"""Rates that are put in come out again."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from miseban.insight.uncertainty.accuracy import Learned, shipped
from miseban.insight.uncertainty.learning import Hours, hours_of, learn_arrivals, learn_rates
from miseban.insight.uncertainty.school import as_toml, read_counted, write_counted
from miseban.insight.uncertainty.simulated import Counted


def line(rng: np.random.Generator, missed: float, false: float, hours: int = 200) -> Hours:
    true = rng.integers(5, 200, hours).astype(float)
    lost = rng.binomial(true.astype(int), missed).astype(float)
    made = rng.poisson(false * true).astype(float)
    found = true - lost + made
    return Hours(true, found, true - lost, found)


def test_the_population_of_lines_is_found_again() -> None:
    rng = np.random.default_rng(5)
    lines = [[line(rng, rng.beta(2, 98), rng.gamma(2, 1 / 1000))] for _ in range(60)]
    found = learn_rates(lines)

    assert found.missed_mean == pytest.approx(0.02, rel=0.3)
    assert sum(found.missed) == pytest.approx(100, rel=0.6)
    assert found.false_mean == pytest.approx(0.002, rel=0.3)
    assert found.even_missed > 500  # hours were alike


def test_unlike_hours_and_crowds_are_told() -> None:
    rng = np.random.default_rng(6)
    lines = []
    for _ in range(20):
        true = rng.integers(20, 240, 300).astype(float)
        p = 0.01 * (1 + 0.5 * true / 60)
        lost = rng.binomial(true.astype(int), np.clip(rng.beta(p * 60, (1 - p) * 60), 0, 1))
        lines.append([Hours(true, true - lost, true - lost, true)])
    found = learn_rates(lines)

    assert found.crowding == pytest.approx(0.5, abs=0.2)
    assert 30 <= found.even_missed <= 120


def test_a_line_that_was_never_wrong_may_be() -> None:
    true = np.full(50, 40.0)
    found = learn_rates([[Hours(true, true, true, true)]])

    assert 0 < found.missed_mean < 0.002
    assert found.false_mean > 0


def test_an_hour_is_matched_passage_by_passage() -> None:
    times = np.array([10.0, 100.0, 200.0, 3700.0])
    counted = [
        Counted("shop", "door", "in", 7200.0, times, np.array([12.0, 230.0, 3700.0, 3790.0])),
        Counted("shop", "door", "out", 7200.0, np.empty(0), np.array([50.0])),
    ]
    into, out = hours_of(counted)

    assert into.missed.tolist() == [2, 0]  # 200 and 230 are too far apart to be one
    assert into.false.tolist() == [1, 1]
    assert into.passed.tolist() == [3, 2]
    assert out.false.tolist() == [1, 0]


def test_people_in_groups_come_in_bursts() -> None:
    rng = np.random.default_rng(3)
    alone = np.sort(rng.uniform(0, 200_000, 6000))
    threes = np.sort(np.repeat(rng.uniform(0, 200_000, 2000), 3))

    def burst(times: np.ndarray) -> float:
        return learn_arrivals([Counted("s", "l", "in", 200_000.0, times, times)]).burst

    assert burst(alone) == pytest.approx(1.0, abs=0.5)
    assert burst(threes) == pytest.approx(3.0, abs=1.0)


def test_days_are_kept_and_the_file_is_read_again(tmp_path: Path) -> None:
    day = [Counted("shop", "door", "in", 60.0, np.array([1.25]), np.array([1.5, 2.0]))]
    write_counted(tmp_path / "day.json", day)
    (again,) = read_counted(tmp_path / "day.json")

    assert (again.true_s.tolist(), again.found_s.tolist()) == ([1.25], [1.5, 2.0])
    assert Learned.model_validate(tomllib.loads(as_toml(shipped(), "header"))) == shipped()


def test_what_is_shipped_knows_every_trouble_and_is_worse_in_it() -> None:
    learned = shipped()

    assert {"well", "dark", "blurred", "slow", "moved", "rough"} <= set(learned.line)
    for condition in ("dark", "moved", "rough"):
        assert learned.line[condition].missed_mean > learned.line["well"].missed_mean
