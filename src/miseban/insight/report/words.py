"""The report's words, numbers and times in the reader's language."""

from __future__ import annotations

import tomllib
from datetime import datetime, tzinfo
from importlib.resources import files
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent

from miseban.vocabulary.errors import BadInput

LANGUAGES = ("en", "ja", "ko")
# English in international form: day before month, 24 hours, as a roster has it.
_LOCALES = {"en": "en_GB", "ja": "ja_JP", "ko": "ko_KR"}
_CLOCK = "HH:mm"
_CLOCK_SECONDS = "HH:mm:ss"


def load_catalog(lang: str) -> dict[str, Any]:
    """The catalog of ``lang`` as nested tables. Raises BadInput naming the known languages."""
    if lang not in LANGUAGES:
        raise BadInput("unknown-language", "lang", f"expected {_known()}, found {lang!r}")
    text = files("miseban.insight.report").joinpath(f"{lang}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _known() -> str:
    return " or ".join((", ".join(LANGUAGES[:-1]), LANGUAGES[-1]))


class Words:
    """Texts and formats of one language, times in ``zone``. ``words("big.in")`` is a text;
    what is put into its placeholders has been formatted before."""

    def __init__(self, lang: str, zone: tzinfo) -> None:
        self.lang = lang
        self._catalog = load_catalog(lang)
        self._locale = Locale.parse(_LOCALES[lang])
        self.zone = zone

    def __call__(self, key: str, **values: object) -> str:
        entry: Any = self._catalog
        for part in key.split("."):
            entry = entry[part]
        return str(entry).format(**values)

    def plural(self, key: str, n: float, **values: object) -> str:
        """The text for ``n`` things, with ``{n}`` formatted."""
        forms = self._catalog
        for part in key.split("."):
            forms = forms[part]
        form = forms.get(self._locale.plural_form(n), forms["other"])
        return str(form).format(n=self.number(n), **values)

    def number(self, value: float, digits: int = 0) -> str:
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(value, format=pattern, locale=self._locale)

    def signed(self, value: int) -> str:
        return format_decimal(value, format="+#,##0;−#,##0", locale=self._locale) if value else "0"

    def share(self, fraction: float) -> str:
        """A percentage. What is not quite all never reads as 100 %, nor something as 0 %."""
        digits = 0 if fraction in (0.0, 1.0) or 0.01 <= fraction <= 0.99 else 1
        if 0.999 <= fraction < 1.0:
            fraction = 0.999
        elif 0.0 < fraction < 0.001:
            fraction = 0.001
        pattern = "#,##0.0%" if digits else "#,##0%"
        return format_percent(fraction, format=pattern, locale=self._locale)

    def duration(self, seconds: float) -> str:
        whole = round(seconds)
        if whole < 60:
            if 0 < seconds < 10:
                return self("unit.seconds", s=self.number(seconds, 1))
            return self("unit.seconds", s=whole)
        if whole < 3600:
            minutes, rest = divmod(whole, 60)
            if rest:
                return self("unit.minutes_seconds", m=minutes, s=rest)
            return self("unit.minutes", m=minutes)
        hours, minutes = divmod(round(seconds / 60), 60)
        if not minutes:
            return self("unit.hours", h=hours)
        return self("unit.hours_minutes", h=hours, m=minutes)

    def person_minutes(self, seconds: float) -> str:
        minutes = seconds / 60
        return self.number(minutes, 1 if minutes < 100 else 0)

    def range(self, low: int, high: int) -> str:
        return self("unit.range", low=self.number(low), high=self.number(high))

    def local(self, time: datetime) -> datetime:
        return time.astimezone(self.zone)

    def clock(self, time: datetime, *, seconds: bool = False) -> str:
        pattern = _CLOCK_SECONDS if seconds else _CLOCK
        return format_time(self.local(time), pattern, locale=self._locale)

    def range_of_clocks(self, start: datetime, end: datetime) -> str:
        return self("unit.range", low=self.clock(start), high=self.clock(end))

    def date(self, time: datetime) -> str:
        return format_date(self.local(time).date(), "full", locale=self._locale)
