"""The day or the week that a report is of, on the shop's own calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo

from miseban.journal.rollups import shop_day
from miseban.vocabulary.errors import BadInput

Kind = Literal["day", "week"]
DAYS: dict[Kind, int] = {"day": 1, "week": 7}


@dataclass(frozen=True)
class Span:
    """From ``first`` to ``last``, both in it: a day, or a week from Monday to Sunday (ISO 8601)."""

    kind: Kind
    first: date
    timezone: str

    @classmethod
    def around(cls, kind: Kind, day: date, timezone: str) -> Self:
        """The day, or the week with it. Raises ``BadInput`` (``day``) at the ends of the calendar,
        where there is none before or after it."""
        if not 1971 <= day.year <= 9000:
            raise BadInput("day", "date", f"expected a day from 1971 to 9000, found {day}")
        first = day if kind == "day" else day - timedelta(days=day.weekday())
        return cls(kind, first, timezone)

    @property
    def days(self) -> int:
        return DAYS[self.kind]

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.days - 1)

    @property
    def since(self) -> datetime:
        return shop_day(self.first, self.timezone).start

    @property
    def until(self) -> datetime:
        """The first moment that is not in it."""
        return shop_day(self.last, self.timezone).end

    def weeks_before(self, n: int) -> Span:
        """The same weekday, or the whole week, ``n`` weeks earlier."""
        return Span(self.kind, self.first - timedelta(weeks=n), self.timezone)

    def before(self) -> Span:
        """The last one that was over when this one began."""
        return Span(self.kind, self.first - timedelta(days=self.days), self.timezone)

    def same_moment(self, moment: datetime, of: Span) -> datetime:
        """The moment of this span at which the shop's clock shows what it shows at ``moment`` of
        ``of``; the span's end for its end."""
        if moment >= of.until:
            return self.until
        zone = ZoneInfo(self.timezone)
        shown = moment.astimezone(zone)
        day = self.first + (shown.date() - of.first)
        clock = time(shown.hour, shown.minute, shown.second)
        found = datetime.combine(day, clock, zone).astimezone(UTC)
        return min(max(found, self.since), self.until)
