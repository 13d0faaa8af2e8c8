"""Days that an older miseban counted are counted again by the rules of today, and none is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyarrow.compute as pc
import pytest
from typer.testing import CliRunner

from miseban.cli.app import app
from miseban.journal.disk import RealDisk
from miseban.journal.journal import Journal
from miseban.journal.rollups.files import days_there, read_rows, write_rows
from miseban.journal.rollups.keeper import OLDER_AT_ONCE, RollupKeeper
from miseban.journal.rollups.older import older
from miseban.journal.rollups.rows import LEVELS
from tests.journal.shop import NOON, SHOP, Maker

DAYS = 10
LATER = NOON + timedelta(days=DAYS + 30)


def opened(folder: Path, rest: Callable[[], None] = lambda: None) -> Journal:
    return Journal.open(folder, shop=SHOP, timezone="Asia/Tokyo", rollups=RollupKeeper(rest))


def rollups(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for level in LEVELS for path in days_there(folder, level)}


def told(folder: Path) -> dict[Path, list[object]]:
    files = {path: read_rows(path).to_pylist() for path in rollups(folder)}
    return {path: [r for r in rows if r["what"] != "counted"] for path, rows in files.items()}


def as_before(folder: Path) -> None:
    """As an older miseban left it: no sales, and a mark that names no rules."""
    for path in rollups(folder):
        rows = read_rows(path)
        mark = pc.equal(rows["what"], "counted")
        plain = pc.replace_substring_regex(rows["detail"], "^[0-9]+:", "")
        at = rows.column_names.index("detail")
        rows = rows.set_column(at, rows.field(at), pc.if_else(mark, plain, rows["detail"]))
        write_rows(RealDisk(), path, rows.filter(pc.not_equal(rows["what"], "sold")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    maker = Maker(5)
    journal = opened(tmp_path)
    for day in range(DAYS):
        journal.append(maker.some(30, NOON + timedelta(days=day)))
    journal.compact(LATER)
    journal.close()
    return tmp_path


def test_each_compaction_counts_a_few_of_them_again_the_newest_first(folder: Path) -> None:
    wanted = rollups(folder)
    assert not list(older(folder))
    as_before(folder)
    left = list(older(folder))
    assert len(left) >= DAYS
    assert left == sorted(left, reverse=True)
    assert rollups(folder) != wanted
    while left:
        journal = opened(folder)  # whenever it was ended, the next one goes on
        journal.compact(LATER)
        journal.close()
        assert list(older(folder)) == left[OLDER_AT_ONCE:]
        left = left[OLDER_AT_ONCE:]
    assert rollups(folder) == wanted


def test_one_that_is_broken_off_goes_on_from_what_stands(folder: Path) -> None:
    wanted = rollups(folder)
    as_before(folder)
    before = rollups(folder)

    def no_more() -> None:
        raise KeyboardInterrupt

    journal = opened(folder, rest=no_more)
    with pytest.raises(KeyboardInterrupt):
        journal.compact(LATER)
    journal.close()
    assert rollups(folder) == before
    journal = opened(folder)
    for _ in range(DAYS):
        journal.compact(LATER)
    assert rollups(folder) == wanted
    journal.close()


def test_what_rests_on_forgotten_events_stays(folder: Path) -> None:
    """Sales are of a class that is kept, and come back; visits were seen, and are gone."""
    journal = opened(folder)
    journal.forget("trajectory", NOON + timedelta(days=DAYS), now=LATER)
    journal.close()
    wanted = told(folder)
    as_before(folder)
    journal = opened(folder)
    for _ in range(DAYS):
        journal.compact(LATER)
    journal.close()
    assert told(folder) == wanted  # the marks are of fewer events
    rows = read_rows(days_there(folder, "day")[0])
    assert {"visit", "stay", "sold"} <= set(rows["what"].to_pylist())


def test_the_command_does_all_at_once_and_names_what_it_cannot_read(folder: Path) -> None:
    wanted = rollups(folder)
    as_before(folder)
    done = CliRunner().invoke(app, ["journal", "recount", str(folder), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["unreadable"] == 0
    assert rollups(folder) == wanted
    again = CliRunner().invoke(app, ["journal", "recount", str(folder)])
    assert again.output.strip() == "0 days are counted again"
    as_before(folder)
    (segment := sorted((folder / "events" / "count").rglob("*.parquet"))[4]).write_bytes(b"PAR1")
    done = CliRunner().invoke(app, ["journal", "recount", str(folder), "--json"])
    assert done.exit_code == 1, (done.output, segment)
    said = json.loads(done.output)
    assert said["unreadable"] == len(list(older(folder))) > 0
    assert said["days"] > 0
    kept = {day for path in days_there(folder, "day") for day in read_rows(path)["day"].to_pylist()}
    assert set(older(folder)) <= kept


def test_no_journal_there_is_said_in_a_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["journal", "recount", str(tmp_path / "none")])
    assert done.exit_code != 0
    assert not (tmp_path / "none").exists()


def test_a_file_that_cannot_be_read_now_stops_neither_compaction_nor_deletion(folder: Path) -> None:
    path = days_there(folder, "day")[0]
    before = path.read_bytes()
    path.unlink()
    path.mkdir()  # reads fail, as of a disk that has a bad spot
    journal = opened(folder)
    journal.append(Maker(6).some(3, LATER))
    journal.compact(LATER)
    journal.close()
    path.rmdir()
    path.write_bytes(before)
    as_before(folder)
    journal = opened(folder)
    for _ in range(DAYS):
        journal.compact(LATER)
    journal.close()
    assert not list(older(folder))
