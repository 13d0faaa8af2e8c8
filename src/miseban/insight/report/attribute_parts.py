"""What visitors look like: cells of many people, with what is suppressed said in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from miseban.insight.report.material import ReportMaterial
from miseban.insight.report.words import Words
from miseban.vocabulary.attributes import VALUES, Attribute
from miseban.vocabulary.events import AttributeCounts
from miseban.vocabulary.events.attribute import WINDOW_S
from miseban.vocabulary.summary import AttributeCell


@dataclass(frozen=True)
class AttributeRow:
    """One area in one quarter of an hour; ``cells`` are texts in the order of the columns."""

    name: str
    span: str
    visitors: str
    cells: list[str]


@dataclass(frozen=True)
class AttributeParts:
    """``columns`` are the attributes that any row tells of; ``k`` as in the events."""

    columns: list[str]
    rows: list[AttributeRow]
    k: str


def attribute_parts(material: ReportMaterial, words: Words) -> AttributeParts | None:
    """None where nothing was told."""
    cells = material.summary.attributes
    if not cells:
        return None
    told = {counts.attribute for cell in cells for counts in cell.attributes}
    shown = [attribute for attribute in VALUES if attribute in told]
    return AttributeParts(
        columns=[words(f"attributes.{attribute}") for attribute in shown],
        rows=[
            AttributeRow(
                name=material.name(cell.zone),
                span=words.range_of_clocks(cell.end - timedelta(seconds=WINDOW_S), cell.end),
                visitors=words.number(cell.visitors),
                cells=[_text(cell, attribute, words) for attribute in shown],
            )
            for cell in cells
        ],
        k=words.number(max(cell.k for cell in cells)),
    )


def _text(cell: AttributeCell, attribute: Attribute, words: Words) -> str:
    found = [counts for counts in cell.attributes if counts.attribute == attribute]
    if not found:
        return words("attributes.few", k=words.number(cell.k))
    return words("attributes.between").join(_parts(found[0], cell.visitors, words))


def _parts(counts: AttributeCounts, visitors: int, words: Words) -> list[str]:
    parts = [
        words("attributes.count", value=words(f"attributes.value_{value}"), n=words.number(people))
        for value, people in counts.told.items()
    ]
    if len(counts.told) < len(counts.values):
        parts.append(words("attributes.others" if parts else "attributes.hidden"))
    if visitors > counts.judged:
        parts.append(words("attributes.unread", n=words.number(visitors - counts.judged)))
    return parts
