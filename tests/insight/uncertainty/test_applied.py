"""Summaries with intervals: of lines, hours, zones and people inside."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.insight.inside import people_inside
from miseban.insight.report.material import ReportMaterial
from miseban.insight.report.page import render_report
from miseban.insight.report.words import Words
from miseban.insight.uncertainty import EXACT, Accuracy
from miseban.insight.uncertainty.accuracy import Evidence, Specification
from miseban.insight.uncertainty.applied import with_intervals
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.summary import Summary
from tests.insight.sample import START, Maker, summary_of

SHOP = """
[shop]
id = "kawaguchi"
timezone = "Asia/Tokyo"
policy = "jp"

[[camera]]
id = "door"
source = "usb:0"
resolution = [640, 360]

[[line]]
id = "entrance"
camera = "door"
points = [[10, 300], [600, 300]]

[[line]]
id = "side-door"
camera = "door"
points = [[10, 100], [600, 100]]

[[zone]]
id = "drinks"
kind = "area"
camera = "door"
polygon = [[10, 10], [100, 10], [100, 90], [10, 90]]
"""
LEARNED = Accuracy.before_audits()
TWO_HOURS_S = 7200.0


def shop() -> Shop:
    return parse_shop(SHOP, "shop.toml")


def crowd(people: int, *, every_s: float = 30.0) -> Maker:
    """In, and out again five minutes later."""
    maker = Maker()
    for n in range(people):
        maker.cross(10 + every_s * n, f"v{n}")
        if 310 + every_s * n < TWO_HOURS_S:
            maker.cross(310 + every_s * n, f"v{n}", "out")
    maker.events.sort(key=lambda event: event.time)
    return maker


def told(maker: Maker, accuracy: Accuracy = LEARNED, duration_s: float = TWO_HOURS_S) -> Summary:
    counted = summary_of(
        maker, duration_s=duration_s, lines=("entrance", "side-door"), zones={"drinks": "area"},
        tills=(),
    )  # fmt: skip
    inside = people_inside(maker.events, {"entrance", "side-door"})
    counted = counted.model_copy(update={"inside": inside})
    return with_intervals(counted, maker.events, shop(), accuracy)


def known(missed: float, passages: float = 3000.0) -> Accuracy:
    """A line that somebody has looked at for long."""
    looked = [
        Evidence(
            source="audit", camera="door", line="entrance", way="in", condition="well",
            minutes=600.0, passages=passages, missed=missed * passages, false=0.0, passed=passages,
            crowd=3.9,
        )
    ]  # fmt: skip
    return replace(LEARNED, evidence=tuple(looked))


@settings(max_examples=15)
@given(st.integers(0, 240))
def test_hours_and_lines_add_up(people: int) -> None:
    summary = told(crowd(people))
    line = summary.lines["entrance"]

    for way in ("in_", "out"):
        hours = [getattr(hour, way) for hour in line.hours]
        whole = getattr(line, way)
        assert sum(hour.count for hour in hours) == whole.count
        assert all(0 <= hour.low <= hour.high for hour in [*hours, whole])
        # The sum is never surer than its parts together, nor less than all of them at once.
        assert whole.high - whole.low <= sum(hour.high - hour.low for hour in hours) + 6
        assert whole.high - whole.low >= max(hour.high - hour.low for hour in hours) - 1
    assert summary.entrances is not None
    assert summary.entrances.in_.count == people
    assert Summary.model_validate_json(summary.model_dump_json(by_alias=True)) == summary


def test_the_same_events_give_the_same_intervals() -> None:
    assert told(crowd(150)) == told(crowd(150))


def test_a_truth_is_exact() -> None:
    summary = told(crowd(150), EXACT)

    assert summary.lines["entrance"].in_.low == summary.lines["entrance"].in_.high == 150
    assert summary.zones["drinks"].visits_95 is None


def test_a_counter_that_misses_many_says_that_there_were_more() -> None:
    poor = told(crowd(200), known(missed=0.2)).lines["entrance"].in_
    good = told(crowd(200), known(missed=0.0)).lines["entrance"].in_

    assert poor.low > 200
    assert poor.low <= 250 <= poor.high
    assert poor.flag == "audit"
    assert good.low <= 200 <= good.high <= 201
    assert good.flag is None


def test_a_gap_widens_the_hour_it_is_in_and_is_to_blame() -> None:
    maker = crowd(200)
    maker.events = [e for e in maker.events if not 600 <= (e.time - START).total_seconds() < 2400]
    maker.gap(2400, 1800)
    broken, whole, *_ = told(maker).lines["entrance"].hours

    assert broken.coverage == pytest.approx(1 - 1800 / 3150)
    assert broken.in_.high - broken.in_.low >= 20
    assert broken.in_.low <= 104 <= broken.in_.high  # 105 less one a half minute of the hour
    assert broken.in_.flag == "gap"
    assert whole.in_.high - whole.in_.low <= 6


def test_what_was_not_checked_is_told_when_it_should_be_exact() -> None:
    strict = replace(LEARNED, specification=Specification(within_percent=0.5, per_hour=50))
    assert told(crowd(200), strict).lines["entrance"].in_.flag == "unsure"
    assert told(crowd(200)).lines["entrance"].in_.flag is None


def test_trouble_is_to_blame_while_it_lasts() -> None:
    maker = crowd(200)
    health = {"state": "slow", "phase": "begins", "fps": 5.0, "since": START}
    from miseban.vocabulary.events import CameraHealth

    maker.events.insert(0, CameraHealth.model_validate(maker._fields(0.0) | health))
    wide, plain = told(maker).lines["entrance"], told(crowd(200)).lines["entrance"]

    assert wide.in_.high - wide.in_.low > plain.in_.high - plain.in_.low
    assert wide.in_.flag == "trouble"


def test_stays_that_were_cut_off_were_longer() -> None:
    def mean_95(last_s: float) -> tuple[float, float]:
        maker = Maker()
        for n in range(30):
            maker.stay(20 + 100 * n, 40.0, f"v{n}", "drinks")
        for n in range(5):
            maker.stay(last_s, 40.0, f"w{n}", "drinks")
        zone = told(maker).zones["drinks"]
        assert zone.visits == 35
        assert zone.visits_95 is not None
        assert zone.visits_95.low <= 35 <= zone.visits_95.high
        assert zone.occupancy_mean_95 is not None
        assert zone.occupancy_mean_95.high >= 35 * 40 / TWO_HOURS_S
        assert zone.dwell_mean_95 is not None
        return zone.dwell_mean_95.low, zone.dwell_mean_95.high

    plain, cut = mean_95(5000.0), mean_95(TWO_HOURS_S - 40)

    assert plain[0] <= 40 <= plain[1]
    assert cut[1] > plain[1] + 5


def test_people_inside_are_less_sure_the_longer_it_was_never_empty() -> None:
    def spread(people: int, duration_s: float) -> float:
        maker = crowd(people)
        for n in range(20):
            maker.cross(5 + n, f"stays{n}")
        maker.events.sort(key=lambda event: event.time)
        inside = told(maker, duration_s=duration_s).inside
        assert inside is not None
        assert inside.people_end_95 is not None
        assert inside.people_end_95.low >= 0
        return inside.people_end_95.high - inside.people_end_95.low

    assert spread(20, 1200.0) < spread(200, TWO_HOURS_S)


def test_whoever_leaves_an_empty_shop_leaves_the_interval_right() -> None:
    """Ten were inside before anybody looked and leave; five come in after them, and stay."""
    maker = Maker()
    for n in range(10):
        maker.cross(60 + 60 * n, f"o{n}", "out")
    for n in range(5):
        maker.cross(1800 + 60 * n, f"i{n}")
    inside = told(maker).inside

    assert inside is not None
    assert inside.people_end_95 is not None
    assert inside.people_end == 5
    assert inside.people_end_95.low <= 5 <= inside.people_end_95.high <= 8


def test_whoever_is_followed_inside_is_in_the_interval() -> None:
    there = [(START, START + timedelta(seconds=TWO_HOURS_S))] * 10
    counted = told(Maker())
    inside = people_inside([], {"entrance", "side-door"}, present=there)
    sure = with_intervals(
        counted.model_copy(update={"inside": inside}), [], shop(), LEARNED, present=there
    ).inside

    assert sure is not None
    assert sure.people_end_95 is not None
    assert sure.people_end == 10
    assert sure.people_end_95.low == 10 <= sure.people_end_95.high <= 14


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 7199), st.booleans()), max_size=40))
def test_people_at_the_end_lie_in_their_interval(passages: list[tuple[int, bool]]) -> None:
    maker = Maker()
    for n, (at_s, came) in enumerate(sorted(passages)):
        maker.cross(at_s, f"v{n}", "in" if came else "out")
    inside = told(maker).inside

    assert inside is not None
    assert inside.people_end_95 is not None
    assert inside.people_end_95.low <= inside.people_end <= inside.people_end_95.high


@pytest.mark.parametrize("lang", ["en", "ja", "ko"])
def test_a_report_says_how_sure_and_why_not(lang: str) -> None:
    maker = crowd(200)
    maker.gap(2400, 1200)
    summary = told(maker)
    material = ReportMaterial(summary, maker.events, "Asia/Tokyo", entrances={"entrance"})
    page = render_report(material, lang)
    words = Words(lang, ZoneInfo("Asia/Tokyo"))

    assert summary.entrances is not None
    first = summary.entrances.hours[0].in_
    assert first.flag == "gap"
    assert words.range(first.low, first.high) in page
    assert "⚠" in page


def test_an_empty_recording_has_no_intervals() -> None:
    summary = told(Maker(), duration_s=0.0)

    assert summary.lines["entrance"].in_.high == 0
    assert (START + timedelta(seconds=0)) == summary.start
