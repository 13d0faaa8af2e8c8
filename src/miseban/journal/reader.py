"""Reads a journal, by its own process or any other, while it is being written: events, and tables
through DuckDB. Nothing here changes a file or waits for the writer."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from miseban.journal.day_tables import DayTables
from miseban.journal.duck import Cursors, opened
from miseban.journal.events_table import SCHEMA
from miseban.journal.looks import Looks
from miseban.journal.manifest import Manifest, read_manifest
from miseban.journal.parquet_views import VIEWS, View, damaged, span_of, view_sql
from miseban.journal.reading import Reader, Rollups
from miseban.journal.rollups.days import utc_days
from miseban.journal.rollups.files import rollup_path
from miseban.journal.snapshot import (
    CHANGING,
    NO_FILE,
    Snapshot,
    Stamp,
    file_stamp,
    newest,
)
from miseban.journal.waited import interruptible
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import EVENT_CLASSES, DataClass

THREADS = 2
"""Of DuckDB, for all questions together."""
_TRIES = 20
_BEGINS_WITH = re.compile(r"\s*with\s+(recursive\s+)?", re.IGNORECASE)


class JournalReader(Reader):
    """In this process.

    What was accepted up to the call is seen; with ``patience_s``, what was accepted up to so many
    seconds before it: events as well as roll-ups, which then are counted anew no more often. On a
    day of a hundred thousand events that takes a second: then it is longer, and nobody waits for it
    (``journal.looks``). Of days that come in late by the dozen, roll-ups follow the compaction.
    """

    def __init__(
        self,
        folder: Path,
        *,
        patience_s: float = 0.0,
        threads: int = THREADS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises ``BadInput`` (``journal``) when there is no journal."""
        self.folder = folder.absolute()
        self._looks = Looks(self.folder, patience_s, clock)
        self._cursors = Cursors(partial(opened, self.folder, threads))
        try:
            manifest = self.manifest
        except BaseException:
            self.close()
            raise
        self.shop, self.timezone = manifest.shop, manifest.timezone

    @property
    def manifest(self) -> Manifest:
        return self.snapshot().manifest

    @property
    def forgotten(self) -> Mapping[DataClass, datetime]:
        return self.manifest.forgotten

    def snapshot(self) -> Snapshot:
        """What the journal holds. Raises as ``Looks.latest``."""
        return self._looks.latest()

    def look(self) -> None:
        """Anew, however lately that was. Raises as ``snapshot``."""
        self._looks.again()
        self._looks.latest()

    @property
    def looked_s(self) -> float:
        """When the last look ended, by the reader's clock."""
        return self._looks.looked_s

    @contextmanager
    def kept_fresh(self) -> Iterator[None]:
        """For as long as this lasts, it is looked every quarter of a minute what the journal holds,
        or less often where that takes long, in a thread of its own."""
        ended = threading.Event()
        keeping = threading.Thread(
            target=self._looks.keep_fresh, args=(ended,), name="keeping fresh", daemon=True
        )
        keeping.start()
        try:
            yield
        finally:
            ended.set()
            keeping.join()

    def days(
        self,
        types: Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[date]:
        snapshot, classes = self.snapshot(), _classes(types)
        days = {s.day for s in snapshot.manifest.segments if s.data in classes}
        days |= set(pc.unique(snapshot.fresh["time"].cast(pa.date32())).to_pylist())
        return sorted(day for day in days if _within(day, since, until))

    def day(
        self,
        day: date,
        types: Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> pa.Table:
        table = self._day(day, _classes(types))
        if types is not None:
            table = table.filter(pc.is_in(table["type"], pa.array(sorted(types), pa.string())))
        time_ = table["time"]
        if since is not None:
            table = table.filter(pc.greater_equal(time_, pa.scalar(since, time_.type)))
        if until is not None:
            table = table.filter(pc.less(table["time"], pa.scalar(until, time_.type)))
        return table.sort_by([("time", "ascending"), ("id", "ascending")])

    def table(
        self,
        sql: str,
        parameters: Mapping[str, object] | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> pa.Table:
        files: list[Path] = []
        stamps: list[Stamp] = []
        for _ in range(_TRIES):
            snapshot = self.snapshot()
            views = [v for v in VIEWS if re.search(rf"\b{v}\b", sql, re.IGNORECASE)]
            made = {
                v: view_sql(self.folder, snapshot, v, span_of(snapshot, v, since, until))
                for v in views
            }
            files = [path for view in made.values() for path in view.files]
            stamps = [file_stamp(path) for path in files]
            error: duckdb.Error | None = None
            try:
                found = self._ask(made, sql, parameters or {})
            except duckdb.Error as wrong:
                error = wrong
            # A file that was replaced may have been read half and half; and when journal.json was,
            # roll-ups may be newer than the events beside them, or tell what has to be forgotten.
            if NO_FILE in stamps or stamps != [file_stamp(path) for path in files]:
                self._again()
            elif error is not None:
                raise self._why(files, error) from None
            elif views and not self._stands(snapshot, "events" in views):
                self._again()
            else:
                return found
        gone = [path for path, stamp in zip(files, stamps, strict=True) if stamp == NO_FILE]
        what = "not there, and it is said to be" if gone else CHANGING
        raise BadInput("journal", gone[0] if gone else self.folder, what)

    def rollups(self, spans: Collection[tuple[date, date]]) -> list[Rollups | None]:
        recounted = self.snapshot().recounted
        found: list[Rollups | None] = []
        for first, last in spans:
            days, hours = (
                file_stamp(rollup_path(self.folder, at, first)) for at in ("day", "hour")
            )
            stands = not any(first <= day <= last for day in recounted)
            found.append((days, hours) if stands else None)
        return found

    def newest(self) -> datetime | None:
        for _ in range(_TRIES):
            snapshot = self.snapshot()
            try:
                return newest(self.folder, snapshot)
            except FileNotFoundError:
                self._again()
        raise BadInput("journal", self.folder, CHANGING)

    def close(self) -> None:
        self._cursors.close()

    def _ask(
        self,
        views: Mapping[str, View],
        sql: str,
        parameters: Mapping[str, object],
    ) -> pa.Table:
        tables = {f"fresh_{name}": v.fresh for name, v in views.items() if v.fresh is not None}
        with self._cursors.lent(tables) as cursor, interruptible(cursor):
            named = ", ".join(f"{name} AS ({view.sql})" for name, view in views.items())
            asked = sql
            if named:
                begins = _BEGINS_WITH.match(sql)
                if begins:
                    again = begins.group(1) or ""
                    asked = f"WITH {again}{named}, {sql[begins.end() :]}"
                else:
                    asked = f"WITH {named} {sql}"
            return cursor.sql(asked, params=dict(parameters) or None).to_arrow_table()

    def _why(self, files: Collection[Path], error: duckdb.Error) -> BadInput:
        """A damaged file, or else a wrong query."""
        bad = damaged(files)
        if bad is not None:
            return BadInput("journal", bad, "damaged: it is no Parquet file any more")
        return BadInput("sql", "query", str(error).splitlines()[0])

    def _again(self) -> None:
        self._looks.again()

    def _stands(self, snapshot: Snapshot, events: bool) -> bool:
        """Whether what was read beside ``snapshot`` goes with it."""
        if self._looks.stands(snapshot):
            return True
        # Roll-ups alone always do: of days that were counted anew none is read from files.
        forgotten = snapshot.manifest.forgotten
        return not events and read_manifest(self.folder).forgotten == forgotten

    def _day(self, day: date, classes: Collection[DataClass]) -> pa.Table:
        tables = DayTables(self.folder, SCHEMA.names, keep_days=0)  # each is read once
        for _ in range(_TRIES):
            snapshot = self._looks.last()  # once for all days that are read one after the other
            segments = [s for s in snapshot.manifest.segments if s.data in classes]
            try:
                return tables.of(day, segments, snapshot.fresh)
            except FileNotFoundError:
                # What was fresh stays in the newer fresh part or is in a segment now: never both.
                self._again()
        raise BadInput("journal", self.folder, CHANGING)


def _classes(types: Collection[str] | None) -> set[DataClass]:
    return {EVENT_CLASSES[name] for name in types or EVENT_CLASSES if name in EVENT_CLASSES}


def _within(day: date, since: datetime | None, until: datetime | None) -> bool:
    first = date.min if since is None else utc_days(since, since + timedelta(microseconds=1))[0]
    if until is None:
        return day >= first
    until = until.astimezone(UTC)  # as in span_of
    last = utc_days(until - timedelta(microseconds=1), until)[0]
    return first <= day <= last
