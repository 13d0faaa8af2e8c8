"""Visitors in the report: how many came, with whom, how far they went, and how many bought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from miseban.insight.report.material import ReportMaterial
from miseban.insight.report.words import Words
from miseban.vocabulary.summary import VisitorSummary

REACHED_KINDS = frozenset({"area", "counter", "signage"})
"""Everybody is at the entrance, and a queue is no place that one goes for."""


@dataclass(frozen=True)
class VisitorRow:
    """One number with its name and, in small type, what it means; ``sure`` is its interval, empty
    where there is none."""

    what: str
    value: str
    note: str
    sure: str = ""


@dataclass(frozen=True)
class ReachRow:
    """``share`` of the visitors who stayed in an area, and how many they are."""

    name: str
    visitors: int
    share: float


@dataclass(frozen=True)
class VisitorParts:
    rows: list[VisitorRow]
    reach: list[ReachRow]


def visitor_parts(material: ReportMaterial, words: Words) -> VisitorParts | None:
    """None where no line leads into the shop, or where one camera alone cannot tell."""
    told = material.summary.visitors
    if told is None or not (told.visitors or told.passers_by):
        return None
    reach = [
        ReachRow(material.name(zone), one.visitors, one.share)
        for zone, one in told.reach.items()
        if one.share is not None and material.summary.zones[zone].kind in REACHED_KINDS
    ]
    reach.sort(key=lambda row: (-row.share, row.name))
    rows = [VisitorRow(*row) for row in _rows(told, words)]
    between = told.visitors_95
    if between is not None and between.high > between.low:
        rows[0] = replace(rows[0], sure=words.range(round(between.low), round(between.high)))
    return VisitorParts(rows, reach)


def _rows(told: VisitorSummary, words: Words) -> Iterator[tuple[str, str, str]]:
    def row(what: str, note: str, value: str, **values: object) -> tuple[str, str, str]:
        return words(what), value, words(note, **values)

    yield row("visitors.visitors", "visitors.visitors_note", words.number(told.visitors))
    if told.groups is not None:
        sizes = {size.people: size.groups for size in told.group_sizes}
        more = sum(groups for people, groups in sizes.items() if people > 2)
        alone, two = (words.number(sizes.get(people, 0)) for people in (1, 2))
        yield row(
            "visitors.groups",
            "visitors.groups_note",
            words.number(told.groups),
            alone=alone,
            two=two,
            more=words.number(more),
        )
    yield row("visitors.passers", "visitors.passers_note", words.number(told.passers_by))
    if told.capture_rate is not None:
        yield row("visitors.capture", "visitors.capture_note", words.share(told.capture_rate))
    if told.stay_s.total > 0:
        yield row("visitors.stay", "visitors.stay_note", words.duration(told.stay_s.median))
    if told.bounce_rate is not None:
        yield row(
            "visitors.bounce",
            "visitors.bounce_note",
            words.share(told.bounce_rate),
            n=words.number(told.bounced),
        )
    if told.conversion is not None and told.receipts is not None:
        yield row(
            "visitors.conversion",
            "visitors.conversion_note",
            words.share(told.conversion),
            n=words.number(told.receipts),
        )
    if told.group_conversion is not None:
        yield row(
            "visitors.group_conversion",
            "visitors.group_conversion_note",
            words.share(told.group_conversion),
        )
    if told.staff is not None:
        passed = told.passages.staff_in + told.passages.staff_out
        yield row(
            "visitors.staff",
            "visitors.staff_note",
            words.number(told.staff),
            passed=words.number(passed),
        )
