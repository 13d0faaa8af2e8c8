"""The newest events, most of them as text: what is asked for is what came."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.hub.remembered import PACKED_S, PIECE, Remembered
from miseban.vocabulary.events import Event
from tests.hub.shopfront import Making

_MOST = 12
_MAKE = Making()
_EVENTS: list[Event] = [_MAKE.queue(i, i % 7) for i in range(400)]


@given(st.lists(st.tuples(st.integers(0, 2 * _MOST), st.floats(0, 2)), max_size=12))
def test_the_newest_come_back_as_they_came(came: list[tuple[int, float]]) -> None:
    now = [0.0]
    past, told = Remembered(_MOST, clock=lambda: now[0]), deque[Event](maxlen=_MOST)
    events = iter(_EVENTS)
    for many, turns in came:
        some = [next(events) for _ in range(many)]
        past.add(some)
        told.extend(some)
        assert len(past) == len(told)
        for asked in {0, 1, len(told) // 2, len(told)}:
            assert list(past.last(asked)) == list(told)[len(told) - asked :]
        now[0] += turns * PACKED_S


@pytest.mark.parametrize("at_once", [0, 4 * PIECE, 12 * PIECE])
def test_what_is_older_is_packed_also_after_many_came_at_once(at_once: int) -> None:
    now, most = [0.0], 4 * PIECE
    past = Remembered(most, clock=lambda: now[0])
    past.add([_MAKE.queue(n, 1) for n in range(at_once)])
    for n in range(2 * most):
        now[0] += 0.1
        past.add([_MAKE.queue(n, 2)])
    assert len(past) == most
    assert len(past._new) <= 2 * PACKED_S / 0.1


def test_no_one_who_tells_waits_for_the_packing_of_all() -> None:
    now = [0.0]
    past = Remembered(4096, clock=lambda: now[0])
    past.add([_MAKE.queue(n, 1) for n in range(3000)])
    now[0] += 2 * PACKED_S
    before = len(past._new)
    past.add([_MAKE.queue(0, 2)])
    assert 0 < before - len(past._new) <= 2 * PIECE
