"""Of a stretch of time only those files are read that can hold something of it, and nothing of it
is missed."""

from __future__ import annotations

import contextlib
import itertools
import random
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.journal.disk import RealDisk
from miseban.journal.journal import Journal
from miseban.journal.parquet_views import VIEWS, span_of, view_sql
from miseban.journal.reader import JournalReader
from miseban.journal.rollups.files import read_rows, replace_days, rollup_path
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.journal.rollups.rows import ROW
from miseban.vocabulary.events import LineCrossed
from miseban.vocabulary.identifiers import EventIds
from tests.journal.shop import SHOP
from tests.journal.some_events import DAYS, clocks, day_of_events

ROLLUPS = VIEWS[1:]
_EDGE_S = st.integers(-1, DAYS + 1).map(lambda day: day * 86_400)
_MOMENT_S = st.builds(int.__add__, _EDGE_S, st.sampled_from([-3600, -1, 0, 1, 3600, 40_000]))


@settings(max_examples=30)
@given(clocks, st.data())
def test_no_row_is_missed(clock: tuple[str, date], data: st.DataObject) -> None:
    zone, first = clock
    start = datetime.combine(first, time(), ZoneInfo(zone)).astimezone(UTC)
    ends = sorted(data.draw(st.tuples(_MOMENT_S, _MOMENT_S)))
    since, until = (start + timedelta(seconds=s) for s in ends)
    with tempfile.TemporaryDirectory() as folder:
        rollups = RollupKeeper()
        journal = Journal.open(Path(folder), shop=SHOP, timezone=zone, rollups=rollups)
        with contextlib.closing(journal):
            journal.append(data.draw(day_of_events(first, zone)))
            journal.compact(start + timedelta(days=30))
        reader = JournalReader(Path(folder))
        for view, column in zip(VIEWS, ("time", *["start"] * 3), strict=True):
            sql = (
                f"SELECT * FROM {view} WHERE {column} >= $since AND {column} < $until ORDER BY ALL"
            )
            of = {"since": since, "until": until}
            assert reader.table(sql, of, since=since, until=until) == reader.table(sql, of)
        reader.close()


@pytest.mark.parametrize(
    "zone", ["America/New_York", "Etc/GMT+12", "Pacific/Kiritimati", "Atlantic/Azores"]
)
def test_each_day_has_its_own(tmp_path: Path, zone: str) -> None:
    """At its first and last minute too, and where it begins twice, as a day of autumn does in the
    Azores."""
    days = [date(2026, 10, 24) + timedelta(days=n) for n in range(4)]
    clock, ids = ZoneInfo(zone), EventIds(random.Random(1))
    at = [time(0, 0), time(0, 1), time(12), time(23, 59)]
    moments = [datetime.combine(day, one, clock) for day in days[:3] for one in at]
    with contextlib.closing(
        Journal.open(tmp_path, shop=SHOP, timezone=zone, rollups=RollupKeeper())
    ) as journal:
        journal.append(
            [
                LineCrossed(
                    id=ids.at(one.timestamp()), time=one.astimezone(UTC), shop=SHOP, line="door",
                    direction="in", visit=f"{n:016x}",
                )
                for n, one in enumerate(moments)
            ]
        )  # fmt: skip
        journal.compact(datetime(2026, 12, 1, tzinfo=UTC))
    reader = JournalReader(tmp_path)
    for day, after in itertools.pairwise(days):
        for fold in (0, 1):
            since = datetime.combine(day, time(), clock)
            until = datetime.combine(after, time(fold=fold), clock)
            of = {"since": since, "until": until}
            for view, column in zip(VIEWS, ("time", *["start"] * 3), strict=True):
                sql = f"SELECT * FROM {view} WHERE {column} >= $since AND {column} < $until"
                found = reader.table(f"{sql} ORDER BY ALL", of, since=since, until=until)
                assert found == reader.table(f"{sql} ORDER BY ALL", of)
                assert len(found) > 0
                if view == "events":
                    there = {one.date() for one in found["time"].to_pylist()}
                    assert there <= set(reader.days(since=since, until=until))
    reader.close()


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_a_month_is_read_from_its_own_file(tmp_path: Path, zone: str) -> None:
    """A question about a month that read those beside it, too, took a seventh longer."""
    for level in ("day", "hour", "minute"):
        (tmp_path / "rollups" / level).mkdir(parents=True)
        names = ["2026-03-31", "2026-04-01", "2026-04-30", "2026-05-01"]
        for name in names if level == "minute" else ["2026-03", "2026-04", "2026-05"]:
            (tmp_path / "rollups" / level / f"{name}.parquet").touch()
    Journal.open(tmp_path, shop=SHOP, timezone=zone, rollups=RollupKeeper()).close()
    reader = JournalReader(tmp_path)
    since, until = (datetime(2026, month, 1, tzinfo=ZoneInfo(zone)) for month in (4, 5))
    snapshot = reader.snapshot()
    for view in ROLLUPS:
        files = view_sql(tmp_path, snapshot, view, span_of(snapshot, view, since, until)).files
        assert {path.stem[:7] for path in files} == {"2026-04"}
    reader.close()


def test_hours_of_a_day_lie_together(tmp_path: Path) -> None:
    """Whoever asks for a day of a month of hours reads a part of it."""
    first = date(2026, 4, 1)
    begins = {first + timedelta(days=n): datetime(2026, 4, 1 + n, tzinfo=UTC) for n in range(30)}
    rows = {
        day: pa.Table.from_pylist(
            [
                {"start": start + timedelta(hours=hour), "day": day, "what": "touch",
                 "place": f"shelf/{facing}", "detail": "reach", "n": 1}
                for facing in range(100)
                for hour in range(24)
            ],
            schema=ROW,
        )
        for day, start in begins.items()
    }  # fmt: skip
    replace_days(RealDisk(), tmp_path, "hour", rows)
    path = rollup_path(tmp_path, "hour", first)
    groups = pq.ParquetFile(path).metadata
    at = groups.schema.names.index("start")
    ends = [groups.row_group(i).column(at).statistics for i in range(groups.num_row_groups)]
    assert len(ends) > 3
    for start in begins.values():
        last = start + timedelta(hours=23)
        assert sum(one.min <= last and start <= one.max for one in ends) <= 2
    assert read_rows(path).num_rows == sum(len(one) for one in rows.values())
