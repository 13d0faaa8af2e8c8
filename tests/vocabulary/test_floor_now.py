"""Who is on the floor now, as a message: it holds places, and nothing else fits into it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.vocabulary.delivery import read_batch
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.floor_now import (
    LARGEST_FLOOR,
    MOST_DOTS,
    Dot,
    FloorNow,
    is_floor,
    read_floor,
)

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
KEYS = st.text("0123456789abcdef", min_size=8, max_size=8)
PLACES = st.floats(-1000, 1000, allow_nan=False)
DOTS = st.builds(
    Dot, KEYS, PLACES, PLACES, st.floats(0, 100), st.booleans(), st.one_of(st.none(), KEYS)
)


def message(**other: Any) -> dict[str, Any]:
    dots = [["0a1b2c3d", 1.5, 2.0, 0.3, False, None]]
    plain = {"kind": "floor", "version": 1, "source": "door", "time": NOW.isoformat()}
    return {**plain, "cameras": ["door"], "dots": dots, **other}


@given(st.lists(DOTS, max_size=40))
def test_what_is_sent_is_what_is_read(dots: list[Dot]) -> None:
    sent = FloorNow(source="door", time=NOW, cameras=("door",), dots=tuple(dots))
    assert read_floor(sent.encode(), "door") == sent
    assert is_floor(sent.encode())


def test_a_full_message_has_room() -> None:
    dot = Dot("0a1b2c3d", -999.99, -999.99, 99.99, True, "0a1b2c3d")
    sent = FloorNow(source="d" * 64, time=NOW, cameras=("c" * 64,) * 200, dots=(dot,) * MOST_DOTS)
    assert len(sent.encode()) <= LARGEST_FLOOR


def test_a_hub_that_knows_of_no_floors_refuses_it_and_repeats_nothing() -> None:
    sent = json.dumps(message(), separators=(",", ":")).encode()
    assert is_floor(sent)
    with pytest.raises(BadInput) as refused:
        read_batch(sent, "door")
    assert "0a1b2c3d" not in str(refused.value)


ODD = {
    "a picture": message(picture="/9j/4AAQSkZJRg=="),
    "a picture beside a dot": message(dots=[["0a1b2c3d", 1, 2, 0, False, None, "/9j/4AAQ"]]),
    "a vector": message(dots=[["0a1b2c3d", [0.1, 0.2, 0.3], 2, 0, False, None]]),
    "a vector as a key": message(dots=[["0.1 0.2 0.3 0.4", 1, 2, 0, False, None]]),
    "the id of a visit": message(dots=[["0123456789abcdef", 1, 2, 0, False, None]]),
    "words": message(dots=[["0a1b2c3d", 1, 2, 0, "a tall man", None]]),
    "more than is there": message(dots=[["0a1b2c3d", 1, 2, 0, False, None]] * (MOST_DOTS + 1)),
    "nowhere": message(dots=[["0a1b2c3d", 1e9, 2, 0, False, None]]),
    "no number": message(dots=[["0a1b2c3d", float("nan"), 2, 0, False, None]]),
    "a number as text": message(dots=[["0a1b2c3d", "1", 2, 0, False, None]]),
    "no zone of time": message(time="2026-11-26T03:00:00"),
    "another source": message(source="tills"),
    "another version": message(version=2),
}


@pytest.mark.parametrize("what", ODD)
def test_nothing_else_fits(what: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_floor(json.dumps(ODD[what]).encode(), "door")
    for part in ("/9j/", "0.2", "0123456789abcdef", "tall", "0a1b2c3d"):
        assert part not in str(refused.value)


@given(st.binary(max_size=200))
def test_rubbish_is_refused(payload: bytes) -> None:
    with pytest.raises(BadInput):
        read_floor(payload, "door")


def test_too_much_is_not_even_read() -> None:
    with pytest.raises(BadInput, match="over"):
        read_floor(b'{"kind":"floor"' + b" " * LARGEST_FLOOR, "door")
