"""A journal, or a part of it, as one file for other programs."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from miseban.journal.events_table import SCHEMA
from miseban.journal.holdings import hold, steadily
from miseban.journal.known import EPOCH
from miseban.vocabulary.errors import BadInput, Failed

FORMS = (".parquet", ".csv")
_DAY = timedelta(days=1)


def export(
    folder: Path,
    to: Path,
    *,
    types: Collection[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Writes the events in order of time to the new file ``to``, a ``.parquet`` or ``.csv``, and
    returns how many. From ``since`` on and before ``until``. In CSV, lists are JSON.

    Raises ``BadInput`` (``output``, ``journal``), ``Failed`` (``export``): then there is no file.
    """
    if to.suffix.lower() not in FORMS:
        raise BadInput("output", to, f"expected a name that ends in {' or '.join(FORMS)}")
    if to.exists():
        raise BadInput("output", to, "expected a new file, found one that exists")
    if not to.absolute().parent.is_dir():
        raise BadInput("output", to, f"expected a folder that exists: {to.absolute().parent}")
    part = to.with_name(f".{to.name}.part")
    try:
        form = to.suffix.lower()
        count = steadily(lambda: _write(folder, part, form, types, since, until), folder)
        part.replace(to)
    except OSError as error:
        raise Failed("export", to, f"not exported: {error.strerror or error}") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return count


def _write(
    folder: Path,
    part: Path,
    form: str,
    types: Collection[str] | None,
    since: datetime | None,
    until: datetime | None,
) -> int:
    held = hold(folder)
    count = 0
    with part.open("wb") as file, _writer(file, form) as writer:
        for day in held.days():
            start = datetime.combine(day, time(), EPOCH.tzinfo)
            if (since and start + _DAY <= since) or (until and start >= until):
                continue
            table = held.of_day(day)
            stamp = table.schema.field("time").type
            if types is not None:
                table = table.filter(pc.is_in(table["type"], pa.array(sorted(types))))
            if since is not None:
                table = table.filter(pc.greater_equal(table["time"], pa.scalar(since, stamp)))
            if until is not None:
                table = table.filter(pc.less(table["time"], pa.scalar(until, stamp)))
            writer.write_table(_flat(table) if form == ".csv" else table)
            count += len(table)
    return count


def _writer(file: Any, form: str) -> Any:
    if form == ".csv":
        return csv.CSVWriter(file, _flat(SCHEMA.empty_table()).schema)
    return pq.ParquetWriter(file, SCHEMA, compression="zstd")


def _flat(table: pa.Table) -> pa.Table:
    """Lists as texts."""
    columns = []
    for field in table.schema:
        column = table[field.name]
        if pa.types.is_list(field.type):
            told = [None if v is None else json.dumps(v) for v in column.to_pylist()]
            column = pa.array(told, pa.string())
        columns.append(column)
    return pa.table(columns, names=table.schema.names)
