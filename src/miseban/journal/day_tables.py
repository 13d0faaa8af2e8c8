"""All events of a day (UTC) as one table: what its segments hold, and what is fresh."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from miseban.journal.events_table import SCHEMA
from miseban.journal.manifest import Segment
from miseban.journal.segments import read_segment, widened
from miseban.vocabulary.errors import BadInput, Failed

_KEPT_DAYS = 4


class DayTables:
    """Tables of ``columns`` by day; those of the last few days asked for are kept."""

    def __init__(self, folder: Path, columns: Sequence[str]) -> None:
        self._folder, self._columns = folder, columns
        self._schema = pa.schema([SCHEMA.field(name) for name in columns])
        self._kept: OrderedDict[tuple[Segment, ...], pa.Table] = OrderedDict()

    def of(self, day: date, segments: Sequence[Segment], fresh: pa.Table | None = None) -> pa.Table:
        """Every event of ``day`` in ``segments`` (of any days), and of ``fresh`` (``SCHEMA``).

        Raises ``FileNotFoundError`` when another segment took the place of one; ``BadInput``
        (``journal``) when one is damaged."""
        own = tuple(segment for segment in segments if segment.day == day)
        table = self._kept.get(own)
        if table is None:
            parts = [self._read(segment) for segment in own]
            table = pa.concat_tables(parts) if parts else self._schema.empty_table()
            self._kept[own] = table
            while len(self._kept) > _KEPT_DAYS:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(own)
        if fresh is None or not len(fresh):
            return table
        that_day = pc.equal(fresh["time"].cast(pa.date32()), pa.scalar(day, pa.date32()))
        return pa.concat_tables([table, fresh.filter(that_day).select(self._columns)])

    def _read(self, segment: Segment) -> pa.Table:
        path = self._folder / segment.path
        try:
            table = read_segment(path)
        except Failed as error:
            raise BadInput("journal", path, error.what) from None
        return widened(table).select(self._columns)


def unified(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """``table`` with the columns of ``schema``: null where it has none of that name."""
    columns = []
    for wanted in schema:
        if wanted.name in table.column_names:
            columns.append(table[wanted.name].cast(wanted.type))
        else:
            columns.append(pa.nulls(len(table), wanted.type))
    return pa.table(columns, schema=schema)
