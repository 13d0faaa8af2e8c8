"""Days that are over are in memory once, and packed; the one that grows is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from miseban.journal import day_tables
from miseban.journal.day_tables import DayTables
from miseban.journal.disk import RealDisk
from miseban.journal.manifest import Segment
from miseban.journal.rollups.window import COLUMNS
from miseban.journal.segments import read_segment, sort_events, table_of, write_segment
from tests.journal.shop import NOON, Maker

MAKER = Maker(23)


def segment(folder: Path, number: int, days: int = 0) -> Segment:
    """Three passages of that day, in file ``number``."""
    moment = NOON + timedelta(days=days)
    events = [MAKER.one(moment + timedelta(seconds=number * 10 + n), "line") for n in range(3)]
    found = Segment(data="count", day=moment.date(), file=number, events=len(events))
    write_segment(RealDisk(), folder, found, sort_events(table_of("count", events)))
    return found


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """The days whose segments were read from disk, as they are."""
    days: list[date] = []
    plain = read_segment

    def noted(path: Path, columns: Sequence[str]) -> pa.Table:
        table = plain(path, columns)
        days.append(table["time"][0].as_py().date())
        return table

    monkeypatch.setattr(day_tables, "read_segment", noted)
    return days


def test_the_same_day_with_other_segments_takes_the_place_of_the_old_one(
    tmp_path: Path, read: list[date]
) -> None:
    tables = DayTables(tmp_path, COLUMNS)
    later = segment(tmp_path, 9, days=1)
    segments: list[Segment] = []
    for number in range(1, 5):
        segments.append(segment(tmp_path, number))
        first = tables.of(NOON.date(), [*segments, later])
        assert len(first) == 3 * number
        read.clear()
        assert tables.of(NOON.date(), [*segments, later]).equals(first)
        assert not read
    assert len(tables._kept) == 1


def test_the_newest_day_is_read_each_time_and_kept_once_another_has_come(
    tmp_path: Path, read: list[date]
) -> None:
    tables = DayTables(tmp_path, COLUMNS)
    today = [segment(tmp_path, 1)]
    for _ in range(2):
        read.clear()
        assert len(tables.of(NOON.date(), today)) == 3
        tables.trails(NOON.date(), today)
        assert read == [NOON.date()]
    assert not tables._kept
    assert tables._last_trails is None
    both = [*today, segment(tmp_path, 2, days=1)]
    tables.of(NOON.date(), both)
    assert list(tables._kept) == [NOON.date()]


def test_a_few_days_are_kept_and_the_one_asked_for_longest_ago_goes(
    tmp_path: Path, read: list[date]
) -> None:
    tables = DayTables(tmp_path, COLUMNS)
    segments = [segment(tmp_path, 1 + days, days) for days in range(7)]
    days = [one.day for one in segments[:-1]]
    first = tables.of(days[0], segments)
    for day in days[1:4]:
        tables.of(day, segments)
    read.clear()
    assert tables.of(days[0], segments).equals(first)
    tables.of(days[4], segments)
    assert tables.of(days[0], segments).equals(first), "asked for just now"
    assert read == [days[4]]
    tables.of(days[1], segments)
    assert read == [days[4], days[1]], "it had to go"


def test_what_is_kept_of_a_day_takes_a_fraction_of_its_memory(tmp_path: Path) -> None:
    number = 5000
    events = [MAKER.one(NOON + timedelta(seconds=n), "line") for n in range(number)]
    one = Segment(data="count", day=NOON.date(), file=1, events=number)
    write_segment(RealDisk(), tmp_path, one, sort_events(table_of("count", events)))
    tables = DayTables(tmp_path, COLUMNS)
    whole = tables.of(NOON.date(), [one, segment(tmp_path, 2, days=1)])
    ((_, packed),) = tables._kept.values()
    assert 4 * len(packed) < whole.nbytes
