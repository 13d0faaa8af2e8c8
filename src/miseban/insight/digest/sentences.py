"""The few sentences on top: what a manager should know, each with what it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from miseban.insight.digest.comparing import LEAST_SEEN
from miseban.insight.digest.report import Compared, Figure, Report, Visitors
from miseban.insight.digest.words import Words

NEARLY_ALL: Final = 0.98
"""Of the time: less is said."""
LEAST_EMPTY_MIN: Final = 15.0
"""A facing that was empty for less is not among the first things to know."""
LEAST_CHANGE: Final = 0.01


def with_sentences(report: Report, lang: str) -> Report:
    """``report`` with sentences in ``lang``. Raises ``BadInput`` (``unknown-language``)."""
    words = Words(lang, report.timezone)
    return report.model_copy(update={"language": lang, "says": tuple(_sentences(report, words))})


def _sentences(report: Report, words: Words) -> Iterator[str]:
    if report.until is None:
        yield words(f"says.{report.kind}.nothing")
        return
    if report.visitors is not None:
        yield from _visitors(report, report.visitors, words)
    seen = report.seen.entrances
    if seen is not None and LEAST_SEEN <= seen < NEARLY_ALL:
        yield words("says.partly", share=words.share(seen))
    if report.waiting is not None and report.waiting.longest is not None:
        longest = report.waiting.longest
        yield words.plural(
            "says.waits",
            longest.base,
            hour=words("head.hour", hour=longest.hour),
            mean=words.duration(longest.mean_s),
        )
    if report.shelves is not None and report.shelves.empty:
        first, *others = report.shelves.empty
        if first.empty_min >= LEAST_EMPTY_MIN:
            yield words("says.empty", name=first.name, time=words.hours(first.empty_min))
            if others:
                yield words.plural("says.others_empty", len(others))


def _visitors(report: Report, visitors: Visitors, words: Words) -> Iterator[str]:
    count, key = visitors.counted, f"says.{report.kind}"
    about = {"when": _when(report, words), "weekday": words.weekday(report.first)}
    if count.value is None:
        yield words(f"{key}.unseen_at_all", **about)
        return
    people = words.plural("head.visitors", count.value)
    if visitors.normal is not None:
        yield _against(visitors.normal, people, report, words, about)
        if visitors.normal.beyond:
            way = "most" if visitors.normal.share > 0 else "least"
            n = len(visitors.normal.times)
            yield words(f"{key}.{way}", n=words.number(n), **about)
        return
    about |= {"people": people, "range": _in_brackets(words.interval(count), words)}
    if visitors.uncompared == "unseen":
        seen = words.share(count.coverage or 0.0)
        yield words(f"{key}.unseen", share=seen, **about)
    else:
        yield words(f"{key}.{visitors.uncompared or 'few'}", **about)


def _against(
    normal: Compared, people: str, report: Report, words: Words, about: dict[str, str]
) -> str:
    key, n = f"says.{report.kind}", len(normal.times)
    about = about | {
        "people": people,
        "change": words.change(normal.share),
        "mean": words.number(normal.mean),
        "base": words.plural(f"{key}.base", n, weekday=about["weekday"]),
        "ends": _in_brackets(words.change_interval(normal), words),
    }
    return words(f"{key}.{way_of(normal)}", **about)


def way_of(change: Compared) -> str:
    """``more`` or ``fewer`` where the interval says so, or without one the share; else ``same``."""
    low = change.share if change.low is None else change.low
    high = change.share if change.high is None else change.high
    if abs(change.share) < LEAST_CHANGE or low <= 0 <= high:
        return "same"
    return "more" if change.share > 0 else "fewer"


def _in_brackets(text: str, words: Words) -> str:
    return words("head.brackets", text=text) if text else ""


def _when(report: Report, words: Words) -> str:
    name = words.weekday(report.first) if report.kind == "day" else words("head.the_week")
    if report.whole or report.until is None:
        return name
    if report.kind == "day":
        return words("head.up_to", name=name, until=words.clock(report.until))
    day = words.short_day(words.local(report.until).date())
    return words("head.up_to", name=name, until=f"{day} {words.clock(report.until)}")


def headline(report: Report, words: Words) -> str:
    """The title of a mail: which report, of what, and how many came."""
    title = words(f"head.{report.kind}_title", shop=report.shop_name, when=words.title(report))
    count: Figure | None = None if report.visitors is None else report.visitors.counted
    if count is None or count.value is None:
        return title
    return words("head.with_count", title=title, people=words.plural("head.visitors", count.value))
