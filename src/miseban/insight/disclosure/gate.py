"""What may be told of the roll-ups of what people did.

What is told does not hang on what is asked. Days of a month are gathered into blocks of k people;
a day that is a block by itself is divided into blocks of hours (``blocks.py``). Each of these blocks
lies in a stretch of the answer as a whole, and then it is told with all that it measured, or it is
left out. Every answer is a sum of blocks that are disjoint or lie within each other by days, and so
are the differences of answers.

A day that has not ended is told by its hours that are past, but for the last block: people may
still join it. What comes later than ``calendar.SETTLE`` changes a block that was told; such a
change can be seen by whoever kept the old answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from miseban.insight.disclosure.blocks import NOTHING, WITHHELD, Blocks, gather
from miseban.insight.disclosure.calendar import MOST_HOURS, Calendar
from miseban.insight.disclosure.keys import Key, Keys
from miseban.insight.disclosure.reading import read
from miseban.journal.reader import JournalReader

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_MONTH = 31


@dataclass(frozen=True)
class Told:
    """``rows`` are those that may be told, with ``measured`` (of how many ``total`` and
    ``histogram`` are) and without the largest; ``hidden`` (N,) by (what, place, detail): in which
    stretches there is something that is not told."""

    rows: pa.Table
    hidden: dict[Key, Flags]


def told(
    reader: JournalReader,
    edges: Ints,
    whats: Collection[str],
    k: int,
    places: Sequence[str] | None = None,
    *,
    histograms: bool = False,
) -> Told:
    """What may be told of ``whats`` in the stretches that ``edges`` (N + 1,), microseconds, part,
    only at ``places`` if given. Raises ``BadInput``."""
    calendar = Calendar(edges, reader.timezone, reader.newest())
    days, hours = read(reader, calendar, whats, places, histograms=histograms)
    keys = Keys.of(days, hours)
    cells = Cells(calendar, keys, days, hours, k)
    return Told(
        pa.concat_tables([cells.told_days(days), cells.told_hours(hours)]),
        keys.by_name(cells.hidden()),
    )


class Cells:
    """The cells of every key, days (K, D) and hours (K, H, MOST_HOURS), and their blocks."""

    def __init__(
        self, calendar: Calendar, keys: Keys, days: pa.Table, hours: pa.Table, k: int
    ) -> None:
        self._calendar, self._k = calendar, k
        self._day_key, self._hour_key = keys.first, keys.second
        self._keys = len(keys.names)
        self._day = np.searchsorted(calendar.day_edges, _starts(days), side="right") - 1
        at = np.searchsorted(calendar.day_edges, _starts(hours), side="right") - 1
        self._hour_day = np.searchsorted(calendar.by_hours, at)
        edges = calendar.hour_edges[self._hour_day] if len(at) else np.zeros((0, 1), np.int64)
        self._hour = (edges <= _starts(hours)[:, None]).sum(axis=1) - 1
        self._hour = np.minimum(self._hour, MOST_HOURS - 1)
        self._day_n = np.zeros((self._keys, len(calendar.days)), np.int64)
        np.add.at(self._day_n, (self._day_key, self._day), _n(days))
        shape = (self._keys, len(calendar.by_hours), MOST_HOURS)
        self._hour_n = np.zeros(shape, np.int64)
        np.add.at(self._hour_n, (self._hour_key, self._hour_day, self._hour), _n(hours))
        self._gather_days()
        self._gather_hours()

    def told_days(self, days: pa.Table) -> pa.Table:
        """Of rows that are of days, those that are told."""
        told = self._days_told[self._day_key, self._day]
        block = self._day_first[self._day_key, self._day]
        return _whole(days, told, self._day_key * len(self._calendar.days) + block)

    def told_hours(self, hours: pa.Table) -> pa.Table:
        where = (self._hour_key, self._hour_day, self._hour)
        told, block = self._hours_told[where], self._hour_blocks.first[where]
        day = self._hour_key * len(self._calendar.by_hours) + self._hour_day
        return _whole(hours, told, day * MOST_HOURS + block)

    def hidden(self) -> Flags:
        """(K, N)."""
        calendar = self._calendar
        hidden = np.zeros((self._keys, len(calendar.edges) - 1), bool)
        there = (calendar.day_at >= 0) & calendar.ended
        lost = (self._day_first != NOTHING) & ~self._days_told & there
        which, day = np.nonzero(lost)
        hidden[which, calendar.day_at[day]] = True
        at = calendar.stretch(calendar.hour_edges[:, :-1], calendar.hour_edges[:, 1:])
        real = np.diff(calendar.hour_edges, axis=1) > 0
        late = calendar.hour_edges[:, 1:] > calendar.settled_us
        lost = ((self._hour_blocks.first != NOTHING) & ~self._hours_told) | late
        which, day, hour = np.nonzero(lost & (real & (at >= 0)))
        hidden[which, at[day, hour]] = True
        return hidden

    def _gather_days(self) -> None:
        calendar = self._calendar
        months = [day.year * 12 + day.month for day in calendar.days]
        month = np.array(months, np.int64) - months[0]
        day = np.array([day.day - 1 for day in calendar.days], np.int64)
        people = np.zeros((self._keys, int(month[-1]) + 1, _MONTH), np.int64)
        people[:, month, day] = np.where(calendar.ended, self._day_n, 0)
        found = gather(people.reshape(-1, _MONTH), self._k, "withheld")
        first, last = (one.reshape(people.shape)[:, month, day] for one in (found.first, found.last))
        offset = np.arange(len(day)) - day  # of the first of each one's month among the days
        self._day_first = np.where(first >= 0, first + offset, first)
        day_last = np.where(last >= 0, last + offset, last)
        whole = np.where(calendar.ended, calendar.day_at, -1)
        self._days_told = _inside(self._day_first, day_last, whole)
        self._alone = (self._day_first == day_last) & (day_last >= 0)  # a day that is a block
        self._open = found.open.reshape(people.shape[:2])[:, month]

    def _gather_hours(self) -> None:
        calendar = self._calendar
        settled = calendar.hour_edges[:, 1:] <= calendar.settled_us
        people = np.where(settled, self._hour_n, 0).reshape(-1, MOST_HOURS)
        shape = self._hour_n.shape
        past = gather(people, self._k, "joined")
        today = gather(people, self._k, "held")
        ended = calendar.ended[calendar.by_hours][None, :, None]
        first = np.where(ended, past.first.reshape(shape), today.first.reshape(shape))
        last = np.where(ended, past.last.reshape(shape), today.last.reshape(shape))
        # A day that goes on is a block by itself once it has k people and owes nothing.
        alone = self._alone[:, calendar.by_hours]
        begun = self._hour_n.sum(axis=2, where=settled) >= self._k
        alone |= ~self._open[:, calendar.by_hours] & ~ended[:, :, 0] & begun
        hide = ~alone[:, :, None] & (self._hour_n > 0).any(axis=2, keepdims=True)
        first, last = np.where(hide, WITHHELD, first), np.where(hide, WITHHELD, last)
        self._hour_blocks = Blocks(first, last, np.zeros(0, bool))
        at = calendar.stretch(calendar.hour_edges[:, :-1], calendar.hour_edges[:, 1:])
        self._hours_told = _inside(first, last, np.broadcast_to(at, shape))


def _inside(first: Ints, last: Ints, stretch: Ints) -> Flags:
    """Whether the block of each cell is told: its first and its last cell lie in the same stretch.
    ``stretch`` may have fewer dimensions."""
    stretch = np.broadcast_to(stretch, first.shape)
    begin = np.take_along_axis(stretch, np.maximum(first, 0), axis=-1)
    end = np.take_along_axis(stretch, np.maximum(last, 0), axis=-1)
    return (first >= 0) & (begin >= 0) & (begin == end)


def _whole(rows: pa.Table, told: Flags, block: Ints) -> pa.Table:
    """The rows that are told. Of a block of which not everything measured is kept any more nothing
    measured is told: with what was told before, it would tell of those who were forgotten."""
    rows, block = rows.filter(pa.array(told)), block[told]
    measured = np.asarray(rows["measured"].to_numpy(), np.int64)
    _, which = np.unique(block, return_inverse=True)
    n, known = np.bincount(which, _n(rows)), np.bincount(which, measured)
    lost = pa.array((known < n)[which] if len(which) else np.zeros(0, bool))
    for name in ("total", "histogram", "measured"):
        at = rows.schema.get_field_index(name)
        field = rows.schema.field(name)
        nothing = pa.scalar(0, field.type) if name == "measured" else pa.nulls(len(rows), field.type)
        column = pc.if_else(lost, nothing, rows[name].combine_chunks())
        rows = rows.set_column(at, field, column)
    return rows


def _starts(rows: pa.Table) -> Ints:
    return np.asarray(rows["start"].cast(pa.int64()).to_numpy(), np.int64)


def _n(rows: pa.Table) -> Ints:
    return np.asarray(rows["n"].to_numpy(), np.int64)
