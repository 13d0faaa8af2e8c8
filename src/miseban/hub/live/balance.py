"""People in the shop at this moment: the balance of its entrances, as ``insight.inside`` has it."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import numpy as np

from miseban.hub.live.hashed import hashed

_EMPTY, _IN, _OUT = 0, 1, -1
_EVERY: Final = 256
"""Steps between two tallies that are remembered, to add up again from there."""
_AHEAD: Final = 65_536
"""Steps for which there is room from the start, and as many more whenever that is full: two days of
a supermarket in 1.6 MB. What a hub takes is to be what it will take at night."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Tally:
    """Since the shop was last known to be empty (or since yesterday): ``drift`` people more were
    counted in than out than can have been (or fewer, below 0); ``wrong`` adds up both ways."""

    entered: int = 0
    left: int = 0
    inside: int = 0
    most: int = 0
    drift: int = 0
    wrong: int = 0


@dataclass(frozen=True, slots=True)
class _State:
    """The tally after a step, and that of the time that ended when the shop was last empty."""

    now: Tally
    before: Tally | None


class Balance:
    """Passages by time. A late one is put in its place, and what came after it is added up again.
    ``staff`` are the hashed visits of those who are not counted; when that changes, ``relabelled``
    must be told."""

    def __init__(self, staff: Callable[[], Set[int]]) -> None:
        self._staff = staff
        # A step an entry, 25 bytes, in order of time and, at the same moment, of id; the shop is
        # empty before somebody passes.
        self._n = 0
        self._times = array("q")
        self._kinds = array("b")
        self._ids = array("Q")
        self._visits = array("Q")
        self._columns = (self._times, self._kinds, self._ids, self._visits)
        self._make_room()
        self._marks: list[_State] = []  # before step 0, 256, 512 ...
        self._state = _State(Tally(), None)
        self._added = 0  # steps that are in the state; later ones wait until it is asked for

    def passed(
        self, time: datetime, event: str, direction: Literal["in", "out"], visit: str
    ) -> bool:
        """Whether it was news."""
        kind = _IN if direction == "in" else _OUT
        return self._insert(micros(time), kind, hashed(event), hashed(visit))

    def empty(self, time: datetime) -> None:
        """Nobody is inside at that moment."""
        self._insert(micros(time), _EMPTY, 0, 0)

    def relabelled(self, *visits: str) -> None:
        """Whether ``visits`` work here is known better now."""
        theirs = np.array([hashed(visit) for visit in visits], np.uint64)
        known = np.frombuffer(self._visits, np.uint64, self._n)
        found = np.flatnonzero(np.isin(known, theirs))
        if len(found):
            self._again(int(found[0]))

    def forget(self, before: datetime) -> None:
        """Counts from ``before`` on: nobody was inside then."""
        at = bisect_left(self._times, micros(before), 0, self._n)
        if at:
            self._again(0)
            for column in self._columns:
                with memoryview(column) as all_:
                    all_[: self._n - at] = all_[at : self._n]
            self._n -= at

    @property
    def tally(self) -> Tally:
        self._add_up()
        return self._state.now

    @property
    def tally_before(self) -> Tally | None:
        """Of the time that ended when the shop was last empty, what was wrong then included."""
        self._add_up()
        return self._state.before

    def _insert(self, time: int, kind: int, event: int, visit: int) -> bool:
        end = self._n
        at = bisect_left(self._times, time, 0, end)
        key = (kind != _EMPTY, event)
        while at < end and self._times[at] == time:
            here = (self._kinds[at] != _EMPTY, self._ids[at])
            if here == key:
                return False
            if here > key:
                break
            at += 1
        if end == len(self._times):
            self._make_room()
        for column, value in zip(self._columns, (time, kind, event, visit), strict=True):
            if at < end:
                with memoryview(column) as all_:
                    all_[at + 1 : end + 1] = all_[at:end]
            column[at] = value
        self._n += 1
        if at < self._added:
            self._again(at)
        return True

    def _make_room(self) -> None:
        for column in self._columns:
            column.frombytes(bytes(_AHEAD * column.itemsize))

    def _again(self, at: int) -> None:
        """What was added up from the step ``at`` on holds no more."""
        if at < self._added:
            mark = at // _EVERY
            self._state, self._added = self._marks[mark], mark * _EVERY
            del self._marks[mark:]

    def _add_up(self) -> None:
        staff = self._staff()
        for number in range(self._added, self._n):
            if number % _EVERY == 0:
                self._marks.append(self._state)
            kind = self._kinds[number]
            if kind == _EMPTY or self._visits[number] not in staff:
                self._state = _after(self._state, kind)
        self._added = self._n


def micros(time: datetime) -> int:
    """Microseconds since 1970."""
    return (time - _EPOCH) // _MICRO


def moment(micros: int) -> datetime:
    """The moment that is so many microseconds after 1970 began."""
    return _EPOCH + micros * _MICRO


def _after(state: _State, kind: int) -> _State:
    now = state.now
    if kind == _EMPTY:
        ended = Tally(
            now.entered, now.left, 0, now.most, now.drift + now.inside, now.wrong + now.inside
        )
        return _State(Tally(), ended)
    if kind == _IN:
        inside = now.inside + 1
        most = max(now.most, inside)
        tally = Tally(now.entered + 1, now.left, inside, most, now.drift, now.wrong)
    elif now.inside:
        tally = Tally(now.entered, now.left + 1, now.inside - 1, now.most, now.drift, now.wrong)
    else:  # whoever leaves an empty shop came in unseen
        tally = Tally(now.entered, now.left + 1, 0, now.most, now.drift - 1, now.wrong + 1)
    return _State(tally, state.before)
