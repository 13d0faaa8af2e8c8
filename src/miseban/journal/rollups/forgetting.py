"""Roll-ups after single events have been forgotten: what would still tell of single people goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from miseban.journal.disk import Disk, RealDisk
from miseban.journal.rollups.days import day_at
from miseban.journal.rollups.few import without_few
from miseban.journal.rollups.files import days_in, days_there, read_rows, rollup_path, write_rows
from miseban.journal.rollups.rows import LEVELS, class_of, rows_where
from miseban.vocabulary.events import DataClass

_ONE_DAY = timedelta(days=1)


def forget(
    folder: Path,
    data: DataClass,
    before: datetime,
    *,
    timezone: str,
    since: datetime | None = None,
    disk: Disk | None = None,
    rest: Callable[[], None] = lambda: None,
) -> None:
    """Roll-ups after all events of class ``data`` from before ``before`` were forgotten, on the
    days that are wholly before it. ``update`` must have been called since the last of these came.
    Up to ``since`` this was done before: files that have no later day are not looked at again, so
    that a night of a year-old shop costs no more than one of a new one. ``rest`` is called between
    files.

    Of ``count`` nothing stays. Of what tells of people one by one (``trajectory``, ``assist``) the
    minutes go, and the durations and places of fewer than ``few.FEW``; how many they were stays.
    What cameras saw stays for as long as what was counted. Raises ``OSError``, ``BadInput``.
    """
    disk = disk or RealDisk()
    last = day_at(before, timezone) - _ONE_DAY
    done = None if since is None else day_at(since, timezone) - _ONE_DAY
    if data not in ("count", "trajectory", "assist"):
        return
    for level in LEVELS:
        for path in days_there(folder, level):
            days = days_in(path)
            if days[0] > last or (done is not None and days[-1] <= done):
                continue
            rest()
            rows = read_rows(path)
            if not len(rows):
                continue
            old = pc.less_equal(rows["day"], pa.scalar(last, pa.date32()))
            if data != "count":
                old = pc.and_(
                    old, rows_where(rows, lambda what, detail: class_of(what, detail) == data)
                )
            if not pc.any(old).as_py():
                continue
            kept = rows.filter(pc.invert(old))
            if data != "count" and level != "minute":
                first = pc.min(rows["day"]).as_py()
                hours = read_rows(rollup_path(folder, "hour", first)) if level == "day" else None
                kept = without_few(rows, old, hours)
            if not kept.equals(rows):
                write_rows(disk, path, kept)
