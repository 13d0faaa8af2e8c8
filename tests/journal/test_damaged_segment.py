"""A segment that cannot be read stops nothing but the roll-ups of the days that hang on it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from miseban.journal.journal import Journal
from miseban.journal.reader import JournalReader
from miseban.journal.rollups.files import rows_of_day
from miseban.journal.rollups.keeper import RollupKeeper
from tests.journal.shop import NOON, SHOP, Maker


@pytest.mark.parametrize("gone", [False, True])
def test_a_segment_that_cannot_be_read_stops_neither_other_days_nor_deletions(
    tmp_path: Path, gone: bool
) -> None:
    maker = Maker(4)
    far = NOON + timedelta(days=12)
    journal = Journal.open(tmp_path, shop=SHOP, rollups=RollupKeeper())
    journal.append(maker.some(40, NOON))
    journal.compact(NOON)
    path = next((tmp_path / "events" / "count").rglob("*.parquet"))
    if gone:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-9])
    was = rows_of_day(tmp_path, "day", NOON.date())
    late = [maker.one(NOON + timedelta(hours=9), kind) for kind in ("line", "visit")]
    much = maker.some(30, far)
    journal.append([*late, *much])
    journal.compact(far)
    assert rows_of_day(tmp_path, "day", NOON.date()).equals(was)
    assert len(rows_of_day(tmp_path, "day", far.date()))
    stale = journal._compaction.manifest.stale
    assert set(stale) == {NOON.date()}
    journal.compact(far)
    assert journal._compaction.manifest.stale == stale
    receipt = journal.forget("trajectory", NOON + timedelta(days=5), now=far)
    assert receipt.days == (NOON.date(),)
    journal.close()
    told = JournalReader(tmp_path).table("SELECT sum(n)::INT AS n FROM days WHERE what = 'line'")
    lines = [row for row in was.to_pylist() if row["what"] == "line"]
    newer = [event for event in much if event.type == "line.crossed"]
    assert told["n"].to_pylist() == [sum(row["n"] for row in lines) + len(newer)]
    # With its day it goes, and nothing waits any more.
    journal = Journal.open(tmp_path, shop=SHOP, rollups=RollupKeeper())
    journal.forget("count", NOON + timedelta(days=5), now=far)
    journal.compact(far)
    assert journal._compaction.manifest.stale == {}
    assert not path.exists()
    journal.close()
