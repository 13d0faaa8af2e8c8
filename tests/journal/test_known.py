"""Known ids: what was added is known, whether it is in the log, on its way or in a segment."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.journal.known import KnownIds
from miseban.vocabulary.events import Event, QueueState
from miseban.vocabulary.identifiers import EventIds

_START = datetime(2026, 5, 1, tzinfo=UTC)
_IDS = EventIds()
_NAMES = [_IDS.at(_START.timestamp()) for _ in range(40)]


def _event(day: int, name: int) -> Event:
    return QueueState(
        id=_NAMES[name], time=_START + timedelta(days=day), shop="s", camera="c", zone="q",
        length=1, waiting_s=1,
    )  # fmt: skip


_SOME = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 39)), max_size=12)


@given(st.lists(st.tuples(_SOME, st.sampled_from(["stay", "settle", "read again"])), max_size=8))
def test_each_is_new_once(turns: list[tuple[list[tuple[int, int]], str]]) -> None:
    in_segments = defaultdict[date, list[str]](list)
    known, told = KnownIds(lambda day: [in_segments[day]]), set[tuple[int, int]]()
    fresh: list[Event] = []
    with patch("miseban.journal.known.AHEAD", 16):
        for some, then in turns:
            events = [_event(*one) for one in some]
            expected = []
            for one in some:
                expected.append(one not in told)
                told.add(one)
            new = known.add(events)
            assert new == expected
            fresh += [event for event, is_new in zip(events, new, strict=True) if is_new]
            if then == "stay":
                continue
            known.leave()
            for event in fresh:
                in_segments[event.time.date()].append(event.id)
            fresh = []
            known.settle()
            if then == "read again":
                known.forget()


def test_when_a_day_cannot_be_read_none_of_them_is_known() -> None:
    fails = True

    def load(day: date) -> list[list[str]]:
        if fails and day == _START.date() + timedelta(days=1):
            raise MemoryError
        return [[_NAMES[9]]]

    known = KnownIds(load)
    events = [_event(0, 1), _event(1, 2), _event(1, 9)]
    with pytest.raises(MemoryError):
        known.add(events)
    fails = False
    assert known.add(events) == [True, True, False]
