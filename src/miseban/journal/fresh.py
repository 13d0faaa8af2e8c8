"""The log that is not yet compacted, read by somebody who does not write it: as a table, and only
what is new since the last look."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.json as pj

from miseban.journal.disk import Disk
from miseban.journal.events_table import SCHEMA
from miseban.journal.log import decode, log_numbers, parts_of, read_logs
from miseban.journal.manifest import log_path
from miseban.vocabulary.errors import BadInput

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

    def read(self, first_log: int) -> tuple[pa.Table, bool]:
        """Every event of the logs from ``first_log`` on, in the order of acceptance (columns of
        ``SCHEMA``), and whether there are others than the last time. Raises ``OSError`` when a log
        vanished meanwhile, ``BadInput`` when one holds what is no event."""
        numbers = tuple(n for n in log_numbers(self.disk, self.folder) if n >= first_log)
        if numbers and numbers == self._numbers:
            changed = self._read_on(numbers[-1])
        else:
            changed = numbers != self._numbers
            self._numbers, self._end, self._tables = (), 0, []
            for log in read_logs(self.disk, self.folder, first_log):
                self._take(log.number, log.content.frames)
                self._end = log.content.end
            self._numbers = numbers
        if len(self._tables) > 1:
            self._tables = [pa.concat_tables(self._tables)]
        return (self._tables[0] if self._tables else NOTHING), changed

    def _read_on(self, number: int) -> bool:
        """What was added to the newest log."""
        path = log_path(self.folder, number)
        with path.open("rb") as file:
            file.seek(self._end)
            added = file.read()
        if not added:
            return False
        found = decode(added, path.name)
        self._end += found.end
        return self._take(number, found.frames)

    def _take(self, number: int, frames: list[bytes]) -> bool:
        where = log_path(self.folder, number)
        lines: list[bytes] = []
        for frame in frames:
            try:
                lines += [line for part in parts_of(frame) for line in part.lines]
            except ValueError as error:
                raise BadInput("journal", where, f"a log that cannot be read: {error}") from None
        if lines:
            self._tables.append(table_of_lines(lines, where))
        return bool(lines)


def table_of_lines(lines: list[bytes], where: object) -> pa.Table:
    """Events, the JSON of one a line, as a table (``SCHEMA``). Raises ``BadInput``."""
    block = max(_BLOCK, max(map(len, lines)) + 1)
    try:
        table = pj.read_json(
            io.BytesIO(b"\n".join(lines)),
            read_options=pj.ReadOptions(use_threads=False, block_size=min(block, 2**31 - 1)),
            parse_options=pj.ParseOptions(
                explicit_schema=SCHEMA, newlines_in_values=False, unexpected_field_behavior="ignore"
            ),
        )
    except pa.ArrowInvalid as error:
        raise BadInput("journal", where, f"a log that cannot be read: {error}") from None
    return table.select(SCHEMA.names)
