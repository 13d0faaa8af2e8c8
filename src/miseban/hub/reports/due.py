"""Which report is due, by the shop's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from miseban.hub.notify.settings import ReportSettings
from miseban.insight.digest import Span

LATE: Final = timedelta(days=1)
"""How long after its time a report is still sent: news of the day before yesterday is none."""


@dataclass(frozen=True, slots=True)
class Due:
    """The report of ``first`` was to go at ``at``."""

    first: date
    at: datetime


def due(report: ReportSettings, timezone: str, now: datetime) -> Due | None:
    """The last one whose time has come, unless that is longer ago than ``LATE``. A day's report
    goes the next morning, a week's on Monday."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    for ago in range(3):  # today's, or one before whose time is not yet a day ago
        morning = today - timedelta(days=ago)
        if report.kind == "week" and morning.weekday() != 0:
            continue
        # A clock time that the day does not have (clocks are put forward) is the one an hour later.
        at = datetime.combine(morning, _clock(report.at), zone).astimezone(UTC)
        if at <= now:
            if now - at >= LATE:
                return None
            span = Span.around(report.kind, morning, timezone).before()
            return Due(span.first, at)
    return None


def _clock(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))
