"""A day that grows is in memory once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from miseban.journal.day_tables import DayTables
from miseban.journal.disk import RealDisk
from miseban.journal.manifest import Segment
from miseban.journal.rollups.window import COLUMNS
from miseban.journal.segments import sort_events, table_of, write_segment
from tests.journal.shop import NOON, Maker

MAKER = Maker(23)


def segment(folder: Path, number: int, days: int = 0) -> Segment:
    """Three passages of that day, in file ``number``."""
    moment = NOON + timedelta(days=days)
    events = [MAKER.one(moment + timedelta(seconds=number * 10 + n), "line") for n in range(3)]
    found = Segment(data="count", day=moment.date(), file=number, events=len(events))
    write_segment(RealDisk(), folder, found, sort_events(table_of("count", events)))
    return found


def test_the_same_day_with_other_segments_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    tables = DayTables(tmp_path, COLUMNS)
    segments: list[Segment] = []
    for number in range(1, 5):
        segments.append(segment(tmp_path, number))
        assert len(tables.of(NOON.date(), segments)) == 3 * number
        assert tables.of(NOON.date(), segments) is tables.of(NOON.date(), segments)
    assert len(tables._kept) == 1


def test_a_few_days_are_kept_and_the_one_asked_for_longest_ago_goes(tmp_path: Path) -> None:
    tables = DayTables(tmp_path, COLUMNS)
    segments = [segment(tmp_path, 1 + days, days) for days in range(6)]
    days = [one.day for one in segments]
    first = tables.of(days[0], segments)
    for day in days[1:4]:
        tables.of(day, segments)
    assert tables.of(days[0], segments) is first
    tables.of(days[4], segments)
    assert tables.of(days[0], segments) is first, "asked for just now"
    assert days[1] not in tables._kept
