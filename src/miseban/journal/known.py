"""Which events are there already, by their ids: looked for within the event's day (UTC)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.events import Event

Keys = NDArray[np.int64]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = EPOCH.date().toordinal()
MOST_KEYS = 4_000_000
"""Of days that are in segments, in memory: 32 MB."""
AHEAD = 131_072
"""Keys for which the day that grows has room, and as many more whenever that is full: a day of a
supermarket in a megabyte, taken once."""


def day_of(time: datetime) -> int:
    """Days since 1970, of UTC."""
    return (time - EPOCH).days


def date_of(day: int) -> date:
    return date.fromordinal(_EPOCH_DAY + day)


class KnownIds:
    """Ids in the log are held as they are; those in segments as sorted keys of 64 bits, read when a
    day is asked for. Python's hash of a text is keyed anew in each process, so nobody can make two
    ids that meet; by chance, an event among a million of its day is taken for another once in
    10 000 000 000 000.

    ``load`` reads the ids of a day from its segments; none where there are no segments.
    """

    def __init__(self, load: Callable[[date], Iterable[Sequence[str]]]) -> None:
        self._load = load
        self._fresh: dict[int, set[str]] = {}
        self._leaving: dict[int, set[str]] = {}
        self._settled: OrderedDict[int, _Sorted] = OrderedDict()

    def add(self, events: Sequence[Event]) -> list[bool]:
        """Which of them are new; those are known from now on."""
        if not events:
            return []
        times = [event.time for event in events]
        first, last = day_of(min(times)), day_of(max(times))
        days = [first] * len(times) if first == last else [day_of(time) for time in times]
        several = set(days)
        settled = {day: keys for day in several if len(keys := self._keys(day).all)}
        names = [event.id for event in events]
        found: list[bool] | None = None
        if settled:
            found = self._among(settled, days, names)
        if len(several) == 1 and not settled and not self._leaving:
            here = self._fresh.setdefault(first, set())
            if here.isdisjoint(names) and len(set(names)) == len(names):  # nearly always
                here.update(names)
                return [True] * len(names)
        new = []
        fresh = {day: self._fresh.setdefault(day, set()) for day in several}
        leaving = self._leaving
        for at, (day, name) in enumerate(zip(days, names, strict=True)):
            here = fresh[day]
            if (
                name in here
                or (found is not None and found[at])
                or (leaving and name in leaving.get(day, ()))
            ):
                new.append(False)
            else:
                here.add(name)
                new.append(True)
        return new

    def take_back(self, events: Iterable[Event]) -> None:
        """Of events that were new and could not be kept."""
        for event in events:
            self._fresh[day_of(event.time)].discard(event.id)

    def leave(self) -> None:
        """All that is in the log is now on its way into segments."""
        for day, names in self._fresh.items():
            self._leaving.setdefault(day, set()).update(names)
        self._fresh = {}

    def settle(self) -> None:
        """What was on its way is there."""
        # The day of which most came. The latest may be one that a wrong clock made up.
        growing = max(self._leaving, key=lambda day: len(self._leaving[day]), default=None)
        for day, names in self._leaving.items():
            if day in self._settled:
                self._settled[day].add(_keys(names), AHEAD if day == growing else 1)
        for day, keys in self._settled.items():
            if growing is not None and day != growing:
                keys.fit()
        self._leaving = {}

    def forget(self) -> None:
        """Segments have changed otherwise: they will be read again."""
        self._settled.clear()

    def _keys(self, day: int) -> _Sorted:
        keys = self._settled.get(day)
        if keys is None:
            keys = self._settled[day] = _Sorted()
            for names in self._load(date_of(day)):
                keys.add(_keys(names))
            while len(self._settled) > 1 and self._room() > MOST_KEYS:
                self._settled.popitem(last=False)
        self._settled.move_to_end(day)
        return keys

    def _room(self) -> int:
        return sum(keys.room for keys in self._settled.values())

    @staticmethod
    def _among(settled: dict[int, Keys], days: list[int], names: list[str]) -> list[bool]:
        asked, of_day = _keys(names), np.array(days)
        found = np.zeros(len(names), bool)
        for day, keys in settled.items():
            at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
            found |= (keys[at] == asked) & (of_day == day)
        return found.tolist()


class _Sorted:
    """Keys in order, in room that may be taken ahead."""

    def __init__(self) -> None:
        self._keys = np.empty(0, np.int64)
        self._n = 0

    @property
    def all(self) -> Keys:
        """As they are until the next ``add``."""
        return self._keys[: self._n]

    @property
    def room(self) -> int:
        """For how many there is."""
        return len(self._keys)

    def fit(self) -> None:
        """There will hardly be more."""
        if self.room > self._n:
            self._keys = self.all.copy()

    def add(self, keys: Keys, step: int = 1) -> None:
        """In room for a multiple of ``step``, where there is too little."""
        n = self._n + len(keys)
        if n > self.room:
            larger = np.empty(-(-n // step) * step, np.int64)
            larger[: self._n] = self.all
            larger[n:] = 0  # memory that nobody has written to is not there yet
            self._keys = larger
        self._keys[self._n : n] = keys
        self._n = n
        self.all.sort(kind="stable")  # which is quick: most are in order


def _keys(names: Collection[str]) -> Keys:
    return np.fromiter(map(hash, names), np.int64, len(names))
