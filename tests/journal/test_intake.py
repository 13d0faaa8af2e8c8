"""Lines that come in: each is an event of ours, or it is told why not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.journal.intake import Refused, checked, read_lines
from miseban.journal.segments import table_of
from miseban.vocabulary.events import EVENT_CLASSES, EVENTS
from tests.journal.shop import NOON, SHOP, Maker, line

MAKER = Maker(17)
VISIT = json.loads(line(MAKER.one(NOON, "visit")))
LEFT = json.loads(line(MAKER.one(NOON, "left")))
HEALTH = json.loads(line(MAKER.one(NOON, "health")))
RECEIPT = json.loads(line(MAKER.one(NOON, "receipt")))


def encoded(event: dict[str, Any], **changed: Any) -> bytes:
    return json.dumps(event | changed).encode()


def test_events_come_back_in_order_whatever_is_among_them() -> None:
    events = MAKER.some(60)
    assert read_lines([line(event) for event in events], SHOP) == events
    lines: list[bytes] = []
    for event in events:
        lines += [line(event), b"garbage"]
    found = read_lines(lines, SHOP)
    assert found[::2] == events
    assert all(isinstance(one, Refused) for one in found[1::2])


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"", "Invalid JSON"),
        (b"{", "Invalid JSON"),
        (b"null", "object"),
        (b"\xff\xfe", "Invalid JSON"),
        (b"[" * 100_000, "Invalid JSON"),
        (encoded(LEFT, type="no.such"), "type"),
        (encoded(LEFT, dwell_s=-1), "dwell_s"),
        (encoded(LEFT, name="Ms Smith"), "name: Extra inputs"),
        (encoded(LEFT, shop="other"), "shop: expected corner, found other"),
        (encoded(LEFT, time="1970-01-01T00:00:00Z"), "time"),
        (encoded(LEFT, time="9999-12-31T23:59:59-09:00"), "time"),
        (encoded(LEFT, time="0001-01-01T00:00:00+09:00"), "time"),
        (encoded(LEFT, time="2026-04-07T12:00:00"), "timezone"),
        (encoded(LEFT, stitched=2**63), "stitched"),
        (encoded(HEALTH, since="0001-01-01T00:00:00+09:00"), "since"),
        (encoded(RECEIPT, lines=[], total=0, receipt="a\x00" * 600_000), "over"),
        (
            encoded(RECEIPT, lines=[{"gtin": "1", "quantity": 2**62, "price": 2}], total=2**63),
            "total",
        ),
        (encoded(VISIT, t=[1.0], x=[1.0], y=[]), "as many t as x and y"),
        (encoded(VISIT, t=[1.0], x=[float("nan")], y=[1.0]), "x"),
        (encoded(VISIT, t=[1.0], x=[1.0], y=[float("inf")]), "y"),
        (encoded(VISIT, t=[1e300], x=[1.0], y=[1.0]), "t"),
        (encoded(VISIT, t=[1.0, 2.0], x=[1e9, 1.0], y=[1.0, -1.0]), "x"),
        (line(MAKER.one(NOON, "left")) + b"\n" + line(MAKER.one(NOON, "left")), "one line"),
    ],
)
def test_what_is_no_event_is_refused(bad: bytes, why: str) -> None:
    good = MAKER.some(3)
    (first, refused, *rest) = read_lines([line(good[0]), bad, *map(line, good[1:])], SHOP)
    assert isinstance(refused, Refused)
    assert why in refused
    assert [first, *rest] == good


def test_a_refusal_does_not_repeat_what_was_said() -> None:
    (refused,) = read_lines([encoded(LEFT, zone="Ms Smith, 0903-555")], SHOP)
    assert isinstance(refused, Refused)
    assert "Smith" not in refused


RECEIPTS = (
    b'{"type":"till.receipt","id":"1","time":"2026-04-07T12:00:00Z","shop":"corner","till":"a",'
    b'"receipt":"1","currency":"JPY","total":2,"lines":[{"gtin":"1","quantity":1,"price":1}'
)
ESCAPED = RECEIPTS.replace(b"till.receipt", b"till.\\u0072eceipt")
REST = b'{"gtin":"1","quantity":1,"price":1}]}'
TWO = line(MAKER.one(NOON, "left")) + b"," + line(MAKER.one(NOON, "left"))


@pytest.mark.parametrize("first", [RECEIPTS, ESCAPED])
@pytest.mark.parametrize(
    "rest", [[REST, TWO], [TWO, REST], [REST, line(MAKER.one(NOON, "left")), TWO]]
)
def test_lines_that_are_events_only_together_are_refused(first: bytes, rest: list[bytes]) -> None:
    """Three lines that are three events when they are read as one list, and none by itself."""
    for found, raw in zip(read_lines([first, *rest], SHOP), [first, *rest], strict=True):
        try:
            EVENTS.validate_json(raw)
        except ValueError:
            assert isinstance(found, Refused)
        else:
            assert not isinstance(found, Refused)


def test_a_text_over_two_lines_is_refused() -> None:
    whole = encoded(HEALTH, reason="a}@{b")
    first, second = whole.split(b"@")
    assert all(isinstance(found, Refused) for found in read_lines([first, second, TWO], SHOP))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KINDS = [json.loads(line(MAKER.one(NOON, k))) for k in ("line", "left", "visit", "receipt", "help")]


@given(st.sampled_from(KINDS), st.data())
def test_an_event_that_is_taken_can_be_kept(event: dict[str, Any], data: st.DataObject) -> None:
    """Fields of any content: what is not refused fits into a table."""
    name = data.draw(st.sampled_from(sorted(event)))
    raw = encoded(event, **{name: data.draw(JSON)})
    (found,) = read_lines([raw], SHOP)
    if not isinstance(found, Refused):
        table = table_of(EVENT_CLASSES[found.type], [found])
        assert table["id"].to_pylist() == [found.id]


ODD = st.sampled_from([0, 1, 2**63 - 1, 2**63, 2**70, 1e300, 9e6, -9e6, 9.1e6, 9e9, 9.1e9, -1e10])
TRAIL = st.lists(ODD | st.floats(-100, 100), min_size=1, max_size=3)
WHEN = st.sampled_from(["1970-05-01T00:00:00Z", "2026-04-07T03:00:00Z", "2200-01-01T00:00:00Z"])


@given(st.sampled_from(KINDS), st.data())
def test_what_is_looked_at_quickly_is_looked_at_as_well(
    event: dict[str, Any], data: st.DataObject
) -> None:
    """An event alone, or among others, is taken or refused as the whole check says."""
    names = data.draw(st.sets(st.sampled_from(sorted(event)), max_size=3))
    some = {"t": TRAIL, "x": TRAIL, "y": TRAIL, "time": WHEN, "started": WHEN, "shop": st.just("b")}
    raw = encoded(event, **{name: data.draw(some.get(name, ODD)) for name in sorted(names)})
    try:
        wanted = checked(EVENTS.validate_json(raw), SHOP)
    except ValueError:
        wanted = Refused()
    for lines in ([raw], [raw, line(MAKER.one(NOON))]):
        found = read_lines(lines, SHOP)[0]
        assert isinstance(found, Refused) == isinstance(wanted, Refused)
        assert isinstance(found, Refused) or found == wanted


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_no_bytes_at_all_stop_intake(lines: list[bytes]) -> None:
    good = MAKER.one(NOON)
    found = read_lines([*lines, line(good)], SHOP)
    assert len(found) == len(lines) + 1
    assert found[-1] == good
