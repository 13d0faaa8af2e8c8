"""Where roll-ups lie: ``rollups/minute/2026-04-07.parquet`` of a day,
``rollups/hour/2026-04.parquet`` and ``rollups/day/2026-04.parquet`` of a month, all of the shop's
clock."""

from __future__ import annotations

import io
import os
from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from miseban.journal.disk import Disk, write_durably
from miseban.journal.manifest import ROLLUPS
from miseban.journal.rollups.rows import LEVELS, ROW, SORTED_BY, Level
from miseban.vocabulary.errors import BadInput

_ENDING = ".parquet"
_ROWS_TOGETHER = 20_000
"""Of a row group: rows are sorted by what they are, so that a question reads few groups."""
_BY_DAY = ["what", "day", "place", "detail", "start"]
"""Hours are asked of a day or a few of their month, of all places of a kind at once; days are asked
of all of it, and what stands beside its like takes half the room."""


class Damaged(BadInput):
    """A file of roll-ups that cannot be read: ``path``."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__("journal", path, f"expected a roll-up in Parquet: {why}")
        self.path, self._why = path, why

    def __reduce__(self) -> tuple[type[Damaged], tuple[Path, str]]:
        return Damaged, (self.path, self._why)


def rollup_path(folder: Path, level: Level, day: date) -> Path:
    """The file that has that day's rows, in the journal's ``folder``."""
    name = day.isoformat() if level == "minute" else day.isoformat()[:7]
    return folder / ROLLUPS / level / f"{name}.parquet"


def read_rows(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of a file (``columns`` of them: all); none where there is no such file. Raises
    ``Damaged`` (``journal``) when it is."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        none = ROW.empty_table()
        return none if columns is None else none.select(columns)
    try:
        return pq.read_table(io.BytesIO(data), schema=ROW, columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise Damaged(path, str(error)) from None


def write_rows(disk: Disk, path: Path, rows: pa.Table) -> None:
    """The whole file, durably; an empty one is removed."""
    if not len(rows):
        disk.unlink(path)
        return
    disk.make_folder(path.parent)
    buffer = io.BytesIO()
    pq.write_table(
        rows,
        buffer,
        compression="zstd",
        row_group_size=_ROWS_TOGETHER,
        column_encoding=None,
        use_dictionary=["start", "day", "what", "place", "detail", "covered_s", "n"],
    )
    write_durably(disk, path, buffer.getvalue())


def replace_days(
    disk: Disk,
    folder: Path,
    level: Level,
    rows: Mapping[date, pa.Table],
    damaged: Collection[Path] = (),
) -> None:
    """``rows`` stand for these days instead of what is there; for all days of ``damaged`` files."""
    by_file: dict[Path, list[date]] = {}
    for day in rows:
        by_file.setdefault(rollup_path(folder, level, day), []).append(day)
    for path, days in by_file.items():
        old = ROW.empty_table() if path in damaged else read_rows(path)
        kept = old.filter(pc.invert(pc.is_in(old["day"], pa.array(days, pa.date32()))))
        whole = pa.concat_tables([kept, *(rows[day] for day in days)])
        order = _BY_DAY if level == "hour" else SORTED_BY
        write_rows(disk, path, whole.sort_by([(name, "ascending") for name in order]))


def rows_of_day(folder: Path, level: Level, day: date, damaged: Collection[Path] = ()) -> pa.Table:
    """What stands of a day; nothing where that is in one of the ``damaged`` files."""
    path = rollup_path(folder, level, day)
    if path in damaged:
        return ROW.empty_table()
    rows = read_rows(path)
    return rows.filter(pc.equal(rows["day"], pa.scalar(day, pa.date32())))


def days_in(path: Path) -> list[date]:
    """The days that a file has rows of, by its name: one, or those of a month."""
    if len(path.stem) > len("2026-04"):
        return [date.fromisoformat(path.stem)]
    first = date.fromisoformat(f"{path.stem}-01")
    return [first + timedelta(days=i) for i in range(monthrange(first.year, first.month)[1])]


def days_there(
    folder: Path, level: Level, span: tuple[date, date] = (date.min, date.max)
) -> list[Path]:
    """The files of a level that have days from the first to the last of ``span``, in order of
    time."""
    where = folder / ROLLUPS / level
    first, last = (day.isoformat() for day in span)
    try:
        with os.scandir(where) as there:
            names = sorted(one.name for one in there if one.name.endswith(_ENDING))
    except FileNotFoundError:
        return []
    # By names, which are quick to compare: of minutes there is a file for every day of a year.
    stems = (name[: -len(_ENDING)] for name in names)
    return [
        where / f"{stem}{_ENDING}"
        for stem in stems
        if first[: len(stem)] <= stem <= last[: len(stem)]
    ]


__all__ = [
    "LEVELS", "Damaged", "days_in", "days_there", "read_rows", "replace_days", "rollup_path",
    "rows_of_day", "write_rows",
]  # fmt: skip
