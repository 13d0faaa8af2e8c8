"""DuckDB as the journal's reader has it keeps nothing of what is gone, and mixes nothing up."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pyarrow as pa
import pytest

from miseban.journal.duck import AGE_S, MOST, QUESTIONS, Cursors, opened
from tests.in_use import IN_USE

_BEFORE = """
import json, tempfile, threading
from pathlib import Path
import pyarrow as pa, pyarrow.parquet as pq
from miseban.journal.duck import QUESTIONS, Cursors, opened

threading.Thread.start = threading.Thread.run  # so that each new connection comes when it is due

rows = pa.table({f"c{n}": list(range(1000)) for n in range(35)})
with tempfile.TemporaryDirectory() as name:
    cursors = Cursors(lambda: opened(Path(name), 1), age_s=0)
    def ask(number):
"""
_FILES = """
        file = Path(name) / f"{number}.parquet"
        pq.write_table(rows, file)
        with cursors.lent({}) as cursor:
            cursor.sql(f"SELECT sum(c1) FROM read_parquet(['{file}'])").to_arrow_table()
        file.unlink()
"""
_TABLES = """
        with cursors.lent({"fresh": rows.slice(number)}) as cursor:
            cursor.sql("SELECT sum(c1) FROM fresh").to_arrow_table()
"""
_BUFFERS = """
        if not (file := Path(name) / "all.parquet").exists():
            pq.write_table(rows, file)
        with cursors.lent({}) as cursor:
            groups = "SELECT CAST(c0 % 7 AS VARCHAR) AS name, sum(c1) FROM"
            sql = f"{groups} read_parquet('{file}') GROUP BY name ORDER BY name"
            cursor.sql(sql).to_arrow_table()
"""
_AFTER = """
    first, many = 300, 32 * QUESTIONS
    for number in range(first):
        ask(number)
    before = in_use()
    for number in range(first, first + many):
        ask(number)
    print(json.dumps(in_use() - before))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc tells what is in use")
@pytest.mark.parametrize("asked", [_FILES, _TABLES, _BUFFERS], ids=["files", "tables", "buffers"])
def test_nothing_is_kept_of_what_is_gone(asked: str) -> None:
    """From one question of a connection to the same of another one, a thousand later."""
    path = os.pathsep.join(sys.path)
    env = {"PYTHONMALLOC": "malloc", "MALLOC_ARENA_MAX": "1", "PYTHONPATH": path}
    script = IN_USE + _BEFORE + asked + _AFTER
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) < 150_000, "else half a kilobyte and more of each stays"


@pytest.fixture
def cursors(tmp_path: Path) -> Iterator[Cursors]:
    made = Cursors(lambda: opened(tmp_path, 2), questions=7, age_s=0)
    yield made
    made.close()


def _sum(cursors: Cursors, table: pa.Table, column: str = "a") -> object:
    with cursors.lent({"fresh": table}) as cursor:
        # Twice in one question, as events and roll-ups are.
        sql = f"SELECT sum({column}) + (SELECT count(*) FROM fresh) FROM fresh"
        return cursor.sql(sql).to_arrow_table().column(0)[0].as_py()


def test_each_question_has_its_own_table(cursors: Cursors) -> None:
    def ask(number: int) -> bool:
        length = number % 37 + 1
        return _sum(cursors, pa.table({"a": [number] * length})) == number * length + length

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(400)))


def test_a_table_with_other_columns(cursors: Cursors) -> None:
    assert _sum(cursors, pa.table({"a": [1, 2]})) == 5
    assert _sum(cursors, pa.table({"b": [1.5, 2.0], "a": ["x", "y"]}), "b") == 5.5
    assert _sum(cursors, pa.table({"a": [7]})) == 8


def test_after_a_question_that_was_wrong(cursors: Cursors) -> None:
    with pytest.raises(duckdb.Error):
        _sum(cursors, pa.table({"a": [1]}), "nothing")
    assert _sum(cursors, pa.table({"a": [1]})) == 2


def test_no_question_holds_a_table_that_was_answered(cursors: Cursors) -> None:
    before = pa.total_allocated_bytes()
    table = pa.table({"a": pa.array(range(100_000))})
    _sum(cursors, table)
    del table
    assert pa.total_allocated_bytes() - before < 100_000


