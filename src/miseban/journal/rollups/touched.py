"""Which days of the shop must be counted again when events come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from miseban.journal.rollups.days import day_at, days_between, days_of_utc, moment, shop_day
from miseban.journal.rollups.relevant import began, tells_of_the_next
from miseban.journal.rollups.window import COLUMNS, Told

_ONE_DAY = timedelta(days=1)
HOUR_US = 3_600_000_000


def touched(changed: Iterable[date], timezone: str) -> set[date]:
    """The days whose roll-ups may hang on events of these days of UTC."""
    found: set[date] = set()
    for utc in changed:
        days = days_of_utc(utc, timezone)
        found |= set(days_between(days[0] - _ONE_DAY, days[-1] + _ONE_DAY))
    return found


def touched_by(events: pa.Table, timezone: str) -> set[date]:
    """The days whose roll-ups may hang on these ``events``, told exactly: their own; the one before
    where something began there, became known of it, or nothing had been told since; the one after
    where an alert was raised, or became known who works here."""
    if not len(events):
        return set()
    told = Told(events.select(COLUMNS))
    since = began(told.table)
    later = told.is_a("visit.labelled")
    after = tells_of_the_next(told)
    found: set[date] = set()
    for day in {day_at(moment(us), timezone) for us in _some(told.times)}:
        found.add(day)
        own = shop_day(day, timezone)
        that_day = (told.times >= own.start_us) & (told.times < own.end_us)
        if (since[that_day] < own.start_us).any() or later[that_day].any():
            found.add(day - _ONE_DAY)
        if after[that_day].any():
            found.add(day + _ONE_DAY)
    return found


def _some(times: NDArray[np.int64]) -> list[int]:
    """The first and the last time of every hour that has one: of every day there is one among
    them."""
    ordered = np.sort(times)
    change = np.flatnonzero(np.diff(ordered // HOUR_US))
    ends = np.concatenate([ordered[:1], ordered[change], ordered[change + 1], ordered[-1:]])
    return [int(us) for us in np.unique(ends)]
