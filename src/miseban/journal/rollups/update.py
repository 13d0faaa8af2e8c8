"""Roll-ups follow the events: those of the days that changed are counted again.

What rests on events that have been forgotten is never counted again: there is nothing left to
count, and none is not what it was. Such rows stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from miseban.journal.apart import Caller, here
from miseban.journal.day_tables import Unreadable
from miseban.journal.disk import Disk, RealDisk
from miseban.journal.events_table import VISIT_ENDED
from miseban.journal.rollups.counting import COUNTED, DayRows, count_relevant
from miseban.journal.rollups.days import ShopDay, shop_day, utc_days
from miseban.journal.rollups.files import replace_days, rows_of_day
from miseban.journal.rollups.relevant import digest, narrowed, of_day
from miseban.journal.rollups.rows import LEVELS, SORTED_BY, rests_on, rows_where
from miseban.journal.rollups.touched import touched
from miseban.vocabulary.events import DataClass


class Source(Protocol):
    """Where events come from."""

    def day(self, day: date) -> pa.Table:
        """All of a day of UTC: ``window.COLUMNS``. Raises ``Unreadable``."""

    def trails(self, day: date) -> pa.Table:
        """``id``, ``t``, ``x``, ``y`` of visits that ended on a day of UTC. Raises as ``day``."""


_ONE_DAY = timedelta(days=1)
_COUNTED_THEN = ("line", "queue", "shelf", "receipt", "alert")
"""Whose rows have ``n`` from events of the same day."""
_FEW = 2
"""Today, and yesterday or tomorrow: a hub counts no others but what comes in late."""
_MANY_DAYS = 40
"""So many days are counted before they are written."""


def update(
    folder: Path,
    changed: Iterable[date],
    source: Source,
    *,
    timezone: str,
    forgotten: Mapping[DataClass, datetime],
    disk: Disk | None = None,
    rest: Callable[[], None] = lambda: None,
    call: Caller = here,
) -> set[date]:
    """Counts again the days of the shop that the events of the days of UTC in ``changed`` tell of,
    and writes them. Those that hang on events that cannot be read stay as they are: returned are
    the days of UTC for which ``update`` must be called again.

    Does nothing to other days, and gives the same files when it is done twice. ``forgotten`` says
    from when on the events of each class are kept; ``rest`` is called between days. Few days are
    counted by ``call``, all before the first rest, and ``source`` has to be one that can be
    pickled. Raises ``OSError`` when the disk does: then some days are as they were, and ``update``
    must be called again; ``Damaged``: ``repair`` first.
    """
    disk, changed, waiting = disk or RealDisk(), set(changed), set[date]()
    done: dict[date, DayRows] = {}
    days = touched(changed, timezone)
    found: Iterable[tuple[date, DayRows]]
    if len(changed) <= _FEW:
        found, waiting = call(_whole, folder, days, source, timezone, forgotten)
    else:
        found = recounted(
            folder, days, source, timezone=timezone, forgotten=forgotten, waiting=waiting
        )
    for day, rows in found:
        done[day] = rows
        rest()
        if len(done) >= _MANY_DAYS:
            write(disk, folder, done)
            done = {}
    write(disk, folder, done)
    left = {day for day in changed if not waiting.isdisjoint(touched([day], timezone))}
    return left | (waiting - touched(left, timezone))


def _whole(
    folder: Path,
    days: Collection[date],
    source: Source,
    timezone: str,
    forgotten: Mapping[DataClass, datetime],
) -> tuple[list[tuple[date, DayRows]], set[date]]:
    """As ``recounted``, and what it put into ``waiting``."""
    waiting = set[date]()
    found = recounted(folder, days, source, timezone=timezone, forgotten=forgotten, waiting=waiting)
    return list(found), waiting


def recounted(
    folder: Path,
    days: Collection[date],
    source: Source,
    *,
    timezone: str,
    forgotten: Mapping[DataClass, datetime],
    waiting: set[date] | None = None,
    damaged: Collection[Path] = (),
) -> Iterator[tuple[date, DayRows]]:
    """The rows of ``days`` of the shop, in order, and of those after them that begin otherwise now;
    days that were counted already of the same events are left out, and so are those whose events
    cannot be read, which are put into ``waiting``. With ``damaged`` files, which say nothing, none
    is left out as counted already. Nothing is written."""
    todo = set(days)
    loaded = _Loaded(source, many=len(todo) > _FEW)
    last: tuple[date, pa.Table] | None = None
    for day in _in_order(todo):
        yesterday = day - _ONE_DAY
        if last is not None and last[0] == yesterday:
            before = last[1]
        else:
            before = _closing(rows_of_day(folder, "day", yesterday, damaged))
        old = rows_of_day(folder, "day", day, damaged)
        try:
            rows = _count(folder, day, loaded, before, old, timezone, forgotten, damaged)
        except Unreadable:
            rows = None
            if waiting is not None:
                waiting.add(day)
        if rows is None:
            last = day, _closing(old)
            continue
        if not _same(_closing(old), rows.closing):
            todo.add(day + _ONE_DAY)
        last = day, rows.closing
        yield day, rows


def counted_on(folder: Path, day: date) -> bool:
    """Whether the roll-ups of ``day`` tell that something was counted on the day itself. Where only
    people in zones were, they do not: such a period may have ended after midnight."""
    rows = rows_of_day(folder, "day", day)
    told = pc.is_in(rows["what"], pa.array(_COUNTED_THEN))
    return bool(pc.any(pc.and_(told, pc.greater(rows["n"], 0))).as_py())


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
    """Events of days of UTC, one day after the other: three whole days of a supermarket, beside the
    tenth of them that is needed, took as much memory as the rest of a hub. Where ``many`` days are
    counted, those are kept that the next one needs too."""

    def __init__(self, source: Source, *, many: bool) -> None:
        self._source, self._many, self._days = source, many, dict[date, pa.Table]()

    def relevant(self, day: ShopDay, start: datetime, end: datetime) -> pa.Table:
        """As ``relevant.of_day`` gives them, of all the days of UTC that share some time with
        these."""
        days = utc_days(start, end)
        self._days = {day: self._days[day] for day in days if day in self._days}
        return of_day(day, pa.concat_tables([narrowed(day, self._day(one)) for one in days]))

    def _day(self, day: date) -> pa.Table:
        found = self._days.get(day)
        if found is None:
            found = self._source.day(day)
            if self._many:
                self._days[day] = found
        return found

    def trails(self, events: pa.Table, start: datetime) -> Iterator[pa.Table]:
        """Of visits among ``events`` that ended from ``start`` on, a day of UTC at a time: half of
        what a day takes."""
        since = pa.scalar(start, events["time"].type)
        ended = pc.and_(
            pc.equal(events["type"], VISIT_ENDED), pc.greater_equal(events["time"], since)
        )
        visits = events.filter(ended)
        days = pc.unique(visits["time"].cast(pa.date32())).to_pylist()
        for day in sorted(days):
            yield self._source.trails(day)


def _count(
    folder: Path,
    date_: date,
    loaded: _Loaded,
    before: pa.Table,
    old: pa.Table,
    timezone: str,
    forgotten: Mapping[DataClass, datetime],
    damaged: Collection[Path],
) -> DayRows | None:
    """None where the day has been counted already, of the same events, and nothing is damaged."""
    day, start, end = around(date_, timezone)
    events = loaded.relevant(day, start, end)
    made_of = digest(events, before)
    mark = old["detail"].filter(pc.equal(old["what"], COUNTED)).to_pylist()
    if mark == [made_of] and not damaged:
        return None
    counted = count_relevant(day, events, loaded.trails(events, day.start), before)
    frozen = frozen_classes(day, forgotten)
    if frozen:
        levels = {
            level: _with_old(counted.at(level), rows_of_day(folder, level, date_, damaged), frozen)
            for level in LEVELS
        }
        counted = DayRows(levels["minute"], levels["hour"], levels["day"])
    if not len(counted.day):
        return counted
    return counted.with_mark(day, made_of)


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


def write(
    disk: Disk, folder: Path, done: Mapping[date, DayRows], damaged: Collection[Path] = ()
) -> None:
    """Durably, file by file. ``damaged`` files hold only what is ``done`` afterwards."""
    for level in LEVELS:
        days = {day: rows.at(level) for day, rows in done.items()}
        replace_days(disk, folder, level, days, damaged)
