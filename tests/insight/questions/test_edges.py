"""What is easily told wrongly: nothing seen, nobody there, days of 25 hours, closed hours, a
journal that is empty."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.insight.questions import Question
from miseban.insight.questions.durations import lasting, quantile_s
from miseban.journal.journal import Journal
from miseban.journal.rollups import BIN_EDGES_S
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.journal.rollups.rows import bins_of
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import EVENTS, Event
from miseban.vocabulary.identifiers import EventIds
from tests.insight.questions.shops import Place, kept, one, rows, small

IDS = EventIds(random.Random(5))
TOKYO = ZoneInfo("Asia/Tokyo")
NINE = datetime(2026, 4, 7, 9, tzinfo=TOKYO)
DAY = datetime(2026, 4, 7, tzinfo=TOKYO), datetime(2026, 4, 8, tzinfo=TOKYO)
NAMES = [
    get_args(model.model_fields["question"].annotation)[0]
    for model in get_args(get_args(Question)[0])
]


def event(kind: str, when: datetime, **fields: Any) -> Event:
    head = {"id": IDS.at(when.timestamp()), "time": when.astimezone(UTC), "shop": "small"}
    return EVENTS.validate_python({**head, "type": kind, **fields})


def came(when: datetime, way: str = "in", visit: str = "0" * 16) -> Event:
    return event("line.crossed", when, camera="door", line="entrance", direction=way, visit=visit)


def well(since: datetime, quarters: int, **fields: Any) -> list[Event]:
    """Reports of the camera, one every quarter of an hour after ``since``."""
    told = {"camera": "door", "state": "ok", "fps": 5.0, **fields}
    return [
        event("camera.health", since + timedelta(minutes=15 * n), **told)
        for n in range(1, quarters + 1)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_journal_knows_nothing(tmp_path: Path, name: str) -> None:
    place = kept(tmp_path, small(), [])
    told = place.ask(name, *DAY)
    assert told.as_of is None
    for measure, column in told.measures.items():
        if measure not in ("raised", "accepted"):
            assert all(not value for value in column.values), measure


def test_nothing_seen_is_not_nobody(tmp_path: Path) -> None:
    # The camera was there from 8 to 11, and lost the quarter after 9:30.
    lost = event(
        "camera.health", NINE + timedelta(minutes=45), camera="door", state="gap",
        fps=5.0, gap_s=900.0, reason="silent",
    )  # fmt: skip
    events = [came(NINE + timedelta(minutes=5)), *well(NINE - timedelta(hours=1), 12), lost]
    place = kept(tmp_path, small(), events)
    told = place.ask("visitors", *DAY, by="hour", lines=["entrance"])
    counts = rows(told, "in")["entrance", ""]
    assert counts[8:11] == [0.0, 1.0, 0.0]
    assert counts[:7] == [None] * 7
    assert counts[11:] == [None] * 13
    assert told.coverage[8:12] == [1.0, 0.75, 1.0, 0.0]
    high = told.measures["in"].high
    assert high is not None
    assert (high[9] or 0) > 1.0  # somebody may have come meanwhile
    assert high[8] is not None
    assert high[15] is None


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [("Europe/Berlin", "2026-10-25", 25), ("Europe/Berlin", "2026-03-29", 23),
     ("Australia/Lord_Howe", "2026-04-05", 24), ("Asia/Tokyo", "2026-10-25", 24)],
)  # fmt: skip
def test_days_have_as_many_hours_as_they_have(
    tmp_path: Path, zone: str, day: str, hours: int
) -> None:
    at = ZoneInfo(zone)
    midnight = datetime.fromisoformat(day).replace(tzinfo=at)
    end = (midnight + timedelta(days=1)).astimezone(UTC)
    start = midnight.astimezone(UTC)
    every = [
        start + timedelta(minutes=30 * n) for n in range(int((end - start).total_seconds() // 1800))
    ]
    place = kept(tmp_path, small(zone), [came(when) for when in every])
    told = place.ask(
        "visitors", midnight, midnight + timedelta(days=1), by="hour", lines=["entrance"]
    )
    assert told.rows == hours
    assert sum(value or 0 for value in told.measures["in"].values) == len(every)
    assert one(
        place.ask("visitors", midnight, midnight + timedelta(days=1), by="day"), "in"
    ) == len(every)


def test_closed_hours_need_not_be_seen(tmp_path: Path) -> None:
    events = [came(NINE), *well(NINE, 4 * 11)]  # from 9 to 20
    open_, shut = small(), small(empty='"20:00-09:00"')
    whole: dict[str, Any] = {"by": "day", "lines": ["entrance"]}
    always = kept(tmp_path / "a", open_, events).ask("visitors", *DAY, **whole)
    closed = kept(tmp_path / "b", shut, events).ask("visitors", *DAY, **whole)
    assert always.coverage[0] == pytest.approx(11 / 20, abs=0.01)
    assert closed.coverage[0] == pytest.approx(1.0, abs=0.01)
    assert closed.measures["in"].high == [1.0]


def test_nobody_is_in_an_empty_shop(tmp_path: Path) -> None:
    night = NINE.replace(hour=3)
    events = [came(NINE - timedelta(days=1)), came(NINE), came(NINE + timedelta(minutes=9), "out")]
    events += [came(NINE + timedelta(minutes=20 + n), visit=f"{n:016x}") for n in range(3)]
    place = kept(tmp_path, small(empty='"02:00-04:00"'), events)
    told = place.ask("occupancy", night, NINE + timedelta(hours=1), by="hour")
    assert rows(told, "people_end")["", ""] == [0, 0, 0, 0, 0, 0, 3]
    drift = place.ask(
        "occupancy", DAY[0] - timedelta(hours=1), DAY[0] + timedelta(hours=4), by="hour"
    )
    assert rows(drift, "people_end")["", ""] == [1, 1, 1, 1, 0]  # until three


def test_a_time_to_compare_with(tmp_path: Path) -> None:
    events = [came(NINE), came(NINE), came(NINE - timedelta(days=7))]
    place = kept(tmp_path, small(), events)
    week = timedelta(days=7)
    compare = {"since": DAY[0] - week, "until": DAY[1] - week}
    told = place.ask("visitors", *DAY, by="day", compare=compare)
    assert told.compare is not None
    assert (one(told, "in"), one(told.compare, "in")) == (2, 1)
    assert told.compare.since == DAY[0] - week


def test_stock_lasts_from_one_report_to_the_next(tmp_path: Path) -> None:
    def stood(when: datetime, state: str, fill: float) -> Event:
        return event(
            "shelf.state", when, shelf="milk", facing="a", state=state, fill=fill, confidence=1.0
        )

    events = [
        stood(NINE - timedelta(days=2), "full", 1.0),  # and nothing for two days
        came(NINE - timedelta(days=1)),
        stood(NINE, "empty", 0.0),
        stood(NINE + timedelta(minutes=90), "full", 0.8),
        came(NINE + timedelta(days=1)),
    ]
    told = kept(tmp_path, small(), events).ask("stock", *DAY)
    assert one(told, "empty_min", "milk/a") == 90
    assert one(told, "full_min", "milk/a") == 24 * 60 - 90
    assert one(told, "emptied", "milk/a") == 1
    assert one(told, "fill", "milk/a") == pytest.approx((9 + 0.8 * 13.5) / 24, abs=1e-4)
    assert told.coverage == [1.0]


def test_alerts_and_how_soon_they_were_answered(tmp_path: Path) -> None:
    def step(name: str, what: str, seconds: float) -> Event:
        when = NINE + timedelta(seconds=seconds)
        return event("alert.step", when, alert=name, step=what, rule="long-queue", about="queue")

    events = [step("a", "raised", 0), step("a", "accepted", 30), step("a", "done", 100)]
    events += [step("b", "raised", 10), step("b", "escalated", 70), step("b", "accepted", 100)]
    told = kept(tmp_path / "two", small(), events).ask("alerts", *DAY)
    wanted = {"raised": 2, "accepted": 2, "done": 1, "escalated": 1}
    assert {name: one(told, name, "long-queue") for name in wanted} == wanted
    # How soon one of two was answered is one person's work.
    assert one(told, "accepted_mean_s", "long-queue") is None
    for n in range(3):
        events += [step(f"c{n}", "raised", 200), step(f"c{n}", "accepted", 260)]
    events.append(
        event("camera.health", DAY[1] + timedelta(hours=1), camera="door", state="ok", fps=5)
    )
    told = kept(tmp_path / "five", small(), events).ask("alerts", *DAY)
    assert one(told, "accepted_mean_s", "long-queue") == 60
    assert told.measures["accepted_mean_s"].base == [5, 5]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"question": "visitors", "lines": ["door"]}, "expected one of entrance, found door"),
        ({"question": "dwell", "zones": ["m"]}, "expected one of milk, queue, found m"),
        (
            {"question": "visitors", "by": "minute", "until": DAY[1] + timedelta(days=9)},
            "at most 3",
        ),
    ],
)
def test_what_cannot_be_answered_says_why(tmp_path: Path, more: dict[str, Any], says: str) -> None:
    place = kept(tmp_path, small(), [])
    told = {"since": DAY[0], "until": DAY[1], **more}
    with pytest.raises(BadInput, match=says):
        place.ask(told.pop("question"), told.pop("since"), told.pop("until"), **told)


def test_the_journal_of_another_shop_is_refused(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, shop="other", rollups=RollupKeeper())
    journal.close()
    from miseban.journal.reader import JournalReader

    with pytest.raises(BadInput, match="expected the journal of small, found that of other"):
        Place(small(), JournalReader(tmp_path)).ask("visitors", *DAY)


@given(st.lists(st.floats(0.0, 80_000.0), min_size=1, max_size=200))
def test_quantiles_of_histograms_are_right_to_a_bin(durations: list[float]) -> None:
    seconds = np.array(durations)
    counts = np.bincount(bins_of(seconds), minlength=len(BIN_EDGES_S) + 1)[None, :]
    for share in (0.1, 0.5, 0.9):
        found = quantile_s(counts, share, np.array([seconds.max()]), 0)[0]
        aside = min(share, 1 - share) * len(seconds)
        told = quantile_s(counts, share, np.array([seconds.max()]), 5)[0]
        assert np.isnan(told) if aside < 5 - 1e-6 else told == found or aside < 5 + 1e-6
        # Between the neighbours of the true one, each moved by no more than its bin is wide.
        low = np.quantile(seconds, share, method="lower")
        high = np.quantile(seconds, share, method="higher")
        below = np.quantile(seconds, max(0.0, share - 1 / len(seconds)), method="lower")
        assert min(low, below) / 1.0906 - 1 <= found <= high * 1.0906 + 1


def test_who_stopped_is_counted_at_an_edge() -> None:
    counts = np.zeros((1, len(BIN_EDGES_S) + 1), np.int64)
    for seconds in (3.99, 4.0, 60.0):
        counts[0, bins_of(np.array([seconds]))[0]] += 1
    assert lasting(counts, 4.0).tolist() == [2]
    with pytest.raises(ValueError, match="within a bin"):
        lasting(counts, 5.0)
