"""Tables that one process hands to another: the same there, in memory that is gone with them."""

from __future__ import annotations

import errno
import gc
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miseban.journal.handed import LARGE, hand, handed

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, its = socket.socketpair()
    with ours, its:
        yield ours, its


def told(pair: Pair, what: object) -> object:
    """Handed over by a thread: more than a socket holds."""
    telling = threading.Thread(target=hand, args=(pair[1], what))
    telling.start()
    found = handed(pair[0])
    telling.join()
    return found


def table(rows: int) -> pa.Table:
    names = pa.array([None if n % 7 == 3 else f"shelf-{n % 40}" for n in range(rows)], pa.string())
    lists = pa.array([[n, n] for n in range(rows)], pa.list_(pa.int64()))
    return pa.table({"place": names, "n": np.arange(rows), "lists": lists})


def open_files() -> set[str]:
    return {one.name for one in Path("/proc/self/fd").iterdir()}


def refused(_: str) -> int:
    raise PermissionError(errno.EACCES, "not here")


def mapped() -> int:
    return Path("/proc/self/maps").read_text("ascii", "replace").count("memfd:tables")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 300)), max_size=3),
    st.booleans(),
    st.booleans(),
)
def test_what_comes_is_what_was_told(
    pair: Pair, parts: list[tuple[int, int]], joined: bool, shares: bool
) -> None:
    tables = [table(rows).slice(cut) for rows, cut in parts]
    if joined and tables:
        tables.append(pa.concat_tables(tables))
    with pytest.MonkeyPatch.context() as patch:
        if not shares:
            patch.setattr("os.memfd_create", refused)
        found = told(pair, ({"tables": tables}, "words", None))
    assert isinstance(found, tuple)
    assert found[1:] == ("words", None)
    for one, other in zip(tables, found[0]["tables"], strict=True):
        assert other.equals(one)
        assert other.schema == one.schema
        other.validate(full=True)


def test_memory_goes_with_the_table_and_no_file_stays_open(pair: Pair) -> None:
    large, before, there = table(20_000), open_files(), mapped()
    assert large.nbytes > LARGE
    found = told(pair, [large, table(10)])
    assert isinstance(found, list)
    assert open_files() == before
    assert mapped() == there + 1
    some = found[0].slice(100, 5)
    del found
    gc.collect()
    assert some.equals(large.slice(100, 5)), "as long as any of it is there"
    del some
    gc.collect()
    assert mapped() == there


def test_who_ends_before_all_is_told_has_told_nothing(pair: Pair) -> None:
    before = open_files()
    hand(pair[1], table(5))
    whole = pair[0].recv(1 << 20)
    for length in (0, 5, len(whole) - 1):
        ours, its = socket.socketpair()
        with ours:
            its.sendall(whole[:length])
            its.close()
            with pytest.raises(EOFError):
                handed(ours)
    assert open_files() == before


def test_what_cannot_be_told_leaves_nothing_half_told(pair: Pair) -> None:
    before = open_files()
    with pytest.raises((AttributeError, TypeError)):
        hand(pair[1], (table(20_000), lambda: None))
    assert open_files() == before
    assert told(pair, "next") == "next"


def test_who_can_take_no_descriptor_is_told_so(pair: Pair) -> None:
    """By the error that means that the other one is asked again."""
    ours, its = pair
    hand(its, table(20_000))
    head = ours.recv(16)  # as if the system had thrown away what came with it
    between = socket.socketpair()
    with between[0], between[1]:
        between[0].sendall(head)
        with pytest.raises(OSError, match="Too many open files"):
            handed(between[1])


def test_memory_that_cannot_be_written_is_not_taken_again_for_each_table(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(*_: str) -> None:
        raise FileNotFoundError(errno.ENOENT, "no /proc")

    monkeypatch.setattr("pyarrow.OSFile", nowhere)
    tables, before = [table(20_000), table(30_000)], open_files()
    assert told(pair, tables) == tables
    assert open_files() == before
