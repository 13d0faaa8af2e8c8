"""The newest events, most of them as text: what is asked for is what came."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from miseban.hub.remembered import PACKED_S, Remembered
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
        for _ in range(many):
            event = next(events)
            past.append(event)
            told.append(event)
        assert len(past) == len(told)
        for asked in {0, 1, len(told) // 2, len(told)}:
            assert list(past.last(asked)) == list(told)[len(told) - asked :]
        now[0] += turns * PACKED_S
