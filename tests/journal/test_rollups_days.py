"""What a day's roll-up takes from the days beside it, one case at a time. Days are those of UTC."""

from __future__ import annotations

import contextlib
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from miseban.journal.journal import Journal
from miseban.journal.reader import JournalReader
from miseban.journal.rollups.days import MINUTE_US, moment, shop_day
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.vocabulary.events import EVENTS, Event
from miseban.vocabulary.identifiers import EventIds
from tests.journal.shop import NOON, SHOP

DAY = timedelta(days=1)
LATER = NOON + 30 * DAY
MIDNIGHT = NOON + timedelta(hours=12)
VISIT = "0" * 16
IDS = EventIds(random.Random(6))


def event(type_: str, time: datetime, **fields: Any) -> Event:
    head = {"type": type_, "id": IDS.at(time.timestamp()), "time": time, "shop": SHOP}
    return EVENTS.validate_python({**head, **fields})


def opened(folder: Path) -> Journal:
    return Journal.open(folder, shop=SHOP, timezone="Etc/UTC", rollups=RollupKeeper())


def days(folder: Path, what: str, place: str, detail: str) -> list[tuple[int, int, float | None]]:
    """Day of April, ``n`` and ``total`` of each row."""
    sql = (
        "SELECT day, n, total FROM days WHERE what = $what AND place = $place AND detail = $detail"
        " ORDER BY day"
    )
    rows = JournalReader(folder).table(sql, {"what": what, "place": place, "detail": detail})
    return [(row["day"].day, row["n"], row["total"]) for row in rows.to_pylist()]


def state(time: datetime) -> Event:
    return event("shelf.state", time, shelf="dairy", facing="milk", fill=1.0, state="full",
                 confidence=1.0)  # fmt: skip


def touch(time: datetime, visit: str | None = None) -> Event:
    return event("shelf.touched", time, shelf="dairy", facing="milk", kind="reach", visit=visit,
                 confidence=1.0)  # fmt: skip


def line(time: datetime, visit: str = VISIT) -> Event:
    return event("line.crossed", time, line="door", direction="in", visit=visit)


def test_the_first_count_of_a_day_tells_that_the_evening_before_lasted(tmp_path: Path) -> None:
    """Also where something else of that day had been rolled up before."""
    with contextlib.closing(opened(tmp_path)) as journal:
        left = event("zone.left", NOON + DAY, zone="aisle", visit=VISIT, dwell_s=9.0, stitched=1)
        journal.append([state(NOON), left])
        journal.compact(LATER)
        journal.append([line(NOON + DAY)])
        seen = days(tmp_path, "shelf", "dairy/milk", "full")
        journal.compact(LATER)
        assert seen == days(tmp_path, "shelf", "dairy/milk", "full")
        assert seen == [(7, 1, 43_200.0), (8, 0, 43_200.0)]


def test_nothing_lasts_over_a_day_on_which_nothing_was_counted(tmp_path: Path) -> None:
    """Or forgetting what people did there would take it away."""
    with contextlib.closing(opened(tmp_path)) as journal:
        journal.append([state(NOON), touch(NOON + DAY), line(NOON + 2 * DAY)])
        journal.compact(LATER)
        before = days(tmp_path, "shelf", "dairy/milk", "full")
        journal.forget("trajectory", NOON + 5 * DAY, now=LATER)
        journal.append([event("help.needed", NOON + DAY, help="h", kind="fall", place=(1.0, 2.0),
                              unit="m", confidence=1.0)])  # fmt: skip
        journal.compact(LATER)
        assert days(tmp_path, "shelf", "dairy/milk", "full") == before == [(7, 1, None)]
        assert days(tmp_path, "touch", "dairy/milk", "reach") == [(8, 1, None)]


def test_people_of_a_minute_that_ended_after_midnight_are_counted(tmp_path: Path) -> None:
    """On the day on which it began, though nothing else was told of that day."""
    with contextlib.closing(opened(tmp_path)) as journal:
        journal.append([event("zone.occupancy", MIDNIGHT + timedelta(seconds=30), zone="aisle",
                              people=1, people_max=1, person_s=60.0, period_s=60.0,
                              coverage=1.0)])  # fmt: skip
        seen = days(tmp_path, "occupancy", "aisle", "")
        journal.compact(LATER)
        assert seen == days(tmp_path, "occupancy", "aisle", "") == [(7, 1, 60.0)]


def test_who_works_here_is_known_from_the_evening_before(tmp_path: Path) -> None:
    label = event("visit.labelled", MIDNIGHT - timedelta(hours=1), visit=VISIT, role="staff",
                  certainty=1.0)  # fmt: skip
    with contextlib.closing(opened(tmp_path)) as journal:
        journal.append([line(MIDNIGHT + timedelta(hours=1))])
        journal.compact(LATER)
        journal.append([label])
        seen = days(tmp_path, "line", "door", "in/staff")
        journal.compact(LATER)
        assert seen == days(tmp_path, "line", "door", "in/staff") == [(8, 1, None)]


def test_a_step_is_measured_from_when_its_alert_was_last_raised(tmp_path: Path) -> None:
    """Not from when it is raised again later."""
    steps = ((0, "raised"), (10, "accepted"), (20, "raised"), (50, "accepted"))
    with contextlib.closing(opened(tmp_path)) as journal:
        journal.append([
            event("alert.step", NOON + timedelta(seconds=s), alert="a", rule="long-queue",
                  about="queue", step=step) for s, step in steps
        ])  # fmt: skip
        journal.compact(LATER)
        assert days(tmp_path, "alert", "long-queue", "accepted") == [(7, 2, 40.0)]


def test_of_what_was_counted_first_on_the_next_day_the_order_is_nothing(tmp_path: Path) -> None:
    """A day tells of what it was counted: of several at one moment always the same."""
    first, second, third = line(NOON), line(NOON + DAY), line(NOON + DAY)
    files = []
    for name, order in (("a", [first, second, third]), ("b", [third, second, first])):
        with contextlib.closing(opened(tmp_path / name)) as journal:
            journal.append(order)
            journal.compact(LATER)
        files.append([p.read_bytes() for p in sorted((tmp_path / name).rglob("rollups/day/*"))])
    assert files[0] == files[1]


def test_hours_are_full_hours_of_the_clock_whatever_is_done_to_it() -> None:
    """Moved by an hour, by half of one, by a quarter, by a day, or never."""
    for zone, day in (
        ("Asia/Tokyo", date(2026, 4, 7)),
        ("Asia/Kathmandu", date(2026, 4, 7)),
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("Australia/Lord_Howe", date(2026, 4, 5)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
        ("America/Caracas", date(2016, 5, 1)),
        ("Asia/Pyongyang", date(2018, 5, 5)),
        ("Pacific/Apia", date(2011, 12, 30)),
        ("America/Havana", date(2026, 3, 8)),
    ):
        one = shop_day(day, zone)
        whole = range(one.start_us, one.end_us, MINUTE_US)
        full = [us for us in whole if moment(us).astimezone(ZoneInfo(zone)).minute == 0]
        expected = [*sorted({one.start_us, *full}), one.end_us]
        assert one.edges("hour").tolist() == expected, (zone, day)
