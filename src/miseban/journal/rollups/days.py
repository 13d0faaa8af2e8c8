"""A day of the shop: from midnight to midnight of its own clock, be that 23, 24 or 25 hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from miseban.journal.rollups.rows import Level

Micros = NDArray[np.int64]
MINUTE_US = 60_000_000


@dataclass(frozen=True)
class ShopDay:
    """``date`` in ``timezone``; ``start`` and ``end`` are its midnights, in UTC."""

    date: date
    timezone: str
    start: datetime
    end: datetime

    @property
    def start_us(self) -> int:
        return micros(self.start)

    @property
    def end_us(self) -> int:
        return micros(self.end)

    def edges(self, level: Level) -> Micros:
        """(N + 1,) where its N minutes, hours or the one day begin, and the day's end, in
        microseconds since 1970. Hours are full hours of the shop's clock: when that is moved by
        half an hour, one of them lasts an hour and a half."""
        if level == "day":
            return np.array([self.start_us, self.end_us], np.int64)
        return _minutes(self) if level == "minute" else _hours(self)


@lru_cache(maxsize=200)
def _minutes(day: ShopDay) -> Micros:
    return np.append(np.arange(day.start_us, day.end_us, MINUTE_US), day.end_us)


@lru_cache(maxsize=1500)
def _hours(day: ShopDay) -> Micros:
    zone = ZoneInfo(day.timezone)
    hours = np.arange(day.start_us, day.end_us, 60 * MINUTE_US)
    clocks = [moment(us).astimezone(zone) for us in hours.tolist()]
    # No clock is moved twice within an hour: one that shows every hour as full was not moved, or
    # by whole hours.
    if clocks and all(one.minute == 0 for one in clocks):
        return np.append(hours, day.end_us)
    # Where full hours of the clock begin, walking in steps that no known change is finer than.
    quarters = np.arange(day.start_us, day.end_us, 15 * MINUTE_US)
    full = [us for us in quarters.tolist() if moment(us).astimezone(zone).minute == 0]
    return np.array([*sorted({day.start_us, *full}), day.end_us], np.int64)


@lru_cache(maxsize=1000)
def shop_day(day: date, timezone: str) -> ShopDay:
    """``day`` in that zone (an IANA name)."""
    zone = ZoneInfo(timezone)
    ends = [datetime.combine(day + timedelta(days=i), time(), zone).astimezone(UTC) for i in (0, 1)]
    return ShopDay(day, timezone, ends[0], ends[1])


def day_at(when: datetime, timezone: str) -> date:
    """The shop's day at a moment."""
    return when.astimezone(ZoneInfo(timezone)).date()


def days_of_utc(day: date, timezone: str) -> list[date]:
    """The shop's days that share some time with ``day`` of UTC."""
    first = datetime.combine(day, time(), UTC)
    last = first + timedelta(days=1, microseconds=-1)
    ends = [day_at(when, timezone) for when in (first, last)]
    return days_between(ends[0], ends[1])


def utc_days(start: datetime, end: datetime) -> list[date]:
    """The days of UTC that share some time with [``start``, ``end``)."""
    last = (end - timedelta(microseconds=1)).astimezone(UTC).date()
    return days_between(start.astimezone(UTC).date(), last)


def days_between(first: date, last: date) -> list[date]:
    """Both ends are among them."""
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(when: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (when - _EPOCH) // timedelta(microseconds=1)


def moment(micros_: int) -> datetime:
    """The moment of so many microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=micros_)