def test_a_connection_that_was_renewed_meanwhile_answers_and_is_not_asked_again(
    tmp_path: Path,
) -> None:
    made: list[duckdb.DuckDBPyConnection] = []

    def make() -> duckdb.DuckDBPyConnection:
        made.append(opened(tmp_path, 1))
        made[-1].execute(f"CREATE TABLE which AS SELECT {len(made)} AS number")
        return made[-1]

    def which(cursor: duckdb.DuckDBPyConnection) -> int:
        return int(cursor.sql("SELECT number FROM which").to_arrow_table().column(0)[0].as_py())

    cursors = Cursors(make, questions=4, age_s=0)
    answered: list[int] = []
    with cursors.lent({}) as long:
        while len(answered) < 4 or answered[-1] < 3:
            with cursors.lent({}) as other:
                answered.append(which(other))
        assert which(long) == 1
    while answered[-1] < 5:
        with cursors.lent({}) as other:
            answered.append(which(other))
    assert answered == sorted(answered)
    assert answered[:3] == [1, 1, 1]
    cursors.close()


@pytest.mark.parametrize(
    "error", [duckdb.IOException("no room"), OSError("too many files"), MemoryError()]
)
def test_where_no_other_can_be_made_the_old_one_goes_on(tmp_path: Path, error: Exception) -> None:
    tries: list[int] = []

    def make() -> duckdb.DuckDBPyConnection:
        tries.append(1)
        if len(tries) > 1:
            raise error
        return opened(tmp_path, 1)

    cursors = Cursors(make, questions=3, age_s=0)
    for n in range(2000):
        assert _sum(cursors, pa.table({"a": [n]})) == n + 1
        if len(tries) > 3:
            break
    assert len(tries) > 3
    cursors.close()


def test_who_is_closed_makes_no_other(tmp_path: Path) -> None:
    made: list[duckdb.DuckDBPyConnection] = []
    may = threading.Event()

    def make() -> duckdb.DuckDBPyConnection:
        if made:
            assert may.wait(20)
        made.append(opened(tmp_path, 1))
        return made[-1]

    cursors = Cursors(make, questions=1, age_s=0)
    _sum(cursors, pa.table({"a": [1]}))  # another is begun
    cursors.close()
    may.set()
    for thread in threading.enumerate():
        if thread.name == "new connection":
            thread.join(20)
    assert len(made) == 2
    for one in made:
        with pytest.raises(duckdb.ConnectionException):
            one.execute("SELECT 1")
    with pytest.raises(duckdb.Error):
        _sum(cursors, pa.table({"a": [1]}))
    assert len(made) == 2


def _counted(folder: Path) -> tuple[list[int], Callable[[], duckdb.DuckDBPyConnection]]:
    """What makes connections, and as long a list as it has made."""
    made: list[int] = []

    def make() -> duckdb.DuckDBPyConnection:
        made.append(1)
        return opened(folder, 1)

    return made, make


def test_where_no_thread_is_to_be_had_the_question_is_answered_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, make = _counted(tmp_path)

    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    cursors = Cursors(make, questions=2, age_s=0)
    with monkeypatch.context() as now:
        now.setattr(threading.Thread, "start", refused)
        assert [_sum(cursors, pa.table({"a": [n]})) for n in range(5)] == [1, 2, 3, 4, 5]
    assert len(made) == 1
    monkeypatch.setattr(threading.Thread, "start", threading.Thread.run)
    assert _sum(cursors, pa.table({"a": [1]})) == 2
    assert len(made) == 2
    cursors.close()


def test_questions_that_are_wrong_count_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, make = _counted(tmp_path)
    monkeypatch.setattr(threading.Thread, "start", threading.Thread.run)
    cursors = Cursors(make, questions=3, age_s=0)
    for _ in range(7):
        with pytest.raises(duckdb.Error):
            _sum(cursors, pa.table({"a": [1]}), "nothing")
    assert len(made) == 3
    cursors.close()


@pytest.mark.parametrize(
    ("asked", "age_s", "expected"),
    [(MOST - 1, AGE_S - 1, 1), (MOST, 0.0, 2), (QUESTIONS - 1, AGE_S, 1), (QUESTIONS, AGE_S, 2)],
)
def test_a_connection_is_renewed_when_it_is_old_or_has_answered_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: int, age_s: float, expected: int
) -> None:
    made, make = _counted(tmp_path)
    now = [1000.0]
    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=time.sleep)
    monkeypatch.setattr("miseban.journal.duck.time", clock)
    monkeypatch.setattr(threading.Thread, "start", threading.Thread.run)
    cursors = Cursors(make)
    now[0] += age_s
    for _ in range(asked):
        with cursors.lent({}):
            pass
    assert len(made) == expected
    cursors.close()
