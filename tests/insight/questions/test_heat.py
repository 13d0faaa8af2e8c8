"""Heat of chosen days and hours, and what late events and forgetting make of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from miseban.insight.questions import QUESTIONS
from miseban.journal.journal import Journal
from miseban.journal.reader import JournalReader
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.vocabulary.events import Event, VisitEnded
from tests.insight.questions.shops import LATER, Place, kept, small
from tests.insight.questions.test_edges import TOKYO, event, well

MONDAY = datetime(2026, 3, 30, tzinfo=TOKYO)
"""The Wednesday after it is the first of its month."""
WEEK = MONDAY, MONDAY + timedelta(days=7)


def visits(day: int, hour: int, people: int, seconds: int = 10) -> list[Event]:
    """In the cell 2-0, all at once."""
    began = MONDAY + timedelta(days=day, hours=hour)
    return [
        event(
            "visit.ended", began + timedelta(seconds=seconds), camera="door", started=began,
            visit=f"{day:04x}{hour:04x}{n:08x}", t=[*map(float, range(seconds))],
            x=[1.2] * seconds, y=[0.1] * seconds, unit="m", areas=[], stitched=1,
        )
        for n in range(people)
    ]  # fmt: skip


def a_week() -> list[Event]:
    """On day d, 6 people at nine and 10 + d at ten."""
    came = [one for d in range(7) for one in (*visits(d, 9, 6), *visits(d, 10, 10 + d))]
    return [*came, *well(WEEK[1] + timedelta(hours=1), 1)]


def person_s(place: Place, **more: Any) -> float:
    told = place.ask("heat", *WEEK, **more)
    return sum(v or 0.0 for v in told.measures["person_s"].values)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return kept(tmp_path_factory.mktemp("week"), small(), a_week())


def test_days_of_the_week_and_hours_of_the_day(week: Place) -> None:
    assert person_s(week) == 10 * sum(16 + d for d in range(7))
    assert person_s(week, weekdays=["mon", "wed", "thu"]) == 10 * (16 + 18 + 19)
    assert person_s(week, from_hour=9, to_hour=10) == 10 * 6 * 7
    assert person_s(week, from_hour=10) == 10 * sum(10 + d for d in range(7))
    assert person_s(week, weekdays=["sun"], from_hour=10, to_hour=11) == 10 * 16
    assert person_s(week, from_hour=11) == 0


def test_the_base_is_of_the_same_times(week: Place) -> None:
    told = week.ask("heat", *WEEK, weekdays=["tue"], from_hour=10)
    assert told.measures["person_s"].base == [11]
    assert told.place == ["2-0"]
    assert (told.since, told.until) == WEEK


def test_two_times_beside_each_other(week: Place) -> None:
    tuesday = MONDAY + timedelta(days=1)
    other = {"since": tuesday, "until": tuesday + timedelta(days=2)}
    told = week.ask("heat", MONDAY, tuesday, from_hour=10, compare=other)
    assert told.measures["person_s"].values == [10 * 10]
    assert told.compare is not None
    assert told.compare.measures["person_s"].values == [10 * (11 + 12)]


def test_what_is_more_and_what_may_be_chance(tmp_path: Path) -> None:
    """Wednesdays beside Tuesdays: a corner that nobody knew, one that fewer came to than are told
    of, and one where as many were."""
    from_then = {2: 40, 4: 16, 6: 3}
    came = []
    for day, people in ((1, {2: 16, 4: 16, 6: 20, 8: 30}), (2, from_then)):
        for column, n in people.items():
            came += [
                one.model_copy(
                    update={"visit": f"{one.visit[:-1]}{column}", "x": (column / 2,) * 10}
                )
                for one in visits(day, 9 + column, n)
                if isinstance(one, VisitEnded)
            ]
    place = kept(tmp_path, small(), [*came, *well(MONDAY + timedelta(days=4), 1)])
    tuesday, wednesday = (MONDAY + timedelta(days=d) for d in (1, 2))
    then = {"since": tuesday, "until": wednesday}
    told = place.ask("heat", wednesday, wednesday + timedelta(days=1), compare=then)
    assert told.compare is not None
    rows = {
        place: (value, difference, chance)
        for place, value, difference, chance in zip(
            told.place, *(told.measures[m].values for m in ("person_s", "difference", "chance")),
            strict=True,
        )
    }  # fmt: skip
    assert rows["2-0"][:2] == (400, 240)
    assert rows["4-0"] == (160, 0, 1)
    # Somebody was there on Wednesday, of whom nothing is told: neither is the difference.
    assert "6-0" not in rows
    assert (
        dict(zip(told.compare.place, told.compare.measures["person_s"].values, strict=True))["6-0"]
        == 200
    )
    # And here nobody was, which is told.
    assert rows["8-0"][:2] == (0, -300)
    assert (rows["8-0"][2] or 1) < (rows["2-0"][2] or 0)
    assert told.measures["x_m"].values[told.place.index("8-0")] == 4.0
    difference = told.measures["difference"]
    ends = zip(difference.low or [], difference.values, difference.high or [], strict=True)
    assert all(low <= value <= high for low, value, high in ends if low and value and high)
    wide = place.ask("heat", wednesday, wednesday + timedelta(days=1), compare=then, cell_m=2.0)
    # A square in which anything is left out is not compared as a whole either.
    assert dict(zip(wide.place, wide.measures["difference"].values, strict=True)) == {
        "0-0": 240, "1-0": None, "2-0": -300
    }  # fmt: skip


def test_days_that_go_on_are_not_compared(week: Place) -> None:
    today = WEEK[1]  # the newest that is known is an hour later
    both = {"since": MONDAY, "until": MONDAY + timedelta(days=2)}
    told = week.ask("heat", today - timedelta(days=1), today + timedelta(days=1), compare=both)
    # Sunday, which is over, beside Monday.
    assert told.measures["difference"].values == [10 * (22 - 16)]
    alone = week.ask("heat", today, today + timedelta(days=1), compare=both)
    assert alone.measures["difference"].values == [None] * alone.rows
    assert any("not over" in note for note in alone.notes)
    over = week.ask("heat", MONDAY, today, compare=both)
    assert not any("not over" in note for note in over.notes)
    # Seven days beside two: at the same rate.
    assert over.measures["difference"].values == [
        pytest.approx(10 * (sum(16 + d for d in range(7)) - 33 * 7 / 2))
    ]


def test_a_day_of_the_week_that_was_not_there(week: Place) -> None:
    told = week.ask("heat", MONDAY, MONDAY + timedelta(days=1), weekdays=["sun"])
    assert told.rows == 0


@pytest.mark.parametrize("more", [{"from_hour": 5, "to_hour": 5}, {"weekdays": ["day"]}])
def test_a_wrong_choice(more: dict[str, Any]) -> None:
    told = {"question": "heat", "since": WEEK[0], "until": WEEK[1], **more}
    with pytest.raises(ValidationError):
        QUESTIONS.validate_python(told)


def test_late_events_and_forgetting_flow_into_months_that_were_asked_before(
    tmp_path: Path,
) -> None:
    journal = Journal.open(tmp_path, shop="small", timezone="Asia/Tokyo", rollups=RollupKeeper())
    journal.append(a_week())
    journal.compact(LATER)
    place = Place(small(), JournalReader(tmp_path))

    def asked() -> tuple[float, ...]:
        return person_s(place), person_s(place, from_hour=10), person_s(place, from_hour=9)

    before = asked()
    assert before == asked()
    journal.append(visits(1, 11, 5))  # late: a day of a month that was worked out
    late = asked()
    assert late == tuple(one + 50 for one in before)
    journal.compact(LATER)
    assert late == asked()
    journal.append(visits(3, 12, 2))  # fewer than k, who belong to the hour before them
    few = asked()
    assert few == (late[0] + 20, late[1] + 20, late[2] + 20)
    journal.compact(LATER)
    assert few == asked()
    journal.forget("trajectory", WEEK[1] + timedelta(days=2), now=LATER)
    whole, ten, nine = asked()
    journal.close()
    # Nothing of that day: its hours are not all kept any more, and they would tell of the two.
    assert whole == nine == few[0] - 10 * (6 + 13 + 2)
    assert ten == few[1] - 10 * (13 + 2)
