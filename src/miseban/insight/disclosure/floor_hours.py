"""The floor's hours of single days, in blocks, worked out once for each reader.

Which hours of a day and a cell make a block hangs on that day alone (``cells.py``); so whatever
hours of whatever days are asked for, the same blocks are looked up, and told where they lie in what
is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from miseban.insight.disclosure.blocks import WITHHELD, gather
from miseban.insight.disclosure.calendar import MOST_HOURS, Calendar
from miseban.insight.disclosure.floor_cells import laid, read_heat, size, starts
from miseban.insight.disclosure.remembered import ByReader
from miseban.journal.reading import Reader
from miseban.journal.rollups.days import moment

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class DayHours:
    """A day that is over. Of K ``cells`` (K, 2), bands and columns: ``people`` (K,), visits by the
    hour; ``withheld`` (K,) a bit for each hour in which there was somebody who is in no block. Of B
    blocks the ``cell`` (B,) of the K, the ``first`` and ``last`` hour, ``seconds`` and ``visits``:
    such as they are where the day is told by itself (``Cells``)."""

    cells: NDArray[np.int16]
    people: NDArray[np.uint32]
    withheld: NDArray[np.uint32]
    cell: NDArray[np.unsignedinteger[Any]]
    first: NDArray[np.uint8]
    last: NDArray[np.uint8]
    seconds: NDArray[np.uint32]
    visits: NDArray[np.uint32]

    @property
    def size(self) -> tuple[int, int]:
        """Bands and columns of the floor, as far as anybody was."""
        bands, columns = (self.cells.max(axis=0) + 1).tolist() if len(self.cells) else (0, 0)
        return bands, columns

    @property
    def weight(self) -> int:
        """In cells of ``remembered``, 40 bytes each."""
        return (12 * len(self.cell) + 12 * len(self.cells)) // 40 + 50


_KNOWN: Final = ByReader[DayHours](most=300_000)
"""Some 12 MB: eight weeks of a supermarket."""


def hours_of(reader: Reader, calendar: Calendar, k: int) -> list[DayHours]:
    """Each of the days that ``calendar`` looks at by the hour, all of which are over. Raises
    ``BadInput``."""
    known = _KNOWN.of(reader)
    days = [calendar.days[d] for d in calendar.by_hours.tolist()]
    rollups = reader.rollups([(day, day) for day in days])
    found = [
        None if now is None else known.get((day, k), day.replace(day=1), now)
        for day, now in zip(days, rollups, strict=True)
    ]
    missing = [i for i, one in enumerate(found) if one is None]
    if missing:
        some = zip(missing, _worked_out(reader, calendar, missing, k), strict=True)
        for i, one in some:
            found[i], now = one, rollups[i]
            if now is not None and reader.rollups([(days[i], days[i])]) == [now]:
                known.put((days[i], k), days[i].replace(day=1), now, one)
    return [one for one in found if one is not None]


def _worked_out(
    reader: Reader, calendar: Calendar, which: Sequence[int], k: int
) -> Iterator[DayHours]:
    """``which`` of the days that ``calendar`` looks at by the hour."""
    ends = calendar.hour_edges
    span = moment(int(ends[which[0], 0])), moment(int(ends[which[-1], -1]))
    rows, _ = read_heat(reader, "hours", span, 1)
    place = np.full(len(ends), -1)
    place[list(which)] = np.arange(len(which))
    days = calendar.by_hours[list(which)]
    rows = rows.filter(pa.array(np.isin(calendar.day_of(starts(rows)), days)))
    day, hour = calendar.hour_of(starts(rows))
    shape = (len(which), MOST_HOURS)
    grids = laid(rows, place[day] * MOST_HOURS + hour, len(which) * MOST_HOURS, size([rows]))
    cells = np.asarray(grids.values.any(axis=(0, 2)), bool)
    seconds, visits = (one.reshape(len(one), *shape) for one in grids.of(cells))
    people, there = visits.sum(axis=2), seconds > 0
    # A day of fewer is never told by itself, and hidden as a whole.
    some = (people >= k) | ((people == 0) & there.any(axis=2))
    blocks = gather(visits[some], k, "joined", there[some])
    withheld = np.zeros(some.shape, np.uint32)
    withheld[some] = ((blocks.first == WITHHELD) << np.arange(MOST_HOURS)).sum(axis=1)
    row, at = np.nonzero(blocks.first >= 0)
    begins = np.flatnonzero(np.diff(row, prepend=-1) | np.diff(blocks.first[row, at], prepend=-1))
    cell, day = (one[row[begins]] for one in np.nonzero(some))
    first, last = (one[row, at][begins] for one in (blocks.first, blocks.last))
    spent, came = (_added(one[some][row, at], begins) for one in (seconds, visits))
    places = np.argwhere(cells).astype(np.int16)
    for i in range(len(which)):
        here = np.flatnonzero((people[:, i] > 0) | (withheld[:, i] > 0))
        number = np.zeros(len(places), np.min_scalar_type(len(places)))
        number[here] = np.arange(len(here))
        mine = day == i
        yield DayHours(
            places[here],
            people[here, i].astype(np.uint32),
            withheld[here, i],
            number[cell[mine]],
            first[mine].astype(np.uint8),
            last[mine].astype(np.uint8),
            spent[mine],
            came[mine],
        )


def _added(values: Ints, begins: Ints) -> NDArray[np.uint32]:
    """The sums from each of ``begins`` to the next."""
    return (np.add.reduceat(values, begins) if len(begins) else values[:0]).astype(np.uint32)


class InHours:
    """What may be told of K cells, where days are looked at by the hour; ``hidden`` (K,) where
    somebody was of whom nothing is told."""

    def __init__(self, cells: NDArray[np.bool_]) -> None:
        """``cells`` (bands, columns) are the K."""
        self._number = np.full(cells.shape, -1)
        self._number[cells] = np.arange(np.count_nonzero(cells))
        self.hidden = np.zeros(np.count_nonzero(cells), bool)
        self._parts = [[np.zeros(0, np.int64)] for _ in range(4)]

    def add(self, day: DayHours, wanted: Flags, at: Ints, alone: Flags, people: Ints) -> None:
        """One of the days, on whose hours the question has the stretches ``at`` (MOST_HOURS,), of
        which ``wanted`` (N + 1,) are asked for, the last one, -1, never. ``alone`` (K,): where the
        day is a block by itself; ``people`` (K,) who were there by the day."""
        if not len(people):
            return
        cell = self._number[day.cells[:, 0], day.cells[:, 1]]
        known = cell >= 0
        by_hour = np.zeros(len(people), np.int64)
        by_hour[cell[known]] = day.people[known]
        # Not all hours are kept any more: they would make other blocks than were told before.
        lost = by_hour != people
        self.hidden |= lost
        asked = wanted[at]
        if not asked.any():
            return
        here, single = known & ~lost[cell], alone[cell]
        bits = np.uint32((asked.astype(np.int64) << np.arange(MOST_HOURS)).sum())
        held = (day.withheld & bits) != 0
        self.hidden[cell[here & held & (single | (day.people == 0))]] = True
        self.hidden[cell[here & ~single & (day.people > 0)]] = True
        before = np.append(0, np.cumsum(asked))
        some = np.flatnonzero(before[day.last.astype(np.int64) + 1] > before[day.first])
        some = some[(here & single)[day.cell[some]]]
        first, last = day.first[some].astype(np.int64), day.last[some].astype(np.int64)
        of = cell[day.cell[some]]
        tells = (at[first] >= 0) & (at[first] == at[last])
        self.hidden[of[~tells]] = True
        told = (of, day.seconds[some], day.visits[some], last - first + 1)
        for parts, values in zip(self._parts, told, strict=True):
            parts.append(values[tells].astype(np.int64))

    def blocks(self) -> tuple[Ints, Ints, Ints, Ints]:
        """(B,) each: of which cell, seconds, visits, hours."""
        cell, seconds, visits, hours = (np.concatenate(parts) for parts in self._parts)
        return cell, seconds, visits, hours
