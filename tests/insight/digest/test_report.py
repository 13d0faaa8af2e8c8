"""A report holds what the questions answer, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from miseban.insight import questions
from miseban.insight.digest import Report, Span
from miseban.insight.digest.sentences import with_sentences
from miseban.vocabulary.errors import BadInput
from tests.insight.digest.shop_days import TUESDAY, Day, journal, report, weeks
from tests.insight.questions.shops import Place, one

WAITS = {17: 100.0}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    days = weeks({0: 150, 1: 100, 2: 104, 3: 98, 4: 102}, wait_s=WAITS)
    days[-1].empty_shelf(10, 12.1).sold(60)
    return journal(tmp_path_factory.mktemp("journal"), days)


@pytest.fixture(scope="module")
def tuesday(place: Place) -> Report:
    return report(place, devices=True)


def test_its_figures_are_those_of_the_questions(place: Place, tuesday: Report) -> None:
    since, until = tuesday.since, tuesday.until
    assert until is not None
    assert until - since == timedelta(days=1)
    assert tuesday.whole
    visitors = tuesday.visitors
    assert visitors is not None
    answer = place.ask("visitors", since, until, by="whole")
    row = answer.place.index("")
    measure = answer.measures["visitors"]
    assert measure.low is not None
    assert measure.high is not None
    told = (visitors.counted.value, visitors.counted.low, visitors.counted.high)
    assert told == (measure.values[row], measure.low[row], measure.high[row])
    assert visitors.counted.value == 150
    dwell = place.ask("dwell", since, until, by="whole", zones=["milk"])
    assert tuesday.areas[0].stays.value == one(dwell, "stays", "milk")
    assert tuesday.areas[0].mean_s.value == one(dwell, "mean_s", "milk")
    queues = place.ask("queues", since, until, by="whole")
    assert tuesday.waiting is not None
    assert tuesday.waiting.queues[0].waited.value == one(queues, "waited", "queue")
    stock = place.ask("stock", since, until, by="whole")
    assert tuesday.shelves is not None
    assert tuesday.shelves.empty[0].empty_min == one(stock, "empty_min", "milk/a") == 126
    assert tuesday.bought is not None
    assert tuesday.bought.conversion.value == pytest.approx(60 / 150)
    occupancy = place.ask("occupancy", since, until, by="whole")
    assert tuesday.inside is not None
    assert tuesday.inside.most == one(occupancy, "people_max")
    assert tuesday.seen.cameras is not None
    assert [(c.camera, c.coverage) for c in tuesday.seen.cameras] == [("door", 1.0)]


def test_it_is_compared_with_the_same_weekday_and_the_week_before(tuesday: Report) -> None:
    visitors = tuesday.visitors
    assert visitors is not None
    assert visitors.normal is not None
    assert visitors.before is not None
    assert visitors.normal.mean == (100 + 104 + 98 + 102) / 4
    assert (visitors.normal.least, visitors.normal.most) == (98, 104)
    assert visitors.normal.beyond
    assert visitors.before.times == (TUESDAY - timedelta(weeks=1),)
    assert visitors.before.share == pytest.approx(0.5)
    assert sum(one.visitors.value or 0 for one in visitors.over) == 150
    assert sum(one.normal or 0 for one in visitors.over) == pytest.approx(101)


def test_the_hour_of_the_longest_waits_is_told(tuesday: Report) -> None:
    assert tuesday.waiting is not None
    assert tuesday.waiting.longest is not None
    assert tuesday.waiting.longest.hour == 17
    assert tuesday.waiting.longest.mean_s > 90


def test_its_sentences_say_what_to_know(tuesday: Report) -> None:
    says = with_sentences(tuesday, "en").says
    assert says[0].startswith("Tuesday had 49% more visitors than a normal Tuesday (+")
    assert "150 visitors, where 101 are normal (the mean of 4 Tuesdays)" in says[0]
    assert says[1] == "That is more than on any of those 4."
    assert says[2].startswith("The longest waits were at 17:00: 1 min")
    assert says[3] == "a was empty for 2.1 h."


def test_a_day_of_which_nothing_is_known_has_no_figures(place: Place) -> None:
    for day in (TUESDAY + timedelta(days=2), TUESDAY - timedelta(days=3)):
        found = with_sentences(report(place, day=day), "en")
        assert found.visitors is None or found.visitors.counted.value is None
        assert found.inside is None or found.inside.most is None
        assert not any(area.stays.value for area in found.areas)
        assert all("known" in says for says in found.says), found.says
        assert found.says


def test_without_the_right_no_camera_is_in_it(place: Place) -> None:
    assert report(place).seen.cameras is None


def test_what_fewer_than_k_did_is_not_told(tmp_path: Path) -> None:
    few = report(journal(tmp_path, [Day(TUESDAY).seen().came(4)]))
    assert few.withheld
    assert few.visitors is not None
    assert few.visitors.counted.value == 4, "passages are told as they are"
    assert [area.stays.value for area in few.areas] == [None]
    assert few.areas[0].mean_s.value is None
    assert few.areas[0].total_s is None
    assert few.waiting is not None
    assert few.waiting.queues[0].waited.value is None
    assert few.waiting.longest is None
    assert few.visitors.normal is None


def test_a_day_that_was_seen_badly_is_not_compared_and_says_so(tmp_path: Path) -> None:
    days = [*weeks({1: 100, 2: 100}), Day(TUESDAY).seen(lost_h=12).came(60)]
    found = with_sentences(report(journal(tmp_path, days)), "en")
    assert found.visitors is not None
    assert found.seen.entrances is not None
    assert 0.4 < found.seen.entrances < 0.6
    assert (found.visitors.normal, found.visitors.before) == (None, None)
    assert found.visitors.uncompared == "unseen"
    assert "for 50% of the time only" in found.says[0]
    assert not any("more" in says or "fewer" in says for says in found.says)


def test_weeks_that_were_not_seen_are_no_normal_ones(tmp_path: Path) -> None:
    bad = Day(TUESDAY - timedelta(weeks=2)).seen(lost_h=20).came(5)
    days = [bad, *weeks({0: 100, 1: 100})]
    found = report(journal(tmp_path, days)).visitors
    assert found is not None
    assert found.normal is not None
    assert found.normal.times == (TUESDAY - timedelta(weeks=1),)
    alone = report(journal(tmp_path / "alone", weeks({0: 100}))).visitors
    assert alone is not None
    assert (alone.normal, alone.uncompared) == (None, "no-history")


def test_a_day_that_is_not_over_stands_beside_as_much_of_others(tmp_path: Path) -> None:
    """Until noon a third of the 12 open hours is over."""
    today = Day(TUESDAY).seen(until_h=12)
    today.came(120)
    today.events = [event for event in today.events if event.time <= today.at(12)]
    found = report(journal(tmp_path, [*weeks({1: 120, 2: 120}), today]))
    assert not found.whole
    assert found.until == today.at(12)
    assert found.visitors is not None
    assert found.visitors.normal is not None
    assert found.visitors.normal.mean == 40
    assert found.visitors.normal.share == pytest.approx(0.0)
    assert "Tuesday up to 12:00 was like a normal Tuesday" in with_sentences(found, "en").says[0]


def test_a_week_goes_from_monday_to_sunday(tmp_path: Path) -> None:
    monday = date(2026, 3, 23)
    days = [Day(monday + timedelta(days=n - 7)).seen().came(30) for n in range(14)]
    found = report(journal(tmp_path, days), "week", TUESDAY)
    assert (found.first, found.last) == (monday, monday + timedelta(days=6))
    assert found.visitors is not None
    assert found.visitors.counted.value == 7 * 30
    assert [one.visitors.value for one in found.visitors.over] == [30] * 7
    assert found.visitors.normal is not None
    assert found.visitors.normal.mean == 7 * 30
    assert with_sentences(found, "en").says[0].startswith("The week was like a normal week")


def test_the_calendar_has_ends() -> None:
    with pytest.raises(BadInput):
        Span.around("week", date(9999, 12, 31), "Asia/Tokyo")
    with pytest.raises(BadInput):
        Span.around("day", date(1, 1, 1), "Asia/Tokyo")


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 10, 26)])
def test_the_same_moment_is_that_of_the_shops_clock(day: date) -> None:
    """Also on days on which clocks are changed, and a day or a week beside them."""
    span = Span.around("day", day, "Europe/Berlin")
    for weeks_ago in (1, 2):
        then = span.weeks_before(weeks_ago)
        noon = span.since + (span.until - span.since) / 2
        there = then.same_moment(noon, span)
        assert then.since <= there <= then.until
        assert then.same_moment(span.until, span) == then.until


def test_every_question_that_is_asked_goes_through_the_one_entrance(place: Place) -> None:
    """No part of a report reads the journal itself."""
    from miseban.insight.digest import make_report

    asked: list[str] = []

    def ask(question: questions.Question) -> questions.Answer:
        asked.append(question.question)
        return questions.answer(question, place.shop, place.reader)

    make_report(ask, place.shop, Span.around("day", TUESDAY, "Asia/Tokyo"))
    assert set(asked) == {
        "visitors", "occupancy", "dwell", "queues", "stock", "conversion", "alerts",
    }  # fmt: skip
    assert len(asked) < 30
