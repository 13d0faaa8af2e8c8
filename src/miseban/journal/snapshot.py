"""What a journal holds at one moment, for somebody who does not write it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from miseban.journal.day_tables import DaysOf, DayTables
from miseban.journal.disk import Disk
from miseban.journal.fresh import FreshLog
from miseban.journal.manifest import FILE, Manifest, read_manifest
from miseban.journal.packed import Packed
from miseban.journal.rollups.counting import DayRows
from miseban.journal.rollups.rows import LEVELS, ROW, Level
from miseban.journal.rollups.touched import touched, touched_by
from miseban.journal.rollups.update import counted_on, recounted
from miseban.journal.rollups.window import COLUMNS
from miseban.journal.segments import read_segment
from miseban.vocabulary.errors import BadInput

_TRIES = 50
Stamp = tuple[int, int, int]
NO_FILE: Stamp = (0, 0, 0)
CHANGING = "its files change faster than they can be read"
_ONE_DAY = timedelta(days=1)
AT_ONCE = 4
"""Today, yesterday, and the days beside them. A camera that was cut off for weeks tells of a dozen
days at once: to count them takes several seconds of a core, with each look until the compaction."""


class PackedRows:
    """The rows of a day, each level packed: those of minutes are more with every minute."""

    def __init__(self, rows: DayRows) -> None:
        self._levels = {level: Packed(rows.at(level)) for level in LEVELS if len(rows.at(level))}

    def at(self, level: Level) -> pa.Table:
        found = self._levels.get(level)
        return ROW.empty_table() if found is None else found.table()


@dataclass(frozen=True)
class Snapshot:
    """``manifest``, which is ``journal.json`` with that ``stamp``, says which segments count;
    ``fresh`` are the events behind them (``SCHEMA``); ``recounted`` are the rows of days whose
    files do not tell of all events yet."""

    manifest: Manifest
    stamp: Stamp
    fresh: pa.Table
    recounted: dict[date, PackedRows]
    found: dict[str, datetime | None] = field(default_factory=dict)
    """What was worked out of it once."""

    def rows(self, level: Level, days: Collection[date]) -> pa.Table:
        """Those rows of these ``days``."""
        tables = [self.recounted[day].at(level) for day in days]
        return pa.concat_tables(tables) if tables else ROW.empty_table()


class Looking:
    """Takes snapshots of the journal in ``folder``, each from what the last one left. Where
    ``late_waits``, only the newest days of those that are told of are counted anew: the others are
    as in their files until a compaction has counted them."""

    def __init__(self, folder: Path, disk: Disk, *, late_waits: bool = False) -> None:
        self._folder, self._late_waits = folder, late_waits
        self._log = FreshLog(disk, folder)
        self._tables = DayTables(folder, COLUMNS)
        self._last: Snapshot | None = None

    def look(self) -> Snapshot:
        """Everything that was durable when this was called. Raises ``BadInput`` (``journal``) when
        there is no journal, or a file of it is damaged, or it changes without end."""
        for _ in range(_TRIES):
            try:
                found = self._look()
            except FileNotFoundError:
                continue  # a compaction put another file in its place
            if found is not None:
                return found
        raise BadInput("journal", self._folder, CHANGING)

    def _look(self) -> Snapshot | None:
        """None where something moved meanwhile."""
        stamp, last = file_stamp(self._folder / FILE), self._last
        known = last is not None and last.stamp == stamp
        manifest = last.manifest if last is not None and known else read_manifest(self._folder)
        fresh, changed = self._log.read(manifest.first_log, manifest.shop)
        # A log goes only after another journal.json has come: with the same one, none was missed.
        if file_stamp(self._folder / FILE) != stamp:
            return None
        if last is not None and known and not changed:
            return last
        self._last = Snapshot(manifest, stamp, fresh, self._recount(manifest, stamp, fresh))
        return self._last

    def _recount(self, manifest: Manifest, stamp: Stamp, fresh: pa.Table) -> dict[date, PackedRows]:
        """Without days that hang on a segment that cannot be read: they are as in their files."""
        zone = manifest.timezone
        days = touched(manifest.stale, zone) | touched_by(fresh, zone)
        if self._late_waits:
            days = set(sorted(days)[-AT_ONCE:])
        # What is first counted on a day tells that what the evening before ended with lasted.
        days |= {day - _ONE_DAY for day in days if not counted_on(self._folder, day)}
        if not days:
            return {}
        path = self._folder / FILE
        source = DaysOf(
            self._tables, manifest.segments, fresh, stands=lambda: file_stamp(path) == stamp
        )
        found = recounted(self._folder, days, source, timezone=zone, forgotten=manifest.forgotten)
        return {day: PackedRows(rows) for day, rows in found}


def file_stamp(path: Path) -> Stamp:
    """Another one for every file that takes the place of another; zeros where there is none."""
    try:
        found = path.stat()
    except OSError:
        return NO_FILE
    return found.st_ino, found.st_mtime_ns, found.st_size


def newest(folder: Path, snapshot: Snapshot) -> datetime | None:
    """The time of the newest event. Raises ``FileNotFoundError`` when a segment was replaced."""
    if "newest" not in snapshot.found:
        snapshot.found["newest"] = _newest(folder, snapshot)
    return snapshot.found["newest"]


def _newest(folder: Path, snapshot: Snapshot) -> datetime | None:
    times = [pc.max(snapshot.fresh["time"]).as_py()] if len(snapshot.fresh) else []
    last = max((segment.day for segment in snapshot.manifest.segments), default=None)
    for segment in snapshot.manifest.segments:
        if segment.day == last:
            table = read_segment(folder / segment.path, ["time"])
            times.append(pc.max(table["time"]).as_py())
    return max(times, default=None)
