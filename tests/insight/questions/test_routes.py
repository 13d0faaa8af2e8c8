"""Usual ways through several areas, of days that are over."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from miseban.insight.questions.answers import Answer
from miseban.insight.questions.routes import wilson
from miseban.vocabulary.events import Event
from tests.insight.questions.shops import Place, kept, small
from tests.insight.questions.test_edges import TOKYO, event, well

MONDAY = datetime(2026, 4, 6, tzinfo=TOKYO)
DAY = timedelta(days=1)


def went(day: int, areas: str, n: int) -> list[Event]:
    began = MONDAY + day * DAY + timedelta(hours=10)
    return [
        event(
            "visit.ended", began + timedelta(seconds=60 + i), camera="door", started=began,
            visit=f"{day:04x}{abs(hash(areas)) % 65536:04x}{i:08x}", t=[], x=[], y=[], unit="m",
            areas=[*areas], stitched=1,
        )
        for i in range(n)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Two days that are over, and half a third one."""
    events = [
        *went(0, "abcd", 12), *went(0, "xab", 6), *went(0, "", 5),
        *went(1, "abcd", 4), *went(1, "abc", 20), *went(1, "", 6),
        *went(2, "abcd", 30),
        *well(MONDAY + 2 * DAY + timedelta(hours=12), 1),
    ]  # fmt: skip
    return kept(tmp_path_factory.mktemp("days"), small(), events)


def told(answer: Answer, kind: str) -> dict[str, float | None]:
    people = answer.measures["people"].values
    rows = zip(answer.place, answer.detail, people, strict=True)
    return {place: n for place, detail, n in rows if detail == kind}


def test_two_days(days: Place) -> None:
    answer = days.ask("routes", MONDAY, MONDAY + 2 * DAY)
    # The second day four went on to d, who are too few to be told of.
    assert told(answer, "way") == {"a>b>c": 36, "a>b>c>d": 12, "b>c>d": 12, "x>a>b": 6}
    assert answer.place[0] == "a>b>c"
    assert told(answer, "first") == {"a": 36, "x": 6}
    assert told(answer, "last") == {"d": 12, "c": 20, "b": 6}
    # Nor are those six who stayed nowhere then: what is left of the visits would tell of the four.
    assert told(answer, "none") == {"": 5}
    share = answer.measures["share"]
    assert share.values[0] == pytest.approx(36 / 53, abs=1e-4)
    assert (share.base or [])[0] == 53
    low, high = (share.low or [])[0], (share.high or [])[0]
    assert low is not None
    assert high is not None
    assert 0.5 < low < 36 / 53 < high < 0.8


def test_a_day_that_goes_on_comes_when_it_is_over(days: Place) -> None:
    over = days.ask("routes", MONDAY, MONDAY + 2 * DAY)
    both = days.ask("routes", MONDAY, MONDAY + 3 * DAY)
    assert told(both, "way") == told(over, "way")
    assert both.notes
    alone = days.ask("routes", MONDAY + 2 * DAY, MONDAY + 3 * DAY)
    assert not any(told(alone, "way").values())


def test_the_interval_is_that_of_wilson() -> None:
    low, high = wilson(np.array([7.0, np.nan]), np.array([50.0, 50.0]))
    other = binomtest(7, 50).proportion_ci(0.95, method="wilson")
    assert (low[0], high[0]) == pytest.approx((other.low, other.high))
    assert np.isnan(low[1])


def test_of_a_few_not_even_a_row_is_kept(tmp_path: Path) -> None:
    place = kept(tmp_path, small(), [*went(0, "abc", 4), *well(MONDAY + 3 * DAY, 1)])
    answer = place.ask("routes", MONDAY, MONDAY + DAY)
    assert answer.rows == 0
