"""The days and hours that an answer needs, and which of them lie in which stretch of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from miseban.journal.rollups import shop_day
from miseban.journal.rollups.days import day_at, days_between, micros, moment

Ints = NDArray[np.int64]
SETTLE = timedelta(minutes=15)
"""What happened so long before the newest that is known of is taken to be known."""
MOST_HOURS = 26
"""Of a day, and one more."""
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Calendar:
    """``edges`` (N + 1,) microseconds: the stretches of the answer. Cells are the days from the
    first of the month on in which they begin, since blocks of days are gathered month by month;
    and the hours of the days that are cut by the stretches or have not ended at ``as_of``."""

    edges: Ints
    timezone: str
    as_of: datetime | None

    @cached_property
    def days(self) -> list[date]:
        first = day_at(moment(int(self.edges[0])), self.timezone)
        last = day_at(moment(int(self.edges[-1])) - _TICK, self.timezone)
        return days_between(first.replace(day=1), last)

    @cached_property
    def day_edges(self) -> Ints:
        """(D + 1,)."""
        ends = [shop_day(day, self.timezone).start_us for day in self.days]
        return np.array([*ends, shop_day(self.days[-1], self.timezone).end_us], np.int64)

    @cached_property
    def settled_us(self) -> int:
        """All hours that ended by then are known."""
        return int(self.edges[0]) - 1 if self.as_of is None else micros(self.as_of - SETTLE)

    @property
    def is_over(self) -> bool:
        """Whether all that was asked of is past."""
        return bool(self.edges[-1] <= self.settled_us)

    @cached_property
    def ended(self) -> NDArray[np.bool_]:
        """(D,) whether each day is known to its end."""
        return self.day_edges[1:] <= self.settled_us

    @cached_property
    def day_at(self) -> Ints:
        """(D,) in which stretch each whole day lies, -1 where in none."""
        return self.stretch(self.day_edges[:-1], self.day_edges[1:])

    @property
    def of_days(self) -> Calendar:
        """The same, in which no day is looked at by the hour."""
        return _OfDays(self.edges, self.timezone, self.as_of)

    @cached_property
    def by_hours(self) -> Ints:
        """(H,) which days have to be looked at by the hour."""
        asked = (self.day_edges[1:] > self.edges[0]) & (self.day_edges[:-1] < self.edges[-1])
        return np.flatnonzero(asked & ~((self.day_at >= 0) & self.ended))

    @cached_property
    def hour_edges(self) -> Ints:
        """(H, MOST_HOURS + 1): of each such day; its end is repeated."""
        found = np.zeros((len(self.by_hours), MOST_HOURS + 1), np.int64)
        for i, d in enumerate(self.by_hours.tolist()):
            edges = shop_day(self.days[d], self.timezone).edges("hour")
            found[i] = edges[np.minimum(np.arange(MOST_HOURS + 1), len(edges) - 1)]
        return found

    @cached_property
    def hour_at(self) -> Ints:
        """(H, MOST_HOURS) in which stretch each hour lies, -1 where in none."""
        at = self.stretch(self.hour_edges[:, :-1], self.hour_edges[:, 1:])
        return np.where(np.diff(self.hour_edges, axis=1) > 0, at, -1)

    @cached_property
    def hour_spans(self) -> list[tuple[datetime, datetime]]:
        """The same days, as spans of days that follow each other."""
        groups = np.split(self.by_hours, np.flatnonzero(np.diff(self.by_hours) > 1) + 1)
        return [
            (moment(int(self.day_edges[g[0]])), moment(int(self.day_edges[g[-1] + 1])))
            for g in groups
            if len(g)
        ]

    @property
    def hours_shape(self) -> tuple[int, int]:
        return len(self.by_hours), MOST_HOURS

    def day_of(self, starts: Ints) -> Ints:
        """(M,) on which day each of ``starts`` (M,) is."""
        return np.searchsorted(self.day_edges, starts, side="right") - 1

    def hour_of(self, starts: Ints) -> tuple[Ints, Ints]:
        """(M,) each: on which of the days that are looked at by the hour, and in which hour."""
        which = np.searchsorted(self.by_hours, self.day_of(starts))
        if not len(starts):
            return which, which
        return which, (self.hour_edges[which, :-1] <= starts[:, None]).sum(axis=1) - 1

    def stretch(self, since: Ints, until: Ints) -> Ints:
        """In which stretch all of [``since``, ``until``) lies, -1 where in none."""
        a = np.searchsorted(self.edges, since, side="right") - 1
        b = np.searchsorted(self.edges, until, side="left") - 1
        return np.where((a == b) & (a >= 0) & (until <= self.edges[-1]), a, -1)


class _OfDays(Calendar):
    @cached_property
    def by_hours(self) -> Ints:
        return np.zeros(0, np.int64)
