"""The log that is not yet compacted, read by somebody who does not write it: as a table, and only
what is new since the last look."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from miseban.journal.disk import Disk
from miseban.journal.events_table import SCHEMA
from miseban.journal.intake import Refused, read_lines
from miseban.journal.log import decode, log_numbers, parts_of, read_logs
from miseban.journal.manifest import log_path
from miseban.journal.segments import table_of, widened
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import EVENT_CLASSES, Event

NOTHING = SCHEMA.empty_table()
"""Made when this is loaded: with its first table Arrow loads pandas, for half a second."""
_BLOCK = 64_000_000
"""Bytes that must hold the longest line."""


@dataclass
class FreshLog:
    """Follows the logs of the journal in ``folder``."""

    disk: Disk
    folder: Path
    _numbers: tuple[int, ...] = ()
    _end: int = 0
    """Bytes of the newest log that have been read."""
    _tables: list[pa.Table] = field(default_factory=list)

    def read(self, first_log: int, shop: str) -> tuple[pa.Table, bool]:
        """Every event of ``shop`` in the logs from ``first_log`` on, in the order of acceptance
        (columns of ``SCHEMA``), and whether there are others than the last time. Raises ``OSError``
        when a log vanished meanwhile, ``BadInput`` when one holds what nobody accepted."""
        numbers = tuple(n for n in log_numbers(self.disk, self.folder) if n >= first_log)
        if numbers and numbers == self._numbers and self._end:
            changed = self._read_on(numbers[-1], shop)
        else:
            # Also where the newest log had not even its head: what comes next is not all parts.
            before = sum(table.num_rows for table in self._tables)
            same = numbers == self._numbers
            self._numbers, self._end, self._tables = (), 0, []
            for log in read_logs(self.disk, self.folder, first_log):
                self._take(log.number, log.content.frames, shop)
                self._end = log.content.end
            self._numbers = numbers
            changed = not same or before != sum(table.num_rows for table in self._tables)
        if len(self._tables) > 1:
            # As few large pieces: many small ones of each look leave holes when they go.
            self._tables = [pa.concat_tables(self._tables).combine_chunks()]
        return (self._tables[0] if self._tables else NOTHING), changed

    def _read_on(self, number: int, shop: str) -> bool:
        """What was added to the newest log."""
        path = log_path(self.folder, number)
        with path.open("rb") as file:
            file.seek(self._end)
            added = file.read()
        if not added:
            return False
        found = decode(added, path.name)
        changed = self._take(number, found.frames, shop)
        self._end += found.end
        return changed

    def _take(self, number: int, frames: list[bytes], shop: str) -> bool:
        where = log_path(self.folder, number)
        lines: list[bytes] = []
        for frame in frames:
            try:
                lines += [line for part in parts_of(frame) for line in part.lines]
            except ValueError as error:
                raise BadInput("journal", where, f"a log that cannot be read: {error}") from None
        if lines:
            self._tables.append(table_of_lines(lines, shop))
        return bool(lines)


def table_of_lines(lines: list[bytes], shop: str) -> pa.Table:
    """The events of ``shop`` among ``lines`` of JSON as a table (``SCHEMA``), in their order: what
    a compaction makes of them, but for trails, which it rounds."""
    block = max(_BLOCK, max(map(len, lines)) + 1)
    try:
        table = pj.read_json(
            io.BytesIO(b"\n".join(lines)),
            read_options=pj.ReadOptions(use_threads=False, block_size=min(block, 2**31 - 1)),
            parse_options=pj.ParseOptions(
                explicit_schema=SCHEMA, newlines_in_values=False, unexpected_field_behavior="ignore"
            ),
        )
    except pa.ArrowInvalid:
        # Intake takes an event that is written in another way than ours: a time as a number, say.
        return _one_by_one(lines, shop)
    return _with_defaults(table.select(SCHEMA.names))


def _one_by_one(lines: list[bytes], shop: str) -> pa.Table:
    by_type: dict[str, list[Event]] = {}
    places: dict[str, list[int]] = {}
    for at, event in enumerate(read_lines(lines, shop)):
        if not isinstance(event, Refused):
            by_type.setdefault(event.type, []).append(event)
            places.setdefault(event.type, []).append(at)
    tables = [widened(table_of(EVENT_CLASSES[name], some)) for name, some in by_type.items()]
    if not tables:
        return NOTHING
    order = np.argsort([at for of_type in places.values() for at in of_type])
    return pa.concat_tables(tables).take(pa.array(order))


def _with_defaults(table: pa.Table) -> pa.Table:
    """``table`` with what a type says of a field that an event left out."""
    types = table["type"]
    there = set(pc.unique(types).to_pylist())
    for name, by_type in _DEFAULTS.items():
        column = table[name]
        for kind in by_type.keys() & there:
            empty = pc.and_(pc.equal(types, kind), pc.is_null(column))
            column = pc.if_else(empty, pa.scalar(by_type[kind], column.type), column)
        if column is not table[name]:
            table = table.set_column(SCHEMA.get_field_index(name), SCHEMA.field(name), column)
    return table


def _defaults() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for model in get_args(get_args(Event)[0]):
        kind = get_args(model.model_fields["type"].annotation)[0]
        for name, told in model.model_fields.items():
            if name != "type" and not told.is_required() and told.default is not None:
                found.setdefault(name, {})[kind] = told.get_default(call_default_factory=True)
    return found


_DEFAULTS: Final = _defaults()
"""By field and type."""
