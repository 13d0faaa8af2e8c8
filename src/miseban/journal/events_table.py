"""Events as a table: ``events.parquet``, one row an event, one column a field."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

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
        ("clock_s", pa.float64()),
        ("detected", pa.float64()),
        ("role", pa.string()),
        ("group", pa.string()),
        ("certainty", pa.float64()),
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
        ("alert", pa.string()),
        ("step", pa.string()),
        ("rule", pa.string()),
        ("about", pa.string()),
        ("subject", pa.string()),
        ("urgency", pa.string()),
        ("value", pa.float64()),
        ("channel", pa.string()),
        ("by", pa.string()),
    ]
)
"""Every field of every event type; null where a type has no such field."""

VISIT_ENDED, TRAIL = "visit.ended", ("t", "x", "y")
_ROWS_AT_ONCE = 20_000


def write_events(path: Path, events: Sequence[Event]) -> None:
    """Writes ``events`` in the order given. Raises ``OSError`` when the disk does."""
    # Opened here: Arrow takes a path for an address, and cannot name one that is no UTF-8.
    with path.open("wb") as file, pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
        for at in range(0, max(1, len(events)), _ROWS_AT_ONCE):
            rows = [event.model_dump() for event in events[at : at + _ROWS_AT_ONCE]]
            writer.write_table(pa.Table.from_pylist(rows, schema=SCHEMA))


def read_events(
    path: Path, types: Collection[str] | None = None, *, trails: bool = True
) -> list[Event]:
    """The events of a file, only those of ``types`` if given; without ``trails``, those of visits
    are empty (``read_trails`` has them). Raises ``BadInput`` when it is no such file."""
    only = None if types is None else [("type", "in", sorted(types))]
    names = [name for name in SCHEMA.names if trails or name not in TRAIL]
    table = _read(path, names, only)
    empty: dict[str, object] = {} if trails else dict.fromkeys(TRAIL, ())
    events = []
    for batch in table.to_batches(max_chunksize=_ROWS_AT_ONCE):
        for row in batch.to_pylist():
            told = {name: value for name, value in row.items() if value is not None}
            if told["type"] == VISIT_ENDED:
                told |= empty
            events.append(EVENTS.validate_python(told))
    return events


def read_trails(path: Path) -> dict[str, NDArray[np.float64]]:
    """The trails of visits by the id of the event: (3, N) rows ``t``, ``x``, ``y``. A tenth of the
    memory that they take in ``VisitEnded``. Raises ``BadInput`` when it is no such file."""
    trails: dict[str, NDArray[np.float64]] = {}
    table = _read(path, ["id", *TRAIL], [("type", "in", [VISIT_ENDED])])
    for batch in table.to_batches(max_chunksize=_ROWS_AT_ONCE):
        columns = [batch[name] for name in TRAIL]
        ends = [column.value_lengths() for column in columns]
        if any(e.null_count for e in ends) or not ends[0] == ends[1] == ends[2]:
            raise BadInput("events", path, f"expected {VISIT_ENDED} with as many t as x and y")
        places = np.stack([column.flatten().to_numpy(zero_copy_only=False) for column in columns])
        parts = np.split(places, np.cumsum(ends[0]), axis=1)[:-1]
        trails |= dict(zip(batch["id"].to_pylist(), parts, strict=True))
    return trails


def _read(
    path: Path, columns: list[str], only: list[tuple[str, str, list[str]]] | None
) -> pa.Table:
    try:
        with path.open("rb") as file:
            return pq.read_table(file, schema=SCHEMA, columns=columns, filters=only)
    except (OSError, pa.ArrowInvalid) as error:
        raise BadInput("events", path, f"expected a Parquet file of events: {error}") from None
