"""What a journal holds at one moment, for somebody who does not write it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from miseban.journal.day_tables import DayTables
from miseban.journal.disk import Disk
from miseban.journal.fresh import FreshLog
from miseban.journal.manifest import Manifest, read_manifest
from miseban.journal.rollups.counting import DayRows
from miseban.journal.rollups.files import rollup_path
from miseban.journal.rollups.rows import ROW, Level
from miseban.journal.rollups.touched import touched, touched_by
from miseban.journal.rollups.update import recounted
from miseban.journal.rollups.window import COLUMNS
from miseban.journal.segments import read_segment

_TRIES = 20
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Snapshot:
    """``manifest`` says which segments count; ``fresh`` are the events behind them (``SCHEMA``);
    ``recounted`` are the rows of days whose files do not tell of all events yet."""

    manifest: Manifest
    fresh: pa.Table
    recounted: dict[date, DayRows]

    def rows(self, level: Level) -> pa.Table:
        """Those rows of all these days."""
        tables = [rows.at(level) for rows in self.recounted.values()]
        return pa.concat_tables(tables) if tables else ROW.empty_table()


class Looking:
    """Takes snapshots of the journal in ``folder``, each from what the last one left."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder = folder
        self._log = FreshLog(disk, folder)
        self._tables = DayTables(folder, COLUMNS)
        self._last: Snapshot | None = None
        self._content = b""

    def look(self) -> Snapshot:
        """Everything that was durable when this was called. Raises ``BadInput`` (``journal``) when
        there is no journal, or a file of it is damaged."""
        for _ in range(_TRIES):
            try:
                return self._look()
            except FileNotFoundError:
                continue  # a compaction put another file in its place
        return self._look()

    def _look(self) -> Snapshot:
        content = _content(self._folder)
        manifest = read_manifest(self._folder, content)
        fresh, changed = self._log.read(manifest.first_log)
        if self._last is not None and not changed and content == self._content:
            return self._last
        rows = self._recount(manifest, fresh)
        self._last, self._content = Snapshot(manifest, fresh, rows), content or b""
        return self._last

    def _recount(self, manifest: Manifest, fresh: pa.Table) -> dict[date, DayRows]:
        zone = manifest.timezone
        days = touched(manifest.stale, zone) | touched_by(fresh, zone)
        # The first event of a day tells that what the evening before ended with lasted.
        days |= {
            day - _ONE_DAY for day in days if not rollup_path(self._folder, "minute", day).exists()
        }

        def load(day: date) -> pa.Table:
            return self._tables.of(day, manifest.segments, fresh)

        if not days:
            return {}
        found = recounted(self._folder, days, load, timezone=zone, forgotten=manifest.forgotten)
        return dict(found)


def _content(folder: Path) -> bytes | None:
    """Of ``journal.json``; None where it cannot be read."""
    try:
        return (folder / "journal.json").read_bytes()
    except OSError:
        return None


def newest(folder: Path, snapshot: Snapshot) -> datetime | None:
    """The time of the newest event. Raises ``FileNotFoundError`` when a segment was replaced."""
    times = [pc.max(snapshot.fresh["time"]).as_py()] if len(snapshot.fresh) else []
    last = max((segment.day for segment in snapshot.manifest.segments), default=None)
    for segment in snapshot.manifest.segments:
        if segment.day == last:
            table = read_segment(folder / segment.path, ["time"])
            times.append(pc.max(table["time"]).as_py())
    return max(times, default=None)
