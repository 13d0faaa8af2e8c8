"""Events as a table: ``events.parquet``, one row an event, one column a field."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import EVENTS, Event

_TIME = pa.timestamp("us", tz="UTC")
_TRAIL = pa.list_(pa.float64())
_RECEIPT = pa.list_(
    pa.struct([("gtin", pa.string()), ("quantity", pa.int64()), ("price", pa.int64())])
)
_ATTRIBUTES = pa.list_(
    pa.struct(
        [
            ("attribute", pa.string()),
            ("judged", pa.int64()),
            ("values", pa.list_(pa.struct([("value", pa.string()), ("people", pa.int64())]))),
        ]
    )
)

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("type", pa.string()),
        ("time", _TIME),
        ("shop", pa.string()),
        ("camera", pa.string()),
        ("visit", pa.string()),
        ("line", pa.string()),
        ("direction", pa.string()),
        ("zone", pa.string()),
        ("dwell_s", pa.float64()),
        ("stitched", pa.int64()),
        ("people", pa.int64()),
        ("people_max", pa.int64()),
        ("person_s", pa.float64()),
        ("period_s", pa.float64()),
        ("coverage", pa.float64()),
        ("length", pa.int64()),
        ("waiting_s", pa.float64()),
        ("started", _TIME),
        ("t", _TRAIL),
        ("x", _TRAIL),
        ("y", _TRAIL),
        ("unit", pa.string()),
        ("areas", pa.list_(pa.string())),
        ("state", pa.string()),
        ("fps", pa.float64()),
        ("gap_s", pa.float64()),
        ("reason", pa.string()),
        ("phase", pa.string()),
        ("since", _TIME),
        ("dx_px", pa.float64()),
        ("dy_px", pa.float64()),
        ("detected", pa.float64()),
        ("role", pa.string()),
        ("group", pa.string()),
        ("shelf", pa.string()),
        ("facing", pa.string()),
        ("kind", pa.string()),
        ("confidence", pa.float64()),
        ("fill", pa.float64()),
        ("help", pa.string()),
        ("place", _TRAIL),
        ("till", pa.string()),
        ("receipt", pa.string()),
        ("currency", pa.string()),
        ("lines", _RECEIPT),
        ("total", pa.int64()),
        ("window_s", pa.int64()),
        ("k", pa.int64()),
        ("visitors", pa.int64()),
        ("attributes", _ATTRIBUTES),
    ]
)
"""Every field of every event type; null where a type has no such field."""

_ROWS_AT_ONCE = 20_000


def write_events(path: Path, events: Sequence[Event]) -> None:
    """Writes ``events`` in the order given. Raises ``OSError`` when the disk does."""
    # Opened here: Arrow takes a path for an address, and cannot name one that is no UTF-8.
    with path.open("wb") as file, pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
        for at in range(0, max(1, len(events)), _ROWS_AT_ONCE):
            rows = [event.model_dump() for event in events[at : at + _ROWS_AT_ONCE]]
            writer.write_table(pa.Table.from_pylist(rows, schema=SCHEMA))


def read_events(path: Path, types: Collection[str] | None = None) -> list[Event]:
    """The events of a file, only those of ``types`` if given. Raises ``BadInput`` when it is no
    such file."""
    only = None if types is None else [("type", "in", sorted(types))]
    try:
        with path.open("rb") as file:
            table = pq.read_table(file, schema=SCHEMA, filters=only)
    except (OSError, pa.ArrowInvalid) as error:
        raise BadInput("events", path, f"expected a Parquet file of events: {error}") from None
    return [
        EVENTS.validate_python({k: v for k, v in row.items() if v is not None})
        for row in table.to_pylist()
    ]
