"""The log: what is torn at its end is cut, what is broken within is told and hides nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.journal.disk import RealDisk
from miseban.journal.journal import Journal
from miseban.journal.log import MARKER, Part, PartHead, decode, encode_frame, parts_of
from tests.journal.shop import NOON, SHOP, Maker, Outbox, batch, stored

MAKER = Maker(5)
CONTENTS = st.lists(st.binary(max_size=60), max_size=6)


@given(CONTENTS, st.binary(max_size=80))
def test_frames_come_back_whatever_stands_behind_them(contents: list[bytes], tail: bytes) -> None:
    whole = b"".join(map(encode_frame, contents))
    found = decode(whole + tail, "log")
    assert found.frames[: len(contents)] == contents
    if MARKER not in tail:
        assert (found.frames, found.end, found.torn) == (contents, len(whole), len(tail))


@given(CONTENTS, st.data())
def test_a_log_cut_anywhere_holds_the_frames_before_the_cut(
    contents: list[bytes], data: st.DataObject
) -> None:
    frames = [encode_frame(content) for content in contents]
    whole = b"".join(frames)
    cut = data.draw(st.integers(0, len(whole)))
    found = decode(whole[:cut], "log")
    assert found.frames == contents[: len(found.frames)]
    assert found.end == sum(map(len, frames[: len(found.frames)]))
    assert found.damage == ()
    assert found.torn == cut - found.end


@given(st.lists(st.binary(max_size=60), min_size=2, max_size=6), st.data())
def test_a_flipped_bit_costs_one_frame_and_is_told(
    contents: list[bytes], data: st.DataObject
) -> None:
    frames = [encode_frame(content) for content in contents]
    which = data.draw(st.integers(0, len(frames) - 2))
    bad = bytearray(frames[which])
    at = data.draw(st.integers(0, len(bad) * 8 - 1))
    bad[at // 8] ^= 1 << at % 8
    start = sum(map(len, frames[:which]))
    found = decode(b"".join((*frames[:which], bytes(bad), *frames[which + 1 :])), "log")
    assert found.frames == contents[:which] + contents[which + 1 :]
    assert [(d.at, d.size) for d in found.damage] == [(start, len(bad))]


@given(st.lists(st.tuples(st.lists(st.binary(), max_size=3), st.lists(st.binary(), max_size=3))))
def test_parts_come_back(parts: list[tuple[list[bytes], list[bytes]]]) -> None:
    clean = [
        ([a.replace(b"\n", b"") for a in events], [r.replace(b"\n", b"") for r in rejected])
        for events, rejected in parts
    ]
    made = [
        Part(PartHead(events=len(events), rejected=len(rejected)), events, rejected)
        for events, rejected in clean
    ]
    found = list(parts_of(b"\n".join(part.encode() for part in made))) if made else []
    assert [(list(part.lines), list(part.rejected)) for part in found] == clean


def test_a_frame_with_fewer_lines_than_it_says_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer lines"):
        list(parts_of(b'{"events":2}\n{}'))


def log_of(folder: Path) -> Path:
    return sorted((folder / "log").iterdir())[-1]


def test_rot_in_the_middle_of_a_log_is_told_and_the_rest_is_kept(tmp_path: Path) -> None:
    events = MAKER.some(9)
    journal = Journal.open(tmp_path, shop=SHOP)
    for at in (0, 3, 6):
        journal.accept([batch(events[at : at + 3], first=at + 1)])
    journal.close()
    path = log_of(tmp_path)
    content = bytearray(path.read_bytes())
    frames = [at for at in range(len(content)) if content.startswith(MARKER, at)]
    middle = frames[2]
    content[middle + 100] ^= 4
    path.write_bytes(content)

    journal = Journal.open(tmp_path, shop=SHOP)
    (damage,) = journal.state.damage
    assert (damage.file, damage.at, damage.size) == (path.name, middle, frames[3] - middle)
    assert [e.id for e in stored(tmp_path)] == [e.id for e in (*events[:3], *events[6:])]
    assert journal.state.totals.kept == 6
    # The camera has forgotten what was acknowledged, and goes on where it was.
    outbox = Outbox()
    outbox.next = 10
    more = MAKER.some(2)
    outbox.put(more)
    (ack,) = journal.accept([outbox.batch()])
    assert ack.upto == 11
    journal.compact(NOON)
    held = {e.id for e in stored(tmp_path)}
    assert held == {e.id for e in (*events[:3], *events[6:], *more)}


def test_a_torn_end_is_cut_and_the_log_before_it_stands(tmp_path: Path) -> None:
    events = MAKER.some(6)
    journal = Journal.open(tmp_path, shop=SHOP)
    journal.accept([batch(events[:3])])
    journal.accept([batch(events[3:], first=4)])
    journal.close()
    path = log_of(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])

    journal = Journal.open(tmp_path, shop=SHOP)
    assert journal.state.torn > 0
    assert journal.state.damage == ()
    (ack,) = journal.accept([batch([], first=7)])
    assert ack.upto == 3
    assert journal.accept([batch(events[3:], first=4)])[0].upto == 6
    journal.close()
    path.write_bytes(whole)  # were the lost part to appear again, it would count for nothing
    assert [e.id for e in stored(tmp_path)] == [e.id for e in events]
    journal = Journal.open(tmp_path, shop=SHOP)
    assert journal.state.totals.kept == 6
    assert [e.id for e in stored(tmp_path)] == [e.id for e in events]


@pytest.mark.parametrize("garbage", [b"", b"\0" * 5000, MARKER * 9, b"{}\n" * 100])
def test_a_log_that_is_all_garbage_does_not_stop_the_journal(
    tmp_path: Path, garbage: bytes
) -> None:
    journal = Journal.open(tmp_path, shop=SHOP)
    events = MAKER.some(3)
    journal.accept([batch(events)])
    journal.close()
    (tmp_path / "log" / "00000002.log").write_bytes(garbage)
    journal = Journal.open(tmp_path, shop=SHOP)
    assert journal.accept([batch(events)])[0].upto == 3
    more = MAKER.some(2)
    assert journal.accept([batch(more, first=4)])[0].upto == 5
    journal.compact(NOON)
    assert {e.id for e in stored(tmp_path)} == {e.id for e in (*events, *more)}
    assert RealDisk().names(tmp_path / "log") == []


def test_a_log_that_somebody_took_away_is_told(tmp_path: Path) -> None:
    events = MAKER.some(9)
    for at in (0, 3, 6):
        journal = Journal.open(tmp_path, shop=SHOP)
        journal.accept([batch(events[at : at + 3], first=at + 1)])
        journal.close()
    (tmp_path / "log" / "00000002.log").unlink()
    journal = Journal.open(tmp_path, shop=SHOP)
    (damage,) = journal.state.damage
    assert damage.file == "00000002.log"
    assert [e.id for e in stored(tmp_path)] == [e.id for e in (*events[:3], *events[6:])]
