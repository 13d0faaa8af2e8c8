"""A report on paper: A4, a page or two."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, SimpleDocTemplate, Table, TableStyle

from miseban.insight.digest.pdf_chart import GRID, Bar, Bars
from miseban.insight.digest.pdf_text import SOFT, need_fonts, paragraph, runs
from miseban.insight.digest.report import Report
from miseban.insight.digest.shown import Section, sections
from miseban.insight.digest.words import Words

MARGIN = 16 * mm
PADDING = 6.0
"""Of reportlab's frames, in points."""
SEEN = 0.25
"""Hours of which less was seen are hatched, as on the pages."""


def as_pdf(report: Report) -> bytes:
    """In the language of its sentences. The same report gives the same bytes."""
    words = Words(report.language, report.timezone)
    title = words(f"head.{report.kind}_title", shop=report.shop_name, when=words.title(report))
    need_fonts()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=12 * mm,
        bottomMargin=16 * mm, title=title, author="miseban", invariant=1, lang=report.language,
    )  # fmt: skip

    def foot(canvas: Any, _: Any) -> None:
        x = MARGIN
        for font, part in runs(f"{title}   {words('head.page', n=canvas.getPageNumber())}"):
            canvas.setFont(font, 7.5)
            canvas.setFillColor(SOFT)
            canvas.drawString(x, 9 * mm, part)
            x += canvas.stringWidth(part, font, 7.5)

    document.build(list(_story(report, words, title)), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _story(report: Report, words: Words, title: str) -> Iterator[Any]:
    lang = report.language
    yield paragraph(title, lang, 15, bold=True)
    head = words("head.zone", zone=report.timezone)
    if not report.whole and report.until is not None:
        day = words.short_day(words.local(report.until).date())
        head = f"{words('head.until', until=f'{day} {words.clock(report.until)}')} {head}"
    yield paragraph(head, lang, 8, soft=True)
    for says in report.says:
        yield paragraph(says, lang, 11)
    for section in sections(report, words):
        flows = list(_section(section, report, words))
        # A title is never left alone at the foot of a page.
        yield KeepTogether(flows[:2])
        yield from flows[2:]


def _section(section: Section, report: Report, words: Words) -> Iterator[Any]:
    lang = report.language
    heading = paragraph(section.title, lang, 11, bold=True)
    heading.style = heading.style.clone("heading", spaceBefore=7)
    yield heading
    for note in section.notes:
        yield paragraph(note, lang)
    if section.chart:
        yield Bars(_bars(report, words))
        yield paragraph(words("note.chart"), lang, 7.5, soft=True)
    if section.rows:
        yield _table(section, lang)
    for note in section.after:
        yield paragraph(note, lang, 7.5, soft=True)


def _bars(report: Report, words: Words) -> list[Bar]:
    over = report.visitors.over if report.visitors else ()
    day = report.kind == "day"
    bars = [
        Bar(
            label=(
                str(words.local(one.start).hour)
                if day
                else words.short_day(words.local(one.start).date())
            ),
            value=one.visitors.value,
            low=one.visitors.low,
            high=one.visitors.high,
            normal=one.normal,
            seen=one.visitors.value is not None
            and (one.visitors.coverage is None or one.visitors.coverage >= SEEN),
        )
        for one in over
    ]
    busy = [n for n, bar in enumerate(bars) if bar.value or bar.normal]
    return bars[busy[0] : busy[-1] + 1] if day and busy else bars


def _table(section: Section, lang: str) -> Any:
    """As wide as the page."""
    texts = [section.columns, *section.rows]
    cells = [
        [
            paragraph(text, lang, 8.5, soft=n == 0, right=column >= section.names)
            for column, text in enumerate(row)
        ]
        for n, row in enumerate(texts)
    ]
    wide = A4[0] - 2 * MARGIN - 2 * PADDING
    weights = section.weights or [1.0] * len(section.columns)
    widths = [wide * weight / sum(weights) for weight in weights]
    table = Table(cells, colWidths=widths, repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, GRID),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
            ]
        )
    )
    return table
