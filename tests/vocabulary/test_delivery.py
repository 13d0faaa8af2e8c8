"""Batches and answers: what was sent is what is read, and nothing else is taken for one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.vocabulary.delivery import (
    LARGEST_BATCH,
    LARGEST_PAYLOAD,
    Ack,
    Batch,
    BatchHead,
    ack_topic,
    events_topic,
    read_ack,
    read_batch,
)
from miseban.vocabulary.errors import BadInput

NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True)
STREAMS = st.from_regex(r"[0-9a-f]{16}", fullmatch=True)
LINES = st.lists(st.binary(max_size=80).map(lambda b: b.replace(b"\n", b"")), max_size=20)


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    lines = tuple(draw(LINES))
    first = draw(st.integers(1, 2**62))
    head = BatchHead(
        source=draw(NAMES),
        stream=draw(STREAMS),
        first=first,
        events=len(lines),
        oldest=draw(st.integers(1, first)),
    )
    return Batch(head, lines)


@given(batches())
def test_a_batch_is_read_as_it_was_sent(batch: Batch) -> None:
    assert read_batch(batch.encode(), "wire") == batch
    assert batch.last == batch.head.first + batch.head.events - 1


@given(STREAMS, st.integers(0, 2**62), st.sampled_from(["ok", "full"]))
def test_an_answer_is_read_as_it_was_sent(stream: str, upto: int, state: str) -> None:
    ack = Ack.model_validate({"stream": stream, "upto": upto, "state": state})
    assert read_ack(ack.encode(), "wire") == ack


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_garbage_is_neither(payload: bytes) -> None:
    for read in (read_batch, read_ack):
        with pytest.raises(BadInput) as caught:
            read(payload, "miseban/s/door/events")
        assert "miseban/s/door/events" in str(caught.value)


@given(batches(), st.data())
def test_a_batch_that_was_cut_or_changed_is_whole_or_refused(
    batch: Batch, data: st.DataObject
) -> None:
    sent = batch.encode()
    at = data.draw(st.integers(0, len(sent) - 1))
    changed = (
        sent[:at] + data.draw(st.binary(max_size=3)) + sent[at + data.draw(st.integers(0, 3)) :]
    )
    try:
        read = read_batch(changed, "wire")
    except BadInput:
        return
    assert len(read.lines) == read.head.events
    assert read.head.oldest <= read.head.first


HEAD = {"version": 1, "source": "door", "stream": "0" * 16, "first": 5, "events": 0, "oldest": 2}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"version": 2}, "version"),
        ({"source": "a/b"}, "source"),
        ({"stream": "xyz"}, "stream"),
        ({"first": 0}, "first"),
        ({"first": 2**63}, "first"),
        ({"events": 1}, "0 lines where 1"),
        ({"events": -1}, "events"),
        ({"events": LARGEST_BATCH + 1}, "events"),
        ({"oldest": 6}, "oldest"),
        ({"more": 1}, "more"),
        ({"first": None}, "first"),
    ],
    ids=str,
)
def test_a_wrong_head_is_refused_by_name(change: dict[str, object], what: str) -> None:
    assert not read_batch(json.dumps(HEAD).encode(), "wire").lines
    with pytest.raises(BadInput, match=what):
        read_batch(json.dumps(HEAD | change).encode(), "wire")


def test_a_batch_that_is_too_large_is_not_even_looked_at() -> None:
    with pytest.raises(BadInput, match="over 8000000"):
        read_batch(b" " * (LARGEST_PAYLOAD + 1), "wire")


@given(NAMES, NAMES)
def test_topics_hold_the_names_and_nothing_that_mqtt_would_read(shop: str, source: str) -> None:
    for topic in (events_topic(shop, source), ack_topic(shop, source)):
        assert topic.split("/")[:3] == ["miseban", shop, source]
        assert not set("+#") & set(topic)
