"""Roll-ups follow the events: those of the days that changed are counted again.

What rests on events that have been forgotten is never counted again: there is nothing left to
count, and none is not what it was. Such rows stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from miseban.journal.disk import Disk, RealDisk
from miseban.journal.rollups.counting import DayRows, count_day
from miseban.journal.rollups.days import ShopDay, shop_day, utc_days
from miseban.journal.rollups.files import replace_days, rows_of_day
from miseban.journal.rollups.rows import LEVELS, SORTED_BY, rests_on, rows_where
from miseban.journal.rollups.touched import touched
from miseban.vocabulary.events import DataClass

Load = Callable[[date], pa.Table]
"""All events of a day of UTC: ``window.COLUMNS``."""

_ONE_DAY = timedelta(days=1)
_MANY_DAYS = 40
"""So many days are counted before they are written."""


def update(
    folder: Path,
    changed: Iterable[date],
    load: Load,
    *,
    timezone: str,
    forgotten: Mapping[DataClass, datetime],
    disk: Disk | None = None,
) -> None:
    """Counts again the days of the shop that the events of the days of UTC in ``changed`` tell of,
    and writes them.

    Does nothing to other days, and gives the same files when it is done twice. ``forgotten`` says
    from when on the events of each class are kept. Raises ``OSError`` when the disk does: then some
    days are as they were, and ``update`` must be called again; ``BadInput`` for a damaged file.
    """
    disk = disk or RealDisk()
    done: dict[date, DayRows] = {}
    for day, rows in recounted(
        folder, touched(changed, timezone), load, timezone=timezone, forgotten=forgotten
    ):
        done[day] = rows
        if len(done) >= _MANY_DAYS:
            _write(disk, folder, done)
            done = {}
    _write(disk, folder, done)


def recounted(
    folder: Path,
    days: Collection[date],
    load: Load,
    *,
    timezone: str,
    forgotten: Mapping[DataClass, datetime],
) -> Iterator[tuple[date, DayRows]]:
    """The rows of ``days`` of the shop, in order, and of those after them that begin otherwise now.
    Nothing is written."""
    todo = set(days)
    loaded = _Loaded(load)
    last: tuple[date, DayRows] | None = None
    for day in _in_order(todo):
        yesterday = day - _ONE_DAY
        if last is not None and last[0] == yesterday:
            before = last[1].closing
        else:
            before = _closing(rows_of_day(folder, "day", yesterday))
        rows = _count(folder, day, loaded, before, timezone, forgotten)
        if not _same(_closing(rows_of_day(folder, "day", day)), rows.closing):
            todo.add(day + _ONE_DAY)
        last = day, rows
        yield last


def _in_order(todo: set[date]) -> Iterator[date]:
    """The days of ``todo`` in order, also those that are added behind while it runs."""
    last = date.min
    while later := [day for day in todo if day > last]:
        last = min(later)
        yield last


def around(day: date, timezone: str) -> tuple[ShopDay, datetime, datetime]:
    """The day, and from when to when events tell of it."""
    return (
        shop_day(day, timezone),
        shop_day(day - _ONE_DAY, timezone).start,
        shop_day(day + _ONE_DAY, timezone).end,
    )


def frozen_classes(day: ShopDay, forgotten: Mapping[DataClass, datetime]) -> frozenset[DataClass]:
    """Classes of which events of the day have been forgotten, in part or all."""
    return frozenset(data for data, before in forgotten.items() if day.start < before)


class _Loaded:
    """The few days of events that are needed next to each other."""

    def __init__(self, load: Load) -> None:
        self._load, self._days = load, dict[date, pa.Table]()

    def between(self, start: datetime, end: datetime) -> pa.Table:
        days = utc_days(start, end)
        self._days = {day: self._days[day] for day in days if day in self._days}
        for day in days:
            if day not in self._days:
                self._days[day] = self._load(day)
        whole = pa.concat_tables([self._days[day] for day in days])
        time = whole["time"]
        kind = time.type
        inside = pc.and_(
            pc.greater_equal(time, pa.scalar(start, kind)), pc.less(time, pa.scalar(end, kind))
        )
        return whole.filter(inside)


def _count(
    folder: Path,
    date_: date,
    loaded: _Loaded,
    before: pa.Table,
    timezone: str,
    forgotten: Mapping[DataClass, datetime],
) -> DayRows:
    day, start, end = around(date_, timezone)
    frozen = frozen_classes(day, forgotten)
    counted = count_day(day, loaded.between(start, end), before)
    if not frozen:
        return counted
    levels = {
        level: _with_old(counted.at(level), rows_of_day(folder, level, date_), frozen)
        for level in LEVELS
    }
    return DayRows(levels["minute"], levels["hour"], levels["day"])


def _with_old(new: pa.Table, old: pa.Table, frozen: frozenset[DataClass]) -> pa.Table:
    """The rows of ``new``, but those that rest on ``frozen`` classes as they are in ``old``."""

    def stands(what: str, detail: str) -> bool:
        return bool(rests_on(what, detail) & frozen)

    kept = old.filter(rows_where(old, stands))
    rows = pa.concat_tables([new.filter(pc.invert(rows_where(new, stands))), kept])
    return rows.sort_by([(name, "ascending") for name in SORTED_BY])


def _closing(rows: pa.Table) -> pa.Table:
    return rows.filter(pc.equal(rows["what"], "closing"))


def _same(old: pa.Table, new: pa.Table) -> bool:
    columns = ["place", "detail", "total"]
    return bool(old.select(columns).equals(new.select(columns)))


def _write(disk: Disk, folder: Path, done: Mapping[date, DayRows]) -> None:
    for level in LEVELS:
        replace_days(disk, folder, level, {day: rows.at(level) for day, rows in done.items()})
