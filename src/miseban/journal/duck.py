"""DuckDB as a reader of the journal has it: it reads one folder, and nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pyarrow as pa

_TRIES = 20
QUESTIONS, AGE_S, MOST = 32, 300.0, 1024
"""So many a connection answers, and so long or so many in all, before a new one takes its place. It
keeps half a kilobyte of each and more, in small pieces of buffers that are gone: 18 MB after 36 000
and no end seen, and more by the pages that they hold open. A new one takes some 20 to 50 ms, for
which nobody waits, but which slow down what is asked meanwhile: where one question follows on
another, it comes seldom."""


def opened(folder: Path, threads: int) -> duckdb.DuckDBPyConnection:
    """Only the journal's folder is read, and nothing is ever fetched."""
    connection = duckdb.connect(":memory:", config={"threads": threads})
    quoted = str(folder).replace("'", "''")
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "python_enable_replacements = false",
        f"allowed_directories = ['{quoted}']",
        "enable_external_access = false",
        "allocator_background_threads = true",  # else what a thread once needed is kept
        # It caches no local file, and yet keeps something of each that it ever saw: a compaction
        # makes half a dozen every few minutes.
        "enable_external_file_cache = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")
    return connection


class Cursors:
    """A cursor of one connection for each question at a time, kept and lent again; ``make`` makes a
    connection, and does so again after so many ``questions`` and so long.

    A table that DuckDB is told of costs a kilobyte for good, whatever becomes of the cursor: with a
    thousand questions an hour that is what a hub grows by. So a cursor knows one place per name,
    and what lies in it changes.
    """

    def __init__(
        self,
        make: Callable[[], duckdb.DuckDBPyConnection],
        questions: int = QUESTIONS,
        age_s: float = AGE_S,
    ) -> None:
        self._make, self._questions, self._age_s = make, questions, age_s
        self._connection = make()
        self._made_s = time.monotonic()
        self._lock = threading.Lock()
        self._idle: list[_Cursor] = []
        self._asked = 0  # of this connection
        self._closed = self._renewing = False

    @contextmanager
    def lent(self, tables: Mapping[str, pa.Table]) -> Iterator[duckdb.DuckDBPyConnection]:
        """One that finds ``tables`` by their names, for a thread of its own meanwhile."""
        with self._lock:
            self._asked += 1
            connection = self._connection
            cursor = self._idle.pop() if self._idle else _Cursor(connection.cursor())
        answered = False
        try:
            with cursor.beside(tables):
                yield cursor.duckdb
            answered = True
        finally:
            self._take_back(cursor, connection, answered)

    def _take_back(
        self, cursor: _Cursor, connection: duckdb.DuckDBPyConnection, answered: bool
    ) -> None:
        with self._lock:
            # One that did not answer is in the middle of whatever it was.
            kept = answered and not self._closed and connection is self._connection
            if kept:
                self._idle.append(cursor)
            due = self._is_due() and not self._renewing and not self._closed
            self._renewing |= due
        if due:
            try:
                threading.Thread(target=self._renew, name="new connection").start()
            except RuntimeError:  # no thread is to be had: at a later question
                self._renewing = False
        if not kept:
            cursor.duckdb.close()

    def close(self) -> None:
        """What another thread has begun to ask ends first, or is left to itself."""
        with self._lock:
            self._closed = True
            self._drop()
        for _ in range(_TRIES):
            try:
                self._connection.close()
                break
            except duckdb.OperationalError:  # busy: DuckDB refuses instead of waiting
                time.sleep(0.1)

    def _is_due(self) -> bool:
        old = time.monotonic() - self._made_s >= self._age_s
        return self._asked >= (self._questions if old else MOST)

    def _renew(self) -> None:
        """The old one is not closed, for that would close the cursors that are lent: the last of
        them to come back takes it with it."""
        new = None
        try:
            with suppress(duckdb.Error, OSError, MemoryError):  # no room: the old one goes on
                new = self._make()
        finally:
            with self._lock:
                self._asked, self._renewing, self._made_s = 0, False, time.monotonic()
                old, gone = self._connection, list[_Cursor]()
                if new is not None and not self._closed:
                    self._connection, new = new, None
                    gone, self._idle = self._idle, []
        # What takes time, a dozen milliseconds, while others ask the new one.
        for cursor in gone:
            cursor.duckdb.close()
        del old
        if new is not None:
            new.close()

    def _drop(self) -> None:
        for cursor in self._idle:
            cursor.duckdb.close()
        self._idle.clear()


class _Cursor:
    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self.duckdb = cursor
        self._places: dict[str, _Place] = {}

    @contextmanager
    def beside(self, tables: Mapping[str, pa.Table]) -> Iterator[None]:
        for name, table in tables.items():
            place = self._places.get(name)
            if place is None or place.schema != table.schema:
                place = self._places[name] = _Place(table.schema)
                self.duckdb.register(name, place)
            place.table = table
        try:
            yield
        finally:
            for name in tables:
                del self._places[name].table


class _Place:
    """What DuckDB takes for a table (Arrow's PyCapsule protocol), and asks each time anew."""

    table: pa.Table

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema

    def __arrow_c_schema__(self) -> object:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)
