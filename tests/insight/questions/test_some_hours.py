"""Areas, stays and shelves of chosen days and hours: what is told of a part of a time is what is
told of that part."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from miseban.vocabulary.events import EVENTS, Event
from tests.insight.questions.shops import Place, kept, one, rows, small
from tests.insight.questions.test_edges import IDS, event, well
from tests.insight.questions.test_heat import MONDAY, WEEK

NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = (9, 10, 11)


def people(day: int, hour: int) -> int:
    return 60 + 10 * day + hour


def lasting(n: int) -> float:
    """Evenly between 1 and 100 s."""
    return 1.0 + n * 37 % 100


def a_week() -> list[Event]:
    """In each hour of each day another number of people, enough to be told of."""
    found = []
    for day in range(7):
        for hour in HOURS:
            for n in range(people(day, hour)):
                when = MONDAY + timedelta(days=day, hours=hour, seconds=600 + 10 * n)
                found.append(
                    event(
                        "zone.left", when, zone="milk", visit=f"{day:04x}{hour:04x}{n:08x}",
                        dwell_s=lasting(n), stitched=1,
                    )
                )  # fmt: skip
    return [*found, *well(MONDAY, 4 * 24 * 8)]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return kept(tmp_path_factory.mktemp("week"), small(), a_week())


@example(days={0, 1}, hours=(0, 10))
@settings(max_examples=6)
@given(
    days=st.sets(st.sampled_from(range(7)), min_size=1),
    hours=st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda two: two[0] < two[1]),
)
def test_of_the_chosen_hours_alone(week: Place, days: set[int], hours: tuple[int, int]) -> None:
    begin, end = hours
    more: dict[str, Any] = {
        "weekdays": [NAMES[d] for d in sorted(days)],
        "from_hour": begin,
        "to_hour": end,
    }
    came = {(d, h): people(d, h) for d in days for h in HOURS if begin <= h < end}
    seconds = sum(lasting(n) for many in came.values() for n in range(many))
    for question in ("dwell", "areas"):
        told = week.ask(question, *WEEK, **more)
        assert told.start == [None] * 2
        assert one(told, "stays", "milk") == sum(came.values())
        assert one(told, "total_s", "milk") == pytest.approx(seconds)
        assert told.coverage == [1.0, 1.0]
    # Day by day: only of days that were asked for, and together the same.
    by_day = week.ask("dwell", *WEEK, by="day", zones=["milk"], **more)
    starts = [MONDAY + timedelta(days=d) for d in sorted(days)]
    assert by_day.start == starts
    assert rows(by_day, "stays")["milk", ""] == [
        sum(many for (d, _), many in came.items() if d == day) for day in sorted(days)
    ]
    by_hour = week.ask("dwell", *WEEK, by="hour", zones=["milk"], **more)
    assert by_hour.rows == len(days) * (end - begin)
    shelf = week.ask("funnel", *WEEK, **more)
    assert one(shelf, "passed", "milk/a") == sum(came.values())
    told_of = [n for day in days for n in stopped(day, begin, end)]
    assert one(shelf, "stopped", "milk/a") == (sum(told_of) if told_of else None)


def stopped(day: int, begin: int, end: int) -> list[int]:
    """Of a day, who stopped, by stretches of hours in which five did and five went on: less would
    be told by the difference. Only of those that lie in the hours asked for."""
    found: list[tuple[list[int], int, int]] = []
    hours: list[int] = []
    stops = goes = 0
    for hour in HOURS:
        hours.append(hour)
        here = sum(lasting(n) >= 4 for n in range(people(day, hour)))
        stops, goes = stops + here, goes + people(day, hour) - here
        if min(stops, goes) >= 5:
            found.append((hours, stops, goes))
            hours, stops, goes = [], 0, 0
    if hours and found:  # the rest belongs to the last
        last = found.pop()
        found.append((last[0] + hours, last[1] + stops, last[2] + goes))
    return [n for those, n, _ in found if all(begin <= hour < end for hour in those)]


def test_all_hours_of_all_days_are_all_the_time(week: Place) -> None:
    whole = week.ask("dwell", *WEEK)
    chosen = week.ask("dwell", *WEEK, weekdays=NAMES, from_hour=0, to_hour=24)
    assert chosen.measures == whole.measures
    assert chosen.coverage == whole.coverage


def test_how_long_they_stay_in_tenths_and_quarters(week: Place) -> None:
    told = week.ask("dwell", *WEEK, zones=["milk"])
    stays = sorted(lasting(n) for d in range(7) for h in HOURS for n in range(people(d, h)))
    for name, part in (("p10", 0.1), ("p25", 0.25), ("median", 0.5), ("p75", 0.75), ("p90", 0.9)):
        exact = stays[int(part * len(stays))]
        assert one(told, f"{name}_s", "milk") == pytest.approx(exact, rel=0.1), name


def test_a_quarter_needs_k_people_below_it(tmp_path: Path) -> None:
    def of(n: int) -> tuple[float | None, float | None]:
        left = [
            event(
                "zone.left", MONDAY + timedelta(hours=9, minutes=i), zone="milk",
                visit=f"{i:016x}", dwell_s=10.0 + i, stitched=1,
            )
            for i in range(n)
        ]  # fmt: skip
        place = kept(tmp_path / str(n), small(), [*left, *well(MONDAY, 4 * 30)])
        told = place.ask("dwell", *WEEK, zones=["milk"])
        return one(told, "p25_s", "milk"), one(told, "p75_s", "milk")

    assert of(19) == (None, None)
    low, high = of(20)
    assert low is not None
    assert high is not None
    assert 10 < low < high < 30


def test_few_people_in_the_chosen_hours_are_not_told_of(tmp_path: Path) -> None:
    """Three at nine and twenty at ten: the three are told of with the others or not at all."""
    left = [
        event(
            "zone.left", MONDAY + timedelta(hours=hour, minutes=i), zone="milk",
            visit=f"{hour:04x}{i:012x}", dwell_s=10.0, stitched=1,
        )
        for hour, many in ((9, 3), (10, 20))
        for i in range(many)
    ]  # fmt: skip
    place = kept(tmp_path, small(), [*left, *well(MONDAY, 4 * 30)])
    stays = [
        one(place.ask("areas", *WEEK, from_hour=begin, to_hour=end), "stays", "milk")
        for begin, end in ((9, 11), (9, 10), (10, 11))
    ]
    assert stays == [23, None, None]


def test_as_often_in_the_same_hours_whatever_lies_around_them(tmp_path: Path) -> None:
    """Of a week with one Tuesday and of one day more than a week with two, with as many touches on
    each: as often on a Tuesday, and not as often in all of the time."""
    hours = [timedelta(days=day, hours=9) for day in (-6, 1, 8)]
    touched = [
        EVENTS.validate_python(
            {
                "type": "shelf.touched", "id": IDS.at(when.timestamp()), "time": when,
                "shop": "small", "camera": "door", "shelf": "milk", "facing": "a",
                "kind": "pick_up", "visit": f"{at:04x}{n:012x}", "confidence": 0.9,
            }
        )
        for at, hour in enumerate(hours)
        for n in range(40)
        if (when := MONDAY + hour + timedelta(minutes=n))
    ]  # fmt: skip
    place = kept(tmp_path, small(), [*touched, *well(MONDAY - timedelta(days=7), 4 * 24 * 45)])
    one_of_them = {"since": MONDAY - timedelta(days=7), "until": MONDAY}
    two_of_them = MONDAY, MONDAY + timedelta(days=9)
    some: dict[str, Any] = {"weekdays": ["tue"], "from_hour": 8, "to_hour": 12}
    told = place.ask("funnel", *two_of_them, compare=one_of_them, **some)
    assert one(told, "pick_ups", "milk/a") == 80
    assert one(told, "pick_up_ratio", "milk/a") == pytest.approx(1.0)
    whole = place.ask("funnel", *two_of_them, compare=one_of_them)
    assert one(whole, "pick_up_ratio", "milk/a") == pytest.approx(2 * 7 / 9, abs=1e-3)
