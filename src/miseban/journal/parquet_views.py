"""What the views of a journal are in SQL: the files that count, without the days that have been
counted anew, and these instead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from miseban.journal.events_table import SCHEMA
from miseban.journal.rollups.files import days_there
from miseban.journal.rollups.rows import Level
from miseban.journal.snapshot import Snapshot

VIEWS = ("events", "minutes", "hours", "days")
_LEVELS: dict[str, Level] = {"minutes": "minute", "hours": "hour", "days": "day"}


@dataclass(frozen=True)
class View:
    """``sql`` reads ``files`` and the table ``fresh_NAME``, which is ``fresh``."""

    sql: str
    files: tuple[Path, ...]
    fresh: pa.Table


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
    paths = [path for path in days_there(folder, level) if _overlaps(path.stem, span)]
    days = ", ".join(f"DATE '{day.isoformat()}'" for day in sorted(snapshot.recounted))
    without = f" WHERE day NOT IN ({days})" if days else ""
    sql = _both(f"SELECT * FROM fresh_{name}", paths, "", without)  # noqa: S608 - our own names
    return View(sql, tuple(paths), snapshot.rows(level))


def _both(fresh: str, paths: Collection[Path], options: str, without: str = "") -> str:
    if not paths:
        return fresh
    files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    read = f"read_parquet([{files}]{options})"
    return f"{fresh} UNION ALL BY NAME SELECT * FROM {read}{without}"  # noqa: S608 - quoted


def _overlaps(stem: str, span: tuple[date, date]) -> bool:
    """``stem`` is a day or a month."""
    first, last = (day.isoformat()[: len(stem)] for day in span)
    return first <= stem <= last


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
