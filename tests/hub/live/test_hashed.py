"""Ids as numbers count as ids do, in a fraction of their memory."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.hub.live.hashed import Once


@given(st.lists(st.none() | st.text(max_size=3)))
def test_it_is_a_set(ids: list[str | None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Once, "ROOM", 3)
        once, known = Once(), set[str]()
        for one in ids:
            if one is None:
                once.clear()
                known.clear()
            else:
                assert once.add(one) == (one not in known)
                known.add(one)


def test_a_day_of_passages_takes_little() -> None:
    tracemalloc.start()
    once = Once()
    for number in range(40_000):
        once.add(f"01a2193c-94e0-7d60-bb28-{number:012x}")
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 40_000 * 16


def test_what_comes_into_the_room_that_is_there_takes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Once, "ROOM", 4096)
    once = Once()
    once.add("the first")
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(Once.ROOM - 1):
        once.add(f"{number}")
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken - before < 1000
