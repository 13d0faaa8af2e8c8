"""Which events are there already, by their ids: looked for within the event's day (UTC)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime

import numpy as np

from miseban.journal.keys import Found, Keys, KeySet, keys_of
from miseban.vocabulary.events import Event

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
    """Ids as keys of 64 bits: those in the log, and those in segments, which are read when a day is
    asked for.

    ``load`` reads the ids of a day from its segments; none where there are no segments.
    """

    def __init__(self, load: Callable[[date], Iterable[Sequence[str]]]) -> None:
        self._load = load
        self._fresh: dict[int, KeySet] = {}
        self._leaving: dict[int, KeySet] = {}
        self._settled: OrderedDict[int, KeySet] = OrderedDict()

    def add(self, events: Sequence[Event]) -> list[bool]:
        """Which of them are new; those are known from now on."""
        if not events:
            return []
        days = np.fromiter((day_of(event.time) for event in events), np.int64, len(events))
        keys = keys_of([event.id for event in events])
        new = np.zeros(len(events), bool)
        of_days = {day: np.flatnonzero(days == day) for day in np.unique(days).tolist()}
        for day, which in of_days.items():
            new[which] = self._new(day, keys[which])
        # Not before all are looked for: to read a day may fail, and then none of them is known.
        for day, which in of_days.items():
            self._fresh.setdefault(day, KeySet()).add(keys[which[new[which]]])
        return new.tolist()

    def _new(self, day: int, keys: Keys) -> Found:
        """Which of them are new on that day."""
        new = np.zeros(len(keys), bool)
        new[np.unique(keys, return_index=True)[1]] = True  # each the first time that it is there
        new &= ~self._settled_of(day).among(keys)
        for log in (self._leaving, self._fresh):
            if day in log:
                new &= ~log[day].among(keys)
        return new

    def take_back(self, events: Iterable[Event]) -> None:
        """Of events that were new and could not be kept."""
        of_days: dict[int, list[str]] = {}
        for event in events:
            of_days.setdefault(day_of(event.time), []).append(event.id)
        for day, names in of_days.items():
            self._fresh[day].drop(keys_of(names))

    def leave(self) -> None:
        """All that is in the log is now on its way into segments."""
        for day, keys in self._fresh.items():
            if day in self._leaving:  # a compaction failed
                self._leaving[day].add(keys.all)
            else:
                self._leaving[day] = keys
        self._fresh = {}

    def settle(self) -> None:
        """What was on its way is there."""
        # The day of which most came. The latest may be one that a wrong clock made up.
        growing = max(self._leaving, key=lambda day: len(self._leaving[day]), default=None)
        for day, keys in self._leaving.items():
            if day in self._settled:
                if day == growing:
                    self._settled[day].expect(AHEAD)
                self._settled[day].add(keys.all)
        for day, keys in self._settled.items():
            if growing is not None and day != growing:
                keys.fit()
        self._leaving = {}

    def forget(self) -> None:
        """Segments have changed otherwise: they will be read again."""
        self._settled.clear()

    def _settled_of(self, day: int) -> KeySet:
        keys = self._settled.get(day)
        if keys is None:
            keys = KeySet(1)
            for names in self._load(date_of(day)):
                keys.add(keys_of(names))
            self._settled[day] = keys  # whole, or not at all
            while len(self._settled) > 1 and self._room() > MOST_KEYS:
                self._settled.popitem(last=False)
        self._settled.move_to_end(day)
        return keys

    def _room(self) -> int:
        return sum(keys.room for keys in self._settled.values())
