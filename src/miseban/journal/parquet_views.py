"""What the views of a journal are in SQL: the files that count, without the days that have been
counted anew, and these instead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from miseban.journal.events_table import SCHEMA
from miseban.journal.rollups.days import day_at
from miseban.journal.rollups.files import days_there
from miseban.journal.rollups.rows import Level
from miseban.journal.snapshot import Snapshot

VIEWS = ("events", "minutes", "hours", "days")
_MOMENT = timedelta(microseconds=1)
_LEVELS: dict[str, Level] = {"minutes": "minute", "hours": "hour", "days": "day"}


@dataclass(frozen=True)
class View:
    """``sql`` reads ``files``, and the table ``fresh_NAME`` where there is a ``fresh`` one."""

    sql: str
    files: tuple[Path, ...]
    fresh: pa.Table | None


def view_sql(folder: Path, snapshot: Snapshot, name: str, span: tuple[date, date]) -> View:
    """The view ``name`` from the first to the last day of ``span``."""
    if name == "events":
        segments = snapshot.manifest.segments
        paths = [folder / s.path for s in segments if span[0] <= s.day <= span[1]]
        columns = ", ".join(f'"{column}"' for column in SCHEMA.names)
        # The empty or fresh table comes first: it has every column, and its types hold.
        sql = _both(f"SELECT {columns} FROM fresh_events", paths, ", union_by_name = true")  # noqa: S608 - our own names
        return View(sql, tuple(paths), snapshot.fresh)
    level = _LEVELS[name]
    paths = days_there(folder, level, span)
    recounted = [day for day in sorted(snapshot.recounted) if span[0] <= day <= span[1]]
    if not recounted and paths:
        # Most questions are of days that are over; another table beside them costs as much.
        return View(f"SELECT * FROM {_read(paths, '')}", tuple(paths), None)  # noqa: S608 - quoted
    days = ", ".join(f"DATE '{day.isoformat()}'" for day in recounted)
    without = f" WHERE day NOT IN ({days})" if days else ""
    sql = _both(f"SELECT * FROM fresh_{name}", paths, "", without)  # noqa: S608 - our own names
    return View(sql, tuple(paths), snapshot.rows(level, recounted))


def span_of(
    snapshot: Snapshot, name: str, since: datetime | None, until: datetime | None
) -> tuple[date, date]:
    """The first and last day of which the view ``name`` may have rows of that time: roll-ups are of
    days of the shop's clock, events of those of UTC, which begin and end up to a day beside."""
    zone = snapshot.manifest.timezone
    beside = timedelta(days=1 if name == "events" else 0)
    first = date.min if since is None else day_at(since, zone) - beside
    # In UTC: elsewhere of an hour that comes twice, what is taken off makes the first of it.
    last = date.max if until is None else day_at(until.astimezone(UTC) - _MOMENT, zone) + beside
    return first, last


def _both(fresh: str, paths: Collection[Path], options: str, without: str = "") -> str:
    if not paths:
        return fresh
    return f"{fresh} UNION ALL BY NAME SELECT * FROM {_read(paths, options)}{without}"  # noqa: S608 - quoted


def _read(paths: Collection[Path], options: str) -> str:
    files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{files}]{options})"


def damaged(files: Collection[Path]) -> Path | None:
    """The first of the files that is no Parquet file any more."""
    for path in files:
        try:
            with path.open("rb") as file:
                for batch in pq.ParquetFile(file).iter_batches():
                    batch.validate()
        except FileNotFoundError:
            continue
        except (OSError, pa.ArrowException):
            return path
    return None
