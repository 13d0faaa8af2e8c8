"""Which minutes are drawn."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.insight.audit.minutes import EDGE_S, draw_minutes
from miseban.insight.uncertainty.cells import Cell

START = datetime(2026, 5, 16, 4, 0, tzinfo=UTC)
DAY = [Cell(h, 3600.0 * h, 3600.0 * h + 3600.0, "well") for h in range(6)]


def crowd(*by_hour: int, seed: int = 1) -> np.ndarray:
    """So many passages in each hour."""
    rng = np.random.default_rng(seed)
    times = [3600.0 * h + rng.uniform(0, 3600, n) for h, n in enumerate(by_hour)]
    return np.sort(np.concatenate(times))


def test_half_are_of_the_busy_hours_and_all_stand_for_the_whole() -> None:
    minutes = draw_minutes(DAY, crowd(2, 3, 90, 4, 5, 3), START, 20, seed=1)
    busy = [m for m in minutes if m.stratum == "busy"]

    assert len(minutes) == 20
    assert len(busy) == 10
    assert all(7200 - 30 <= m.from_s < 10_800 + 30 for m in busy)
    assert sum(m.weight for m in minutes) == pytest.approx(360)
    assert [m.start.timestamp() - START.timestamp() for m in minutes] == [m.from_s for m in minutes]


def test_a_seed_is_a_choice() -> None:
    passages = crowd(10, 20, 30, 40, 50, 60)

    assert draw_minutes(DAY, passages, START, 9, 5) == draw_minutes(DAY, passages, START, 9, 5)
    assert draw_minutes(DAY, passages, START, 9, 5) != draw_minutes(DAY, passages, START, 9, 6)


def test_no_minute_is_cut_by_a_passage_or_a_gap() -> None:
    cells = [Cell(0, 0.0, 900.0, "well"), Cell(0, 900.0, 1500.0, "gap"),
             Cell(0, 1500.0, 3600.0, "dark")]  # fmt: skip
    passages = crowd(150)
    minutes = draw_minutes(cells, passages, START, 40, 2)

    for minute in minutes:
        assert not (minute.from_s < 1500 and minute.to_s > 900)
        assert minute.condition == ("well" if minute.to_s <= 900 else "dark")
    ends = [end for m in minutes for end in (m.from_s, m.to_s)]
    near = [np.abs(passages - end).min() < EDGE_S for end in ends]
    assert np.mean(near) < 0.2  # in a crowd there is not always such a place


def test_what_was_looked_at_is_not_drawn_again() -> None:
    passages = crowd(10, 20, 30, 40, 50, 60)
    first = draw_minutes(DAY, passages, START, 100, 1)
    seen = {m.start.timestamp() for m in first}
    second = draw_minutes(DAY, passages, START, 400, 1, seen)

    assert all(abs(m.start.timestamp() - s) >= 30 for m in second for s in seen)
    assert second


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=6),
    st.integers(1, 400),
    st.integers(0, 100),
)
def test_as_many_as_wanted_or_as_there_are(by_hour: list[int], wanted: int, seed: int) -> None:
    cells = DAY[: len(by_hour)]
    minutes = draw_minutes(cells, crowd(*by_hour), START, wanted, seed)

    assert len(minutes) == min(wanted, 60 * len(by_hour))
    assert sum(m.weight for m in minutes) <= 60 * len(by_hour) + 1e-6
    assert all(m.from_s >= 0 and m.to_s <= 3600 * len(by_hour) for m in minutes)
