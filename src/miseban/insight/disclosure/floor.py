"""Where on the floor people spent their time, cell by cell, of k visits or more.

Blocks of days never go beyond their month (``calendar.py``), so what may be told of a long time is
the sum of what may be told of each month; and that of a month that is over is the same until its
roll-ups are others, so it is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from miseban.insight.disclosure.blocks import Blocks
from miseban.insight.disclosure.calendar import Calendar
from miseban.insight.disclosure.cells import Cells
from miseban.insight.disclosure.floor_cells import (
    bands_of,
    laid,
    read_heat,
    size,
    starts,
)
from miseban.insight.disclosure.floor_hours import DayHours, InHours, hours_of
from miseban.insight.disclosure.remembered import ByReader, FloorPart, month_by_month
from miseban.insight.disclosure.stretches import Stretches
from miseban.journal.reading import Reader
from miseban.journal.rollups.days import moment

Ints = NDArray[np.int64]
_KNOWN: Final = ByReader[FloorPart]()
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class FloorTold:
    """What may be told of the floor, cell by cell, each (bands, columns): person-seconds and the
    visits that spent them, how many ``blocks`` these came in, the ``hours`` that those lasted, and
    ``spread``, the sum over blocks of seconds squared by hours, which says how far they lie apart.
    ``hidden``: there was somebody of whom nothing is told; ``dark`` (N,) are bands in which there
    was, somewhere. ``less`` says whether anything is left
    out."""

    seconds: Ints
    visits: Ints
    blocks: Ints
    hours: Ints
    spread: NDArray[np.float64]
    hidden: NDArray[np.bool_]
    dark: Ints
    less: bool


def told_floor(reader: Reader, asked: Stretches, k: int) -> FloorTold:
    """Of the stretches that are ``asked`` for. Each block is one that could be asked for alone, so
    what is made of several tells no more than they do. Raises ``BadInput``."""

    def worked_out(months: list[Stretches], calendars: list[Calendar]) -> Iterator[FloorPart]:
        return _worked_out(reader, months, calendars, k)

    # No block begins before a day that goes on and ends in it, so what is past stands by itself.
    whole = Calendar(asked.edges, reader.timezone, reader.newest())
    going_on = whole.day_edges[:-1][~whole.ended][:1].tolist()
    known = _KNOWN.of(reader)
    return _added(
        [
            part
            for some in asked.parted_at(going_on)
            for part in month_by_month(reader, known, some, k, worked_out)
        ]
    )


def _worked_out(
    reader: Reader, months: Sequence[Stretches], calendars: Sequence[Calendar], k: int
) -> Iterator[FloorPart]:
    """Of months that follow each other, all read at once."""
    # Bands of a day in which fewer than k were are left out from the first: what is kept of them
    # is forgotten before the rest is (``rollups.forgetting``), and nothing told may hang on it.
    first, last = calendars[0].day_edges[0], calendars[-1].day_edges[-1]
    days, few = read_heat(reader, "days", (moment(int(first)), moment(int(last))), k)
    for month, calendar in zip(months, calendars, strict=True):
        ends = calendar.day_edges
        first = ends[np.searchsorted(ends, month.edges[0], side="right") - 1]
        by_day, dark = _within(days, ends[0], ends[-1]), _within(few, first, ends[-1])
        if calendar.ended.all():
            yield _past(month, calendar, by_day, hours_of(reader, calendar, k), dark, k)
        else:
            span = calendar.hour_spans[0][0], calendar.hour_spans[-1][1]
            yield _told(month, calendar, by_day, read_heat(reader, "hours", span, 1)[0], dark, k)


def _within(rows: pa.Table, since: int, until: int) -> pa.Table:
    when = starts(rows)
    inside = (when >= since) & (when < until)
    return rows if inside.all() else rows.filter(pa.array(inside))


def _told(
    month: Stretches, calendar: Calendar, days: pa.Table, hours: pa.Table, few: pa.Table, k: int
) -> FloorPart:
    hours = hours.filter(pa.array(np.isin(calendar.day_of(starts(hours)), calendar.by_hours)))
    floor, many = size([days, hours]), calendar.hours_shape
    by_day = laid(days, calendar.day_of(starts(days)), len(calendar.days), floor)
    which, at = calendar.hour_of(starts(hours))
    by_hour = laid(hours, which * many[1] + at, many[0] * many[1], floor)
    cells = by_day.some | by_hour.some
    day_s, day_n = by_day.of(cells)
    hour_s, hour_n = (one.reshape(len(one), *many) for one in by_hour.of(cells))
    lost = _forgotten(calendar, day_n, hour_n)
    hour_s[lost], hour_n[lost] = 0, 0
    found = Cells(calendar, day_n, hour_n, k, there=hour_s > 0)
    wanted = np.append(month.wanted, False)  # so that -1, in no stretch, is not
    by_days = found.days_told & wanted[calendar.day_at]
    by_hours = found.hours_told & wanted[calendar.hour_at]
    one = _summed(day_s, day_n, found.days, by_days, 24)
    other = _summed(hour_s, hour_n, found.hours, by_hours, 1)
    hidden = np.asarray(found.hidden()[:, month.wanted].any(axis=1) | lost.any(axis=1), bool)
    return _part(cells, one, other, hidden, few)


def _past(
    month: Stretches,
    calendar: Calendar,
    days: pa.Table,
    hours: list[DayHours],
    few: pa.Table,
    k: int,
) -> FloorPart:
    """The same of a time that is over, by blocks of ``hours`` that were worked out before."""
    floor = size([days])
    for day in hours:
        floor = max(floor[0], day.size[0]), max(floor[1], day.size[1])
    by_day = laid(days, calendar.day_of(starts(days)), len(calendar.days), floor)
    cells = by_day.some
    for day in hours:
        cells[tuple(day.cells[day.people > 0].T)] = True
    day_s, day_n = by_day.of(cells)
    none = np.zeros((len(day_n), *calendar.of_days.hours_shape), np.int64)
    found = Cells(calendar.of_days, day_n, none, k)
    wanted = np.append(month.wanted, False)  # so that -1, in no stretch, is not
    one = _summed(day_s, day_n, found.days, found.days_told & wanted[calendar.day_at], 24)
    alone = (found.days.first == found.days.last) & (found.days.first >= 0)
    by_hour = InHours(cells)
    for day, d, at in zip(hours, calendar.by_hours.tolist(), calendar.hour_at, strict=True):
        by_hour.add(day, wanted, at, alone[:, d], day_n[:, d])
    hidden = np.asarray(found.hidden()[:, month.wanted].any(axis=1), bool) | by_hour.hidden
    return _part(cells, one, _of_blocks(len(day_n), *by_hour.blocks()), hidden, few)


def _part(cells: Flags, one: _Sums, other: _Sums, hidden: Flags, few: pa.Table) -> FloorPart:
    """Of the ``cells`` (bands, columns)."""
    dark, seconds = np.unique(bands_of(few)), one.seconds + other.seconds
    some = (seconds > 0) | hidden
    return FloorPart(
        np.argwhere(cells)[some].astype(np.int32),
        seconds[some],
        (one.visits + other.visits)[some],
        (one.blocks + other.blocks)[some],
        (one.hours + other.hours)[some],
        (one.spread + other.spread)[some],
        hidden[some],
        dark,
        bool(hidden.any() or len(dark)),
    )


class _Sums(NamedTuple):
    """(K,) each, as ``FloorTold`` has them."""

    seconds: Ints
    visits: Ints
    blocks: Ints
    hours: Ints
    spread: NDArray[np.float64]


def _summed(seconds: Ints, visits: Ints, blocks: Blocks, told: Flags, hours: int) -> _Sums:
    """Of K cells (K, T) or (K, H, T) at T times, each of so many ``hours``, in those ``blocks``
    that are ``told``."""
    at = np.nonzero(told)
    first, many = blocks.first[at], len(seconds)
    # In order, and a block lies side by side: where another row or another block begins.
    row = np.ravel_multi_index(at[:-1], seconds.shape[:-1])
    begins = np.flatnonzero(np.diff(row, prepend=-1) | np.diff(first, prepend=-1))
    if not len(begins):
        none = np.zeros(many, np.int64)
        return _Sums(none, none, none, none, np.zeros(many))
    block_s, block_n = (np.add.reduceat(one[at], begins) for one in (seconds, visits))
    block_h = hours * (blocks.last[at] - first + 1)[begins].astype(np.int64)
    return _of_blocks(many, at[0][begins], block_s, block_n, block_h)


def _of_blocks(many: int, cell: Ints, seconds: Ints, visits: Ints, hours: Ints) -> _Sums:
    """Of so ``many`` cells, of blocks (B,): of which ``cell`` each is, and what it has."""

    def summed(of: NDArray[Any]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(cell, of, many), np.float64)

    return _Sums(
        summed(seconds).astype(np.int64),
        summed(visits).astype(np.int64),
        np.bincount(cell, minlength=many),
        summed(hours).astype(np.int64),
        summed(np.square(seconds, dtype=float) / hours),
    )


def _forgotten(calendar: Calendar, day_n: Ints, hour_n: Ints) -> NDArray[np.bool_]:
    """(K, H) of which days not all hours are kept any more: what is left of them would make other
    blocks than were told before."""
    over = calendar.ended[calendar.by_hours]
    return np.asarray((hour_n.sum(axis=2) != day_n[:, calendar.by_hours]) & over, bool)


def _added(parts: Sequence[FloorPart]) -> FloorTold:
    ends = [part.cells.max(axis=0) + 1 for part in parts if len(part.cells)]
    shape = (*(np.max(ends, axis=0).tolist() if ends else (0, 0)),)
    seconds, visits, blocks, hours = (np.zeros(shape, np.int64) for _ in range(4))
    spread, hidden = np.zeros(shape), np.zeros(shape, bool)
    for part in parts:
        at = part.cells[:, 0], part.cells[:, 1]
        seconds[at] += part.seconds
        visits[at] += part.visits
        blocks[at] += part.blocks
        hours[at] += part.hours
        spread[at] += part.spread
        hidden[at] |= part.hidden
    dark = np.unique(np.concatenate([part.dark for part in parts]))
    less = any(part.less for part in parts)
    return FloorTold(seconds, visits, blocks, hours, spread, hidden, dark, less)
