"""What is in the log can be read as soon as it is accepted, however it was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from miseban.journal.disk import RealDisk
from miseban.journal.events_table import TRAIL
from miseban.journal.fresh import FreshLog, table_of_lines
from miseban.journal.intake import Refused, read_lines
from miseban.journal.journal import Journal
from miseban.journal.log import FileHead, Part, PartHead, encode_frame
from miseban.journal.reader import JournalReader
from miseban.journal.segments import table_of, widened
from miseban.vocabulary.delivery import Batch, BatchHead
from miseban.vocabulary.events import EVENT_CLASSES
from tests.journal.shop import NOON, SHOP, Maker, line

MAKER = Maker(8)
KINDS = ("line", "left", "visit", "health", "receipt", "help")
LEFT = json.loads(line(MAKER.one(NOON, "left")))
ODD = {
    "time": ["2026-04-07T10:00:00.1234567Z", 1775556000, "2026-04-07t10:00:00z", "1775556000"],
    "stitched": [1.0, "1", True],
    "dwell_s": ["3.5", 3, True],
}
WRITTEN = [
    json.dumps(LEFT | {name: value}).encode() for name, values in ODD.items() for value in values
]
TWICE = line(MAKER.one(NOON, "left")).replace(b"{", b'{"zone":"milk",', 1)


def stored(lines: list[bytes]) -> pa.Table:
    """What a compaction makes of those that are accepted."""
    events = [event for event in read_lines(lines, SHOP) if not isinstance(event, Refused)]
    return pa.concat_tables([widened(table_of(EVENT_CLASSES[e.type], [e])) for e in events])


def same(found: pa.Table, wanted: pa.Table) -> None:
    for name in wanted.column_names:
        one, other = found[name].to_pylist(), wanted[name].to_pylist()
        if name not in TRAIL:
            assert repr(one) == repr(other), name
            continue
        for a, b in zip(one, other, strict=True):
            assert (a is None) == (b is None)
            np.testing.assert_allclose(a or [], b or [], rtol=0, atol=0.0050001)


@st.composite
def accepted(draw: st.DrawFn) -> list[bytes]:
    lines = []
    for kind in draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=5)):
        event: dict[str, Any] = json.loads(line(MAKER.one(NOON, kind)))
        for name in draw(st.lists(st.sampled_from(sorted(event)), max_size=2, unique=True)):
            value = event[name]
            ways = [value, str(value), [value], None, True, 0, *ODD.get(name, [])]
            if isinstance(value, int | float):
                ways += [float(value), int(value), str(float(value))]
            changed = draw(st.sampled_from([*ways, ...]))
            if changed is ...:
                del event[name]
            else:
                event[name] = changed
        lines.append(json.dumps(event, ensure_ascii=draw(st.booleans())).encode())
    refused = [isinstance(event, Refused) for event in read_lines(lines, SHOP)]
    return [raw for raw, bad in zip(lines, refused, strict=True) if not bad] or [TWICE]


@settings(max_examples=200)
@given(accepted())
@example([*WRITTEN, TWICE])
def test_what_is_accepted_reads_as_what_is_stored(lines: list[bytes]) -> None:
    same(table_of_lines(lines, SHOP), stored(lines))


@pytest.mark.parametrize("odd", [*WRITTEN, TWICE])
def test_an_event_written_in_another_way_stops_no_reader(tmp_path: Path, odd: bytes) -> None:
    lines = (line(MAKER.one(NOON, "line")), odd, line(MAKER.one(NOON, "visit")))
    journal = Journal.open(tmp_path, shop=SHOP)
    reader = JournalReader(tmp_path)
    head = BatchHead(source="door", stream="0" * 16, first=1, events=3, oldest=1)
    assert journal.accept([Batch(head, lines)])[0].upto == 3
    assert journal.state.totals.kept == 3
    fresh = [list(one.events()) for one in (reader, JournalReader(tmp_path))]
    journal.compact(NOON)
    assert fresh == [list(reader.events())] * 2
    journal.close()


@pytest.mark.parametrize("whole", [b"", b"\x89mjf"])
def test_a_log_that_was_seen_before_it_had_its_head(tmp_path: Path, whole: bytes) -> None:
    (tmp_path / "log").mkdir()
    path = tmp_path / "log" / "00000001.log"
    path.write_bytes(whole)
    log = FreshLog(RealDisk(), tmp_path)
    assert [len(log.read(1, SHOP)[0]) for _ in range(2)] == [0, 0]
    head = encode_frame(FileHead(log=1).model_dump_json().encode())
    path.write_bytes(head)
    assert [len(log.read(1, SHOP)[0]), log.read(1, SHOP)[1]] == [0, False]
    path.write_bytes(whole)
    log = FreshLog(RealDisk(), tmp_path)
    log.read(1, SHOP)
    part = Part(PartHead(events=1), [line(MAKER.one(NOON, "line"))]).encode()
    path.write_bytes(head + encode_frame(part))
    table, changed = log.read(1, SHOP)
    assert (len(table), changed) == (1, True)
    path.write_bytes(head + encode_frame(part) * 2)
    assert [len(log.read(1, SHOP)[0]), log.read(1, SHOP)[1]] == [2, False]
