"""Segments: small, exact, and readable by programs that know nothing of us."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.journal.disk import RealDisk
from miseban.journal.events_table import SCHEMA
from miseban.journal.manifest import Segment
from miseban.journal.segments import (
    SCHEMAS,
    events_of,
    read_segment,
    sort_events,
    table_of,
    widened,
    write_segment,
)
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.events import EVENT_CLASSES, DataClass, Event, VisitEnded
from tests.journal.shop import NOON, Maker

MAKER = Maker(19)
DAY = NOON.date()


def written(folder: Path, data: DataClass, events: list[Event]) -> Path:
    segment = Segment(data=data, day=DAY, file=1, events=len(events))
    write_segment(RealDisk(), folder, segment, sort_events(table_of(data, events)))
    return folder / segment.path


@pytest.mark.parametrize("data", sorted(SCHEMAS))
def test_every_class_comes_back_as_it_was(tmp_path: Path, data: DataClass) -> None:
    events = [e for e in [*MAKER.some(200), MAKER.alert()] if EVENT_CLASSES[e.type] == data]
    path = written(tmp_path, data, events)
    back = events_of(read_segment(path))
    assert sorted(back, key=lambda e: e.id) == sorted(events, key=lambda e: e.id)
    wide = widened(read_segment(path))
    assert wide.schema == SCHEMA
    assert sorted(events_of(wide), key=lambda e: e.id) == sorted(events, key=lambda e: e.id)


def test_each_class_has_the_columns_of_its_types_and_no_other() -> None:
    assert set(SCHEMAS) == set(EVENT_CLASSES.values())
    names = set(SCHEMAS["trajectory"].names)
    assert {"x", "dwell_s", "facing"} <= names
    assert not names & {"till", "help", "attributes", "by"}
    of_all = {name for schema in SCHEMAS.values() for name in schema.names}
    assert of_all == set(SCHEMA.names)
    assert set(SCHEMAS) <= set(get_args(DataClass))


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**8), st.integers(-9 * 10**8, 9 * 10**8), st.integers(-(10**5), 10**5)
        ),
        max_size=30,
    )
)
def test_a_trail_keeps_milliseconds_and_hundredths(places: list[tuple[int, int, int]]) -> None:
    t, x, y = (tuple(v / scale for v in column) for column, scale in zip(
        (zip(*places, strict=True)) if places else ((), (), ()), (1000, 100, 100), strict=True
    ))  # fmt: skip
    visit = VisitEnded(
        id="1", time=NOON, shop="corner", visit="a", started=NOON, t=t, x=x, y=y, unit="m",
        areas=(), stitched=1,
    )  # fmt: skip
    table = table_of("trajectory", [visit])
    assert events_of(table) == [visit]
    assert events_of(widened(table)) == [visit]


def test_a_finer_trail_is_rounded_to_the_nearest() -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(-50, 50, 1000)
    visit = VisitEnded(
        id="1", time=NOON, shop="corner", visit="a", started=NOON, t=tuple(range(1000)),
        x=tuple(x), y=tuple(-x), unit="m", areas=(), stitched=1,
    )  # fmt: skip
    (back,) = events_of(table_of("trajectory", [visit]))
    assert isinstance(back, VisitEnded)
    assert np.max(np.abs(np.array(back.x) - x)) <= 0.005 + 1e-9
    assert back.y == tuple(-v for v in back.x)


def test_duckdb_reads_it_without_us(tmp_path: Path) -> None:
    events = [e for e in MAKER.some(300) if EVENT_CLASSES[e.type] == "trajectory"]
    path = written(tmp_path, "trajectory", events)
    visits = [e for e in events if isinstance(e, VisitEnded)]
    rows = duckdb.execute(
        f"SELECT visit, list_max(x), len(t), time FROM '{path}' WHERE type = 'visit.ended'"
        " ORDER BY time"
    ).fetchall()
    assert [row[0] for row in rows] == [visit.visit for visit in visits]
    assert [float(row[1] or 0) for row in rows] == [max(v.x, default=0) for v in visits]
    assert [row[2] for row in rows] == [len(v.t) for v in visits]
    assert [row[3] for row in rows] == [v.time for v in visits]


def test_rows_are_sorted_and_texts_are_a_dictionary(tmp_path: Path) -> None:
    events = [e for e in MAKER.some(300) if EVENT_CLASSES[e.type] == "count"]
    path = written(tmp_path, "count", events)
    keys = [(e.type, e.time) for e in events_of(read_segment(path))]
    assert keys == sorted(keys)
    group = pq.ParquetFile(path).metadata.row_group(0)
    columns = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
    assert "DELTA_BYTE_ARRAY" in columns["id"].encodings
    assert "DELTA_BINARY_PACKED" in columns["time"].encodings
    assert "RLE_DICTIONARY" in columns["line"].encodings
    assert {column.compression for column in columns.values()} == {"ZSTD"}


@pytest.mark.parametrize("content", [b"", b"PAR1", b"nonsense" * 9])
def test_a_spoiled_segment_is_told_in_a_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "00000001.parquet"
    path.write_bytes(content)
    with pytest.raises(Failed, match="cannot be read") as caught:
        read_segment(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(FileNotFoundError):
        read_segment(tmp_path / "none.parquet")
