"""Reading a journal while it is written, and after something happened to it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from miseban.journal.journal import Journal
from miseban.journal.looks import SHARE
from miseban.journal.reader import JournalReader
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import Event, LineCrossed
from tests.journal.shop import NOON, SHOP, Maker

MAKER = Maker(3)
READERS = 10
_BOTH = """
    SELECT (SELECT count(*) FROM events WHERE type = 'line.crossed') AS single,
           (SELECT coalesce(sum(n), 0) FROM days WHERE what = 'line') AS summed
"""


def opened(folder: Path, zone: str = "Asia/Tokyo") -> Journal:
    return Journal.open(folder, shop=SHOP, timezone=zone, rollups=RollupKeeper())


def test_readers_beside_a_writer_see_all_of_a_moment(tmp_path: Path) -> None:
    """Whenever they look, single events and roll-ups tell the same, and never less than before."""
    journal = opened(tmp_path)
    events = [
        MAKER.one(NOON + timedelta(minutes=7 * n), "line") for n in range(400)
    ]  # two days, in order
    wrong: list[object] = []
    seen: list[int] = []
    done = threading.Event()

    def read() -> None:
        try:
            reader = JournalReader(tmp_path, threads=1)
            last = looks = 0
            while True:
                over = done.is_set()
                row = reader.table(_BOTH).to_pylist()[0]
                if row["single"] != row["summed"] or row["single"] < last:
                    wrong.append((last, row))
                last, looks = row["single"], looks + 1
                if over:
                    break
            seen.append(last)
            if looks < 2:
                wrong.append("it looked once only")
        except BaseException as error:
            wrong.append(error)
            raise

    threads = [threading.Thread(target=read) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for at in range(0, 400, 50):
        journal.append(events[at : at + 50])
        if at % 100:
            journal.compact(NOON + timedelta(days=9))
    journal.close()
    done.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert seen == [400] * READERS


def test_events_by_type_and_time(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    told = MAKER.some(300, NOON - timedelta(hours=2))
    journal.append(told[:200])
    journal.compact(NOON)
    journal.append(told[200:])
    reader = JournalReader(tmp_path)
    assert list(reader.events()) == told
    lines = [e for e in told if isinstance(e, LineCrossed)]
    assert list(reader.events(types=["line.crossed"])) == lines
    since, until = told[50].time, told[250].time
    assert list(reader.events(since=since, until=until)) == told[50:250]
    assert list(reader.events(since=since, limit=120)) == told[50:170]
    assert reader.newest() == told[-1].time
    assert (reader.shop, reader.timezone) == (SHOP, "Asia/Tokyo")
    journal.close()


def test_patience_spares_counting(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.append(MAKER.some(5, kind="line"))
    now = [0.0]
    reader = JournalReader(tmp_path, patience_s=10.0, clock=lambda: now[0])
    sql = "SELECT sum(n)::INTEGER AS n FROM days WHERE what = 'line'"
    assert reader.table(sql)["n"].to_pylist() == [5]
    journal.append(MAKER.some(5, NOON + timedelta(hours=1), kind="line"))
    now[0] = 9.0
    assert reader.table(sql)["n"].to_pylist() == [5]
    now[0] = 11.0
    assert reader.table(sql)["n"].to_pylist() == [10]
    journal.close()


def test_long_looks_are_taken_less_often(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    now = [0.0]

    def clock() -> float:
        now[0] += took[0]  # read before and after a look
        return now[0]

    took = [0.4]
    reader = JournalReader(tmp_path, patience_s=5.0, clock=clock)
    took = [0.0]
    looked_s, first = now[0], reader.snapshot()
    journal.append(MAKER.some(5, kind="line"))
    now[0] = looked_s + 0.4 * SHARE - 0.1
    assert reader.snapshot() is first
    now[0] = looked_s + 0.4 * SHARE
    assert reader.snapshot() is not first
    journal.close()


def test_a_query_with_names_and_parameters_of_its_own(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.append(MAKER.some(20, kind="line"))
    journal.close()
    sql = "WITH mine AS (SELECT * FROM hours WHERE what = $what) SELECT sum(n)::INT AS n FROM mine"
    assert JournalReader(tmp_path).table(sql, {"what": "line"})["n"].to_pylist() == [20]


def test_nothing_but_the_journal_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "beside.csv").write_text("a\n1\n")
    folder = tmp_path / "journal"
    opened(folder).close()
    reader = JournalReader(folder)
    for sql in (
        f"SELECT * FROM read_csv('{tmp_path / 'beside.csv'}')",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "SELECT nothing FROM hours",
    ):
        with pytest.raises(BadInput) as error:
            reader.table(sql)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("broken", [b"", b"PAR1" + bytes(60) + b"PAR1"])
def test_a_damaged_segment_is_named(tmp_path: Path, broken: bytes) -> None:
    journal = opened(tmp_path)
    journal.append(MAKER.some(50))
    journal.compact(NOON)
    journal.close()
    path = next((tmp_path / "events" / "count").rglob("*.parquet"))
    path.write_bytes(broken)
    reader = JournalReader(tmp_path)
    for ask in (lambda: reader.table("SELECT count(*) FROM events"), lambda: list(reader.events())):
        with pytest.raises(BadInput) as error:
            ask()
        assert (error.value.code, error.value.where) == ("journal", str(path))
        assert "\n" not in str(error.value)


def test_no_journal(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no journal there"):
        JournalReader(tmp_path)


def test_an_empty_one(tmp_path: Path) -> None:
    opened(tmp_path).close()
    reader = JournalReader(tmp_path)
    assert list(reader.events()) == []
    assert reader.newest() is None
    for view in ("events", "minutes", "hours", "days"):
        assert len(reader.table(f"SELECT * FROM {view}")) == 0


def test_a_type_that_only_came_yesterday(tmp_path: Path) -> None:
    """Segments of different classes have different columns; each row has all."""
    journal = opened(tmp_path)
    told: list[Event] = [MAKER.one(NOON, "visit"), MAKER.one(NOON + timedelta(days=1), "receipt")]
    journal.append(told)
    journal.compact(NOON)
    reader = JournalReader(tmp_path)
    found = reader.table("SELECT type, till, x FROM events ORDER BY time").to_pylist()
    assert [row["till"] for row in found] == [None, "till-1"]
    assert isinstance(found[0]["x"], list)
    since = datetime(2026, 4, 8, tzinfo=UTC)
    assert list(reader.events(since=since)) == told[1:]
    journal.close()


def test_a_missing_segment_is_named(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.append(MAKER.some(50))
    journal.compact(NOON)
    journal.close()
    path = next((tmp_path / "events" / "count").rglob("*.parquet"))
    path.unlink()
    with pytest.raises(BadInput, match="not there") as error:
        JournalReader(tmp_path).table("SELECT count(*) FROM events")
    assert error.value.where == str(path)
