"""A report as sections of text and tables, in the reader's language: what paper shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from miseban.insight.digest.comparing import LEAST_SEEN
from miseban.insight.digest.report import Compared, Figure, Report, Visitors
from miseban.insight.digest.sentences import NEARLY_ALL
from miseban.insight.digest.words import Words

MOST_AREAS: Final = 12
MOST_FACINGS: Final = 10
_COUNTED: Final = (2.4, 2.0, 1.0, 1.0, 1.0, 0.7)
"""Those after that are on the page and in the CSV."""


@dataclass(frozen=True)
class Section:
    """``rows`` are texts under ``columns``, of which the first ``names`` are names and the others
    numbers, as wide as ``weights`` say; ``notes`` stand before, ``after`` small below; ``chart``:
    with visitors over the time."""

    title: str
    notes: Sequence[str] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    after: Sequence[str] = ()
    weights: Sequence[float] = ()
    names: int = 1
    chart: bool = False


def sections(report: Report, words: Words) -> Iterator[Section]:
    if report.until is None:
        return
    if report.visitors is not None:
        yield _visitors(report, report.visitors, words)
    if report.waiting is not None:
        yield _waiting(report, words)
    if report.areas:
        yield _areas(report, words)
    if report.shelves is not None:
        yield _shelves(report, words)
    if report.bought is not None:
        range_ = percent_range(report.bought.conversion, words)
        text = words(
            "note.bought",
            receipts=words.number(report.bought.receipts),
            share=_share(report.bought.conversion.value, words),
            range=words("head.brackets", text=range_) if range_ else "",
        )
        yield Section(words("part.bought"), [text])
    yield _alerts(report, words)
    yield _seen(report, words)


def _visitors(report: Report, visitors: Visitors, words: Words) -> Section:
    count = visitors.counted
    notes = []
    if count.value is not None:
        text = words.plural("head.visitors", count.value)
        if range_ := words.interval(count):
            text += f" – {words('note.interval', range=range_)}"
        notes.append(text)
    if visitors.normal is not None:
        notes.append(_against(report, visitors.normal, words))
    if visitors.before is not None:
        before = visitors.before
        mean = words.number(before.mean)
        notes.append(words("note.against_before", change=_changed(before, words), mean=mean))
    if report.inside is not None and report.inside.most is not None:
        text = words.number(report.inside.most)
        if report.inside.at is not None:
            local = words.local(report.inside.at)
            at = words.hour(report.inside.at)
            if report.kind == "week":
                at = f"{words.short_day(local.date())} {at}"
            text = words("note.inside_at", n=text, hour=at)
        notes.append(f"{words('part.inside')}: {text}")
    return Section(words("part.visitors"), notes, chart=bool(visitors.over))


def _against(report: Report, normal: Compared, words: Words) -> str:
    week = "_week" if report.kind == "week" else ""
    weekday = words.weekday(report.first)
    return words(
        f"note.against_normal{week}",
        change=_changed(normal, words),
        weekday=weekday,
        least=words.number(normal.least),
        most=words.number(normal.most),
        base=words.plural(f"says.{report.kind}.base", len(normal.times), weekday=weekday),
    )


def _changed(one: Compared, words: Words) -> str:
    ends = words.change_interval(one)
    share = words.signed_share(one.share)
    return share + (words("head.brackets", text=ends) if ends else "")


def _areas(report: Report, words: Words) -> Section:
    """The most and the least used: where there are many, those between are left out."""
    areas = list(report.areas)
    if len(areas) > MOST_AREAS:
        half = MOST_AREAS // 2
        told = [area for area in areas if area.total_s is not None]
        areas = [*told[:half], *told[max(half, len(told) - half) :]]
    rows = [
        (
            area.name,
            _counted(area.stays, words),
            _duration(area.mean_s.value, words),
            _duration(area.median_s, words),
            _share(area.share, words),
            _share(area.stays.coverage, words),
        )
        for area in areas
    ]
    columns = [words(f"column.{c}") for c in ("area", "stays", "mean", "median", "share", "seen")]
    return Section(words("part.areas"), (), columns, rows, weights=_COUNTED)


def _waiting(report: Report, words: Words) -> Section:
    queues = report.waiting.queues if report.waiting else ()
    rows = [
        (
            queue.name,
            _counted(queue.waited, words),
            _duration(queue.mean_s.value, words),
            _duration(queue.p90_s, words),
            _number(queue.length_max, words),
            _share(queue.waited.coverage, words),
        )
        for queue in queues
    ]
    names = ("queue", "waited", "waiting", "waiting_p90", "longest", "seen")
    columns = [words(f"column.{name}") for name in names]
    return Section(words("part.waiting"), (), columns, rows, weights=_COUNTED)


def _shelves(report: Report, words: Words) -> Section:
    shelves, title = report.shelves, words("part.shelves")
    if shelves is None or not shelves.seen:
        return Section(title, [words("note.shelves_unseen")])
    if not shelves.empty:
        return Section(title, [words("note.all_full", n=words.number(shelves.seen))])
    rows = [
        (
            one.name,
            one.shelf_name,
            words.hours(one.empty_min),
            _number(one.emptied, words),
            _share(one.coverage, words),
        )
        for one in shelves.empty[:MOST_FACINGS]
    ]
    columns = [words(f"column.{name}") for name in ("facing", "shelf", "empty", "emptied", "seen")]
    seen = words(
        "note.seen_facings", seen=words.number(shelves.seen), known=words.number(shelves.known)
    )
    return Section(title, (), columns, rows, [seen], weights=(2.4, 1.8, 1, 1, 1), names=2)


def _alerts(report: Report, words: Words) -> Section:
    title, alerts = words("part.alerts"), report.alerts
    if alerts is None or not alerts.raised + alerts.accepted + alerts.done:
        return Section(title, [words("note.no_alerts")])
    steps = ("raised", "accepted", "done", "escalated")
    notes = [words("note.alerts", **{one: words.number(getattr(alerts, one)) for one in steps})]
    if alerts.accepted_median_s is not None:
        notes.append(words("note.answered", time=words.duration(alerts.accepted_median_s)))
    return Section(title, notes)


def _seen(report: Report, words: Words) -> Section:
    seen = report.seen.entrances
    title, after = words("part.seen"), [words("note.withheld", k=report.k)]
    note = words(f"note.{seen_well(seen)}", share=_share(seen, words))
    if not report.seen.cameras:
        return Section(title, [note], after=after)
    rows = [
        (
            camera.name,
            _share(camera.coverage, words),
            words("note.nothing") if camera.lost_min is None else words.hours(camera.lost_min),
        )
        for camera in report.seen.cameras
    ]
    columns = [words(f"column.{name}") for name in ("camera", "seen", "lost")]
    return Section(title, [note], columns, rows, after, weights=(4, 1, 1))


def seen_well(coverage: float | None) -> str:
    """The key of what so much coverage of the entrances means."""
    if coverage is None:
        return "seen_unknown"
    if coverage >= NEARLY_ALL:
        return "seen_well"
    return "seen_partly" if coverage >= LEAST_SEEN else "seen_badly"


def _counted(one: Figure, words: Words) -> str:
    if one.value is None:
        return words("note.nothing")
    range_ = words.interval(one)
    return words.number(one.value) + (words("head.brackets", text=range_) if range_ else "")


def percent_range(one: Figure, words: Words) -> str:
    if one.low is None or one.high is None:
        return ""
    return words("head.ends", low=words.share(one.low), high=words.share(one.high))


def _number(value: float | None, words: Words) -> str:
    return words("note.nothing") if value is None else words.number(value)


def _duration(seconds: float | None, words: Words) -> str:
    return words("note.nothing") if seconds is None else words.duration(seconds)


def _share(value: float | None, words: Words) -> str:
    return words("note.nothing") if value is None else words.share(value)
