"""A report's words, numbers and times in the reader's language."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from babel.numbers import format_percent

from miseban.insight.digest.report import Compared, Figure, Report
from miseban.insight.report.words import Words as ReportWords
from miseban.insight.report.words import load_catalog


@cache
def catalog(lang: str) -> dict[str, Any]:
    """The words of a day's or week's report; units are those of a recording's. Raises ``BadInput``
    (``unknown-language``)."""
    shared = load_catalog(lang)
    text = files("miseban.insight.digest").joinpath(f"{lang}.toml").read_text("utf-8")
    return {"unit": shared["unit"], **tomllib.loads(text)}


class Words(ReportWords):
    """``words("visitors.title")`` is a text."""

    def __init__(self, lang: str, timezone: str) -> None:
        super().__init__(lang, ZoneInfo(timezone))
        self._catalog = catalog(lang)

    def number(self, value: float, digits: int = 0) -> str:
        # Half is rounded up, as browsers do: the page and its sentences show the same number.
        return super().number(value + 1e-9 if value > 0 else value, digits)

    def title(self, report: Report) -> str:
        """ "Tuesday 24 November 2026", "23 to 29 November 2026"."""
        if report.kind == "day":
            return format_date(report.first, "full", locale=self._locale)
        first, last = (
            format_date(day, "long", locale=self._locale) for day in (report.first, report.last)
        )
        return self("head.week", first=first, last=last)

    def weekday(self, day: date) -> str:
        return format_date(day, "EEEE", locale=self._locale)

    def short_day(self, day: date) -> str:
        return format_skeleton("MMMEd", day, locale=self._locale)

    def hour(self, moment: datetime) -> str:
        """The hour in which it is, as shops say it."""
        return self("head.hour", hour=self.local(moment).hour)

    def change(self, share: float) -> str:
        """Without a sign: the sentence says which way."""
        return format_percent(abs(share), format="#,##0%", locale=self._locale)

    def interval(self, figure: Figure, digits: int = 0) -> str:
        """The ends of a figure's interval; empty where it has none."""
        if figure.low is None or figure.high is None:
            return ""
        low, high = (self.number(end, digits) for end in (figure.low, figure.high))
        return self("unit.range", low=low, high=high)

    def signed_share(self, share: float) -> str:
        share = round(share, 2)
        pattern = "+#,##0%;−#,##0%" if share else "#,##0%"
        return format_percent(share or 0.0, format=pattern, locale=self._locale)

    def change_interval(self, one: Compared) -> str:
        """ "+4 % to +14 %"; empty where it is not known."""
        if one.low is None or one.high is None:
            return ""
        low, high = (self.signed_share(end) for end in (one.low, one.high))
        return self("head.ends", low=low, high=high)

    def hours(self, minutes: float) -> str:
        """Minutes as shops say them: 40 min, 2.1 h."""
        if minutes < 90:
            return self("unit.minutes", m=self.number(minutes))
        return self("unit.hours", h=self.number(minutes / 60, 1 if minutes < 600 else 0))
