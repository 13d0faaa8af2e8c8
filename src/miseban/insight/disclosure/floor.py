"""Where on the floor people spent their time, cell by cell, of k visits or more.

Blocks of days never go beyond their month (``calendar.py``), so what may be told of a long time is
the sum of what may be told of each month; and that of a month that is over is the same until its
roll-ups are others, so it is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from miseban.insight.disclosure.calendar import Calendar
from miseban.insight.disclosure.cells import Cells
from miseban.insight.disclosure.floor_cells import laid, read_heat, size, starts
from miseban.insight.disclosure.remembered import ByReader, FloorPart
from miseban.insight.disclosure.stretches import Stretches
from miseban.journal.reader import JournalReader
from miseban.journal.rollups.days import moment

Ints = NDArray[np.int64]
_KNOWN: Final = ByReader[FloorPart]()


def told_seconds(reader: JournalReader, asked: Stretches, k: int) -> tuple[Ints, bool]:
    """(bands, columns) person-seconds in the cells of the floor in the stretches that are
    ``asked`` for; only of cells and times of which they may be told. And whether anything is left
    out. Raises ``BadInput``."""
    known, as_of = _KNOWN.of(reader), reader.newest()
    months = asked.by_month(reader.timezone)
    calendars = [Calendar(month.edges, reader.timezone, as_of) for month in months]
    rollups = [reader.month(one.days[0]) if one.is_over else None for one in calendars]
    parts = [
        None if now is None else known.get((*month.key, k), now)
        for month, now in zip(months, rollups, strict=True)
    ]
    for there, run in groupby(range(len(parts)), lambda i: parts[i] is not None):
        some = list(run)
        if there:
            continue
        found = _worked_out(reader, [months[i] for i in some], [calendars[i] for i in some], k)
        for i, part in zip(some, found, strict=True):
            parts[i], now = part, rollups[i]
            # The same before and after: so it was made from these.
            if now is not None and reader.month(calendars[i].days[0]) == now:
                known.put((*months[i].key, k), now, part)
    told = [part for part in parts if part is not None]
    return _added(told), any(part.less for part in told)


def _worked_out(
    reader: JournalReader, months: Sequence[Stretches], calendars: Sequence[Calendar], k: int
) -> Iterator[FloorPart]:
    """Of months that follow each other, all read at once."""
    # Bands of a day in which fewer than k were are left out from the first: what is kept of them
    # is forgotten before the rest is (``rollups.forgetting``), and nothing told may hang on it.
    first, last = calendars[0].day_edges[0], calendars[-1].day_edges[-1]
    days = read_heat(reader, "days", (moment(int(first)), moment(int(last))), k)
    spans = [span for calendar in calendars for span in calendar.hour_spans]
    hours = days.slice(0, 0)
    if spans:
        hours = read_heat(reader, "hours", (spans[0][0], spans[-1][1]), 1)
    for month, calendar in zip(months, calendars, strict=True):
        yield _told(month, calendar, _within(days, calendar), _within(hours, calendar), k)


def _within(rows: pa.Table, calendar: Calendar) -> pa.Table:
    when = starts(rows)
    inside = (when >= calendar.day_edges[0]) & (when < calendar.day_edges[-1])
    return rows if inside.all() else rows.filter(pa.array(inside))


def _told(
    month: Stretches, calendar: Calendar, days: pa.Table, hours: pa.Table, k: int
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
    seconds = (day_s * (found.days_told & wanted[calendar.day_at])).sum(axis=1)
    seconds += (hour_s * (found.hours_told & wanted[calendar.hour_at])).sum(axis=(1, 2))
    some = seconds > 0
    places = np.argwhere(cells)[some].astype(np.int32)
    less = bool(found.hidden()[:, month.wanted].any() or lost.any())
    return FloorPart(places, seconds[some], less)


def _forgotten(calendar: Calendar, day_n: Ints, hour_n: Ints) -> NDArray[np.bool_]:
    """(K, H) of which days not all hours are kept any more: what is left of them would make other
    blocks than were told before."""
    over = calendar.ended[calendar.by_hours]
    return np.asarray((hour_n.sum(axis=2) != day_n[:, calendar.by_hours]) & over, bool)


def _added(parts: Sequence[FloorPart]) -> Ints:
    ends = [part.cells.max(axis=0) + 1 for part in parts if len(part.cells)]
    bands, columns = np.max(ends, axis=0).tolist() if ends else (0, 0)
    floor = np.zeros((bands, columns), np.int64)
    for part in parts:
        floor[part.cells[:, 0], part.cells[:, 1]] += part.seconds
    return floor
