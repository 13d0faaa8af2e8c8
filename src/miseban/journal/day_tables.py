"""All events of a day (UTC) as one table: what its segments hold, and what is fresh."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from miseban.journal.events_table import SCHEMA, TRAIL, VISIT_ENDED
from miseban.journal.manifest import Segment
from miseban.journal.packed import Packed
from miseban.journal.segments import (
    SCHEMAS,
    TRAILS,
    fitted,
    read_segment,
    read_trails,
    widened,
)
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.events import EVENT_CLASSES

_Kept = tuple[tuple[Segment, ...], Packed]
_KEPT_DAYS = 4


class Unreadable(BadInput):
    """A segment that is damaged."""


class DayTables:
    """Tables of ``columns`` by day. Those of the last few days asked for are kept, packed, but for
    the newest: that one grows until it is over, and what a hub keeps must not grow with it."""

    def __init__(self, folder: Path, columns: Sequence[str], keep_days: int = _KEPT_DAYS) -> None:
        self._folder, self._keep_days = folder, keep_days
        self._schema = pa.schema([SCHEMA.field(name) for name in columns])
        self._last_trails: _Kept | None = None
        self._kept: OrderedDict[date, _Kept] = OrderedDict()

    def of(self, day: date, segments: Sequence[Segment], fresh: pa.Table | None = None) -> pa.Table:
        """Every event of ``day`` in ``segments`` (of any days), and of ``fresh`` (``SCHEMA``).

        Raises ``FileNotFoundError`` when another segment took the place of one; ``Unreadable``
        (``journal``) when one is damaged."""
        own = tuple(segment for segment in segments if segment.day == day)
        kept, packed = self._kept.get(day, (None, None))
        if packed is None or kept != own:
            self._kept.pop(day, None)  # of other segments: a day that grows is kept once
            parts = [self._read(segment, self._schema) for segment in own]
            table = pa.concat_tables(parts) if parts else self._schema.empty_table()
            if self._keep_days and _is_over(day, segments):
                self._kept[day] = own, Packed(table)
                while len(self._kept) > self._keep_days:
                    self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(day)
            table = packed.table()
        return table if fresh is None else _with_fresh(table, day, fresh)

    def trails(
        self, day: date, segments: Sequence[Segment], fresh: pa.Table | None = None
    ) -> pa.Table:
        """The trails (``TRAILS``) of the visits that ended on ``day``. Raises as ``of``."""
        data = EVENT_CLASSES[VISIT_ENDED]
        own = tuple(segment for segment in segments if segment.day == day and segment.data == data)
        if self._last_trails is None or self._last_trails[0] != own:
            parts = [_readable(read_trails, self._folder / segment.path) for segment in own]
            table = pa.concat_tables(parts) if parts else TRAILS.empty_table()
            self._last_trails = (own, Packed(table)) if _is_over(day, segments) else None
        else:
            table = self._last_trails[1].table()
        if fresh is None:
            return table
        visits = fresh.filter(pc.equal(fresh["type"], VISIT_ENDED))
        return _with_fresh(table, day, visits)

    def _read(self, segment: Segment, schema: pa.Schema) -> pa.Table:
        there = [name for name in SCHEMAS[segment.data].names if name in schema.names]
        table = _readable(lambda path: read_segment(path, there), self._folder / segment.path)
        if any(name in schema.names for name in TRAIL):
            return widened(table).select(schema.names)
        return fitted(table, schema)  # no column is made that nobody asked for


def _readable(read: Callable[[Path], pa.Table], path: Path) -> pa.Table:
    try:
        return read(path)
    except Failed as error:
        raise Unreadable("journal", path, error.what) from None


def _is_over(day: date, segments: Sequence[Segment]) -> bool:
    return any(segment.day > day for segment in segments)


def _with_fresh(table: pa.Table, day: date, fresh: pa.Table) -> pa.Table:
    if not len(fresh):
        return table
    that_day = pc.equal(fresh["time"].cast(pa.date32()), pa.scalar(day, pa.date32()))
    return pa.concat_tables([table, fresh.filter(that_day).select(table.column_names)])


class DaysOf:
    """Days and trails as roll-ups ask for them (``rollups.update.Source``). A segment that is not
    there is damage where what counts still ``stands``."""

    def __init__(
        self,
        tables: DayTables,
        segments: Sequence[Segment],
        fresh: pa.Table | None = None,
        *,
        stands: Callable[[], bool],
    ) -> None:
        self._tables, self._segments, self._fresh = tables, segments, fresh
        self._stands = stands

    def day(self, day: date) -> pa.Table:
        return self._read(self._tables.of, day)

    def trails(self, day: date) -> pa.Table:
        return self._read(self._tables.trails, day)

    def _read(self, of: Callable[..., pa.Table], day: date) -> pa.Table:
        try:
            return of(day, self._segments, self._fresh)
        except FileNotFoundError as error:
            if not self._stands():
                raise
            what = "a segment that is not there"
            raise Unreadable("journal", error.filename, what) from None
