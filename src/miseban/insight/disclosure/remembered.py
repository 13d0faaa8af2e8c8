"""What may be told of times that are over, worked out once for each reader."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final, Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from miseban.insight.disclosure.calendar import Calendar
from miseban.insight.disclosure.stretches import Stretches
from miseban.journal.reading import Reader, Rollups

Ints = NDArray[np.int64]
MOST_CELLS: Final = 1_000_000
"""Of all parts of one kind that one reader keeps: some 40 MB of heat."""


@dataclass(frozen=True)
class FloorPart:
    """``cells`` (K, 2) bands and columns, and of each the rest, (K,) as ``FloorTold`` has it, and
    ``dark`` besides: in none is nobody, told or not. ``less`` says whether anything is left out,
    here or in times that are not kept any more."""

    cells: NDArray[np.int32]
    seconds: Ints
    visits: Ints
    blocks: Ints
    hours: Ints
    spread: NDArray[np.float64]
    hidden: NDArray[np.bool_]
    dark: Ints
    less: bool

    @property
    def weight(self) -> int:
        return len(self.seconds) + 100


class Part(Protocol):
    """Something that was worked out."""

    @property
    def weight(self) -> int:
        """In cells of the floor: some 40 bytes each."""
        ...


P = TypeVar("P", bound=Part)


class Remembered(Generic[P]):
    """Parts by what was asked, of one month each (its first day): they count only as long as the
    month's roll-ups are the same, so that late events, and what is forgotten, take all of them away
    with the next question about that month. May be used from any thread."""

    def __init__(self, most: int = MOST_CELLS) -> None:
        self._lock, self._most = threading.Lock(), most
        self._parts = OrderedDict[Hashable, tuple[date, P]]()
        self._made_from = dict[date, Rollups]()
        self._cells = 0

    def get(self, asked: Hashable, month: date, rollups: Rollups) -> P | None:
        with self._lock:
            self._now(month, rollups)
            if asked not in self._parts:
                return None
            self._parts.move_to_end(asked)
            return self._parts[asked][1]

    def put(self, asked: Hashable, month: date, rollups: Rollups, part: P) -> None:
        with self._lock:
            self._now(month, rollups)
            self._drop(asked)
            self._parts[asked] = month, part
            self._cells += part.weight
            while self._cells > self._most:
                self._drop(next(iter(self._parts)))

    def _now(self, month: date, rollups: Rollups) -> None:
        """They may be others because somebody is forgotten."""
        if self._made_from.setdefault(month, rollups) != rollups:
            self._made_from[month] = rollups
            for other in [key for key, (of, _) in self._parts.items() if of == month]:
                self._drop(other)

    def _drop(self, asked: Hashable) -> None:
        found = self._parts.pop(asked, None)
        self._cells -= 0 if found is None else found[1].weight


class ByReader(Generic[P]):
    """What is remembered of each reader, as long as there is one."""

    def __init__(self, most: int = MOST_CELLS) -> None:
        self._lock, self._most = threading.Lock(), most
        self._of = WeakKeyDictionary[Reader, Remembered[P]]()

    def of(self, reader: Reader) -> Remembered[P]:
        with self._lock:
            return self._of.setdefault(reader, Remembered(self._most))


def month_of(calendar: Calendar) -> date:
    """The first day of the month that all of ``calendar`` is of."""
    return calendar.days[0].replace(day=1)


def month_by_month(
    reader: Reader,
    known: Remembered[P],
    asked: Stretches,
    more: Hashable,
    work_out: Callable[[list[Stretches], list[Calendar]], Iterable[P]],
) -> list[P]:
    """A part for each month of the stretches that are ``asked`` for: as it is ``known``, or else
    from ``work_out``, which is given months that follow each other, so that they are read at once.
    ``more`` is what the parts hang on besides. Raises ``BadInput``."""
    newest = reader.newest()
    months = asked.by_month(reader.timezone)
    calendars = [Calendar(month.edges, reader.timezone, newest) for month in months]

    def stand(which: Sequence[int]) -> dict[int, Rollups | None]:
        over = [i for i in which if calendars[i].is_over]
        days = [calendars[i].days for i in over]
        return dict(zip(over, reader.rollups([(d[0], d[-1]) for d in days]), strict=True))

    rollups = stand(range(len(months)))
    keys = [(*month.key, more) for month in months]
    parts = [
        None if (now := rollups.get(i)) is None else known.get(key, month_of(one), now)
        for i, (key, one) in enumerate(zip(keys, calendars, strict=True))
    ]
    for there, run in groupby(range(len(parts)), lambda i: parts[i] is not None):
        some = list(run)
        if there:
            continue
        found = work_out([months[i] for i in some], [calendars[i] for i in some])
        for i, part in zip(some, found, strict=True):
            parts[i], now = part, rollups.get(i)
            # The same before and after: so it was made from these.
            if now is not None and stand([i])[i] == now:
                known.put(keys[i], month_of(calendars[i]), now, part)
    return [part for part in parts if part is not None]
