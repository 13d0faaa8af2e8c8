"""What was counted beside what really happened, where somebody knows that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from miseban.insight.report.material import ReportMaterial
from miseban.insight.report.words import Words
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.summary import Count, Summary, ZoneSummary

SAME_S = 2.0
"""Two recordings are of the same stretch when they begin and end so near each other."""


def load_truth(folder: Path, shop: str) -> Summary:
    """The numbers of what really happened, from the ``summary.json`` of ``folder``.

    Raises ``BadInput`` when there is none, or it is of another shop.
    """
    path = folder / "summary.json"
    try:
        truth = Summary.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(str(part) for part in first["loc"]) or "as a whole"
        raise BadInput("not-readable", path, f"{at}: {first['msg']}") from None
    except (OSError, UnicodeDecodeError):
        raise BadInput("no-truth", path, "expected the summary of a truth, found none") from None
    if truth.shop != shop:
        raise BadInput("other-shop", path, f"expected shop {shop!r}, found {truth.shop!r}")
    return truth


def of_same_stretch(truth: Summary, found: Summary) -> bool:
    """Whether both tell of the same time; else their numbers cannot stand beside each other."""
    begins_s = (truth.start - found.start).total_seconds()
    ends_s = begins_s + truth.duration_s - found.duration_s
    return abs(begins_s) <= SAME_S and abs(ends_s) <= SAME_S


@dataclass(frozen=True)
class BesideRow:
    """One number of both sides, and by how much they differ; ``right`` when they do not, as far
    as they are shown. ``thing`` is empty when it is the one of the row before."""

    thing: str
    what: str
    truth: str
    counted: str
    difference: str
    right: bool


def beside_rows(material: ReportMaterial, words: Words) -> list[BesideRow]:
    """Every number that truth and result both have; none without a truth."""
    rows: list[BesideRow] = []
    last = ""
    for thing, what, true, found, seconds in _pairs(material, words):
        show = words.duration if seconds else words.number
        off = round(found) - round(true)
        sign = "+" if off > 0 else "−" if off < 0 else ""
        apart = words("unit.seconds", s=words.number(abs(off))) if seconds else show(abs(off))
        difference = sign + apart if off else words("beside.same")
        name, last = ("" if thing == last else thing), thing
        rows.append(BesideRow(name, what, show(true), show(found), difference, not off))
    return rows


def _pairs(material: ReportMaterial, words: Words) -> Iterator[tuple[str, str, float, float, bool]]:
    """(of what, which number, truth, result, whether these are seconds)"""
    truth, found = material.truth, material.summary
    if truth is None or not of_same_stretch(truth, found):
        return
    for name in (name for name in found.lines if name in truth.lines):
        both: tuple[tuple[str, Count, Count], ...] = (
            ("in", truth.lines[name].in_, found.lines[name].in_),
            ("out", truth.lines[name].out, found.lines[name].out),
        )
        for way, true, counted in both:
            what = words(f"traffic.{way}")
            yield material.line_name(name), what, true.count, counted.count, False
    yield from _visitors(truth, found, words)
    # Where nobody tells staff apart they are in the counted numbers: then in the true ones too.
    everybody = not _tells_staff(found)
    for name in (name for name in found.zones if name in truth.zones):
        (a, true_s), (b, found_s) = (
            _stays(side.zones[name], everybody=everybody) for side in (truth, found)
        )
        yield material.name(name), words("areas.visits"), a, b, False
        if a and b:
            yield material.name(name), words("beside.dwell"), true_s / a, found_s / b, True
        if name in found.queues and name in truth.queues:
            longest = truth.queues[name].length_max, found.queues[name].length_max
            yield material.name(name), words("queues.max"), *longest, False


def _tells_staff(side: Summary) -> bool:
    return side.visitors is not None and side.visitors.staff is not None


def _stays(zone: ZoneSummary, *, everybody: bool) -> tuple[int, float]:
    """How many stays, and their seconds."""
    staff = (zone.staff_visits, zone.staff_s) if everybody else (0, 0.0)
    return zone.visits + staff[0], zone.dwell_s.total + staff[1]


def _visitors(
    truth: Summary, found: Summary, words: Words
) -> Iterator[tuple[str, str, float, float, bool]]:
    """Only where both tell visitors of the whole shop and without staff."""
    a, b = truth.visitors, found.visitors
    if a is None or b is None or not (_tells_staff(truth) and _tells_staff(found)):
        return
    shop = words("visitors.heading")
    yield shop, words("visitors.visitors"), a.visitors, b.visitors, False
    if a.groups is not None and b.groups is not None:
        yield shop, words("visitors.groups"), a.groups, b.groups, False
    yield shop, words("visitors.passers"), a.passers_by, b.passers_by, False
