"""Segments: the events of one class and one day (UTC) as a Parquet file that anybody can read.

Columns are those of ``events_table.SCHEMA`` that the class's types have. Trails are decimal numbers
(centimetres of the floor, hundredths of a pixel, milliseconds): where somebody stands is not known
better, and as differences they take a quarter of the bytes. Rows are sorted by type, then time;
those of the same time stand in the order in which they were accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from miseban.journal.disk import Disk, write_durably
from miseban.journal.events_table import SCHEMA, TRAIL
from miseban.journal.manifest import Segment
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.events import EVENT_CLASSES, EVENTS, DataClass, Event

_PLACES = {"t": pa.decimal128(18, 3), "x": pa.decimal128(9, 2), "y": pa.decimal128(9, 2)}
_ROWS_AT_ONCE = 20_000
_EVENTS_AT_ONCE = 500
_ROW_GROUP = 200_000


def _schemas() -> dict[DataClass, pa.Schema]:
    used: dict[DataClass, set[str]] = {}
    for model in get_args(get_args(Event)[0]):
        data = EVENT_CLASSES[get_args(model.model_fields["type"].annotation)[0]]
        used.setdefault(data, set()).update(model.model_fields)
    return {
        data: pa.schema(
            [
                field.with_type(pa.list_(_PLACES[field.name])) if field.name in TRAIL else field
                for field in SCHEMA
                if field.name in names
            ]
        )
        for data, names in used.items()
    }


TRAILS = pa.schema([SCHEMA.field(name) for name in ("id", *TRAIL)])
_VISITS_AT_ONCE = 200
SCHEMAS = _schemas()
"""The columns of a segment, by class."""


def table_of(data: DataClass, events: Sequence[Event]) -> pa.Table:
    """The events of one class: type by type, and those of a type in the order given."""
    schema = SCHEMAS[data]
    by_type: dict[str, list[Event]] = {}
    for event in events:
        by_type.setdefault(event.type, []).append(event)
    parts = []
    for of_type in by_type.values():
        names = type(of_type[0]).model_fields
        for at in range(0, len(of_type), _ROWS_AT_ONCE):
            some = of_type[at : at + _ROWS_AT_ONCE]
            columns = [
                _column(field, some) if field.name in names else pa.nulls(len(some), field.type)
                for field in schema
            ]
            parts.append(pa.Table.from_arrays(columns, schema=schema))
    return pa.concat_tables(parts) if parts else schema.empty_table()


def _column(field: pa.Field, events: Sequence[Event]) -> pa.Array:
    values = [getattr(event, field.name) for event in events]
    if field.name in TRAIL:
        kind = field.type.value_type
        floats = pa.array(values, pa.list_(pa.float64()))
        exact = pc.round(floats.values, kind.scale).cast(kind, safe=False)
        return pa.ListArray.from_arrays(floats.offsets, exact)
    if pa.types.is_list(field.type) and pa.types.is_struct(field.type.value_type):
        values = [[one.model_dump() for one in value] for value in values]
    return pa.array(values, field.type)


def sort_events(table: pa.Table) -> pa.Table:
    """By type and time; the sort is stable."""
    return table.sort_by([("type", "ascending"), ("time", "ascending")])


def write_segment(disk: Disk, folder: Path, segment: Segment, table: pa.Table) -> None:
    """Durable when it returns, and of no account until ``journal.json`` counts it in. Raises
    ``OSError``."""
    path = folder / segment.path
    disk.make_folder(path.parent)
    sink = pa.BufferOutputStream()
    texts, codes = [], {"id": "DELTA_BYTE_ARRAY"}
    for field in table.schema:
        name, kind = field.name, field.type
        if name in TRAIL:
            codes[f"{name}.list.element"] = "DELTA_BINARY_PACKED"
        elif pa.types.is_timestamp(kind):
            codes[name] = "DELTA_BINARY_PACKED"
        elif pa.types.is_floating(kind):
            codes[name] = "PLAIN"  # Spark's fast reader knows no BYTE_STREAM_SPLIT
        elif pa.types.is_string(kind) and name != "id":
            texts.append(name)
    options: dict[str, Any] = {
        "compression": "zstd",
        "compression_level": 6,
        "use_dictionary": texts,
        "column_encoding": codes,
        "store_decimal_as_integer": True,
        "row_group_size": _ROW_GROUP,
    }
    pq.write_table(table, sink, **options)
    write_durably(disk, path, sink.getvalue().to_pybytes())


def read_segment(path: Path, columns: Iterable[str] | None = None) -> pa.Table:
    """Raises ``Failed`` (``segment``) when it is no such file any more, ``FileNotFoundError`` when
    there is none: a compaction has put another in its place, which ``journal.json`` names."""
    with _opened(path) as file:
        return pq.read_table(file, columns=None if columns is None else list(columns))


def read_trails(path: Path) -> pa.Table:
    """``id`` and trails of those that have one, as numbers, right to the last bit but one
    (``TRAILS``). Raises as ``read_segment``. A part at a time: as decimals they take twice as
    much."""
    with _opened(path) as file, pq.ParquetFile(file) as parts:
        batches = parts.iter_batches(_VISITS_AT_ONCE, columns=TRAILS.names)
        some = [_trails_of(batch) for batch in batches]
    return pa.concat_tables(some) if some else TRAILS.empty_table()


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise Failed("segment", path, f"a segment that cannot be read: {error}") from None


def _trails_of(batch: pa.RecordBatch) -> pa.Table:
    table = pa.Table.from_batches([batch]).select(TRAILS.names)
    return table.filter(pc.is_valid(table["t"])).cast(TRAILS)


def fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """``table`` with the columns of ``schema``: null where it has none of that name, as in segments
    that an older version wrote."""
    columns = [
        table[wanted.name].cast(wanted.type)
        if wanted.name in table.column_names
        else pa.nulls(len(table), wanted.type)
        for wanted in schema
    ]
    return pa.table(columns, schema=schema)


def widened(table: pa.Table) -> pa.Table:
    """With all columns of ``events_table.SCHEMA``, and trails as numbers."""
    table = fitted(table, SCHEMA)
    for at, name in ((SCHEMA.get_field_index(name), name) for name in TRAIL):
        lists = table[name].combine_chunks()
        if not len(lists):
            continue
        # Arrow's way from a decimal is off by the last bit; NumPy's rounding puts it right.
        near = lists.flatten().to_numpy(zero_copy_only=False)
        exact = pa.array(np.round(near, _PLACES[name].scale))
        offsets = pa.array(np.append(0, np.cumsum(pc.fill_null(lists.value_lengths(), 0))))
        places = pa.ListArray.from_arrays(offsets.cast(pa.int32()), exact, mask=lists.is_null())
        table = table.set_column(at, SCHEMA.field(name), places)
    return table


def events_of(table: pa.Table) -> list[Event]:
    """The rows of a segment, as the events they were, in their order."""
    return list(each_event(table))


def each_event(table: pa.Table) -> Iterator[Event]:
    """The same one after another: a day of them would be ten million small pieces of memory."""
    for batch in table.to_batches(max_chunksize=_EVENTS_AT_ONCE):
        for row in batch.to_pylist():
            told = {name: value for name, value in row.items() if value is not None}
            for name in TRAIL:
                if name in told:
                    told[name] = [float(value) for value in told[name]]
            yield EVENTS.validate_python(told)
