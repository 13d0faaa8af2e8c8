"""The page: the summary's numbers in the order a manager asks for them."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from miseban.insight.intervals import PerInterval, choose_bin_s, gaps_s, per_interval
from miseban.insight.labels import labels
from miseban.insight.report.areas import area_rows
from miseban.insight.report.attribute_parts import attribute_parts
from miseban.insight.report.beside import beside_rows
from miseban.insight.report.charts import bar_chart
from miseban.insight.report.material import ReportMaterial
from miseban.insight.report.queue_parts import queue_parts
from miseban.insight.report.sure import sure_rows, told_flag, told_range
from miseban.insight.report.visitor_parts import visitor_parts
from miseban.insight.report.words import Words
from miseban.insight.shoppers import shoppers_only
from miseban.vocabulary.errors import BadInput

MOST_PATHS = 10

_PAGES = Environment(
    loader=PackageLoader("miseban.insight", "report"),
    autoescape=True,  # invariant: names come from a file that anybody may have written
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_report(material: ReportMaterial, lang: str = "en") -> str:
    """One self-contained HTML page. Raises BadInput for an unknown language or time zone."""
    try:
        zone = ZoneInfo(material.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadInput(
            "unknown-timezone", "timezone", f"expected an IANA name, found {material.timezone!r}"
        ) from error
    words = Words(lang, zone)
    summary = material.summary
    # As in the summary: queues and areas are the shoppers'.
    staff = labels(material.events).staff
    material = replace(material, events=shoppers_only(material.events, staff))
    return _PAGES.get_template("page.html").render(
        w=words,
        m=material,
        s=summary,
        head=_head(material, words),
        big=_big(material, words),
        visitors=visitor_parts(material, words),
        beside=beside_rows(material, words),
        traffic=_traffic(material, words, zone),
        sure=sure_rows(summary.entrances, words),
        told_flag=lambda count: told_flag(count, words),
        areas=area_rows(material),
        queues=queue_parts(material, words),
        looks=attribute_parts(material, words),
        paths=summary.paths[:MOST_PATHS],
        more_paths=max(0, len(summary.paths) - MOST_PATHS),
        most_people=max((path.people for path in summary.paths), default=0),
        gaps=[
            (summary.start + timedelta(seconds=a), summary.start + timedelta(seconds=b), b - a, why)
            for a, b, why in gaps_s(material.events, summary.start)
        ],
        heat_picture=_data_address(material.heat_picture_png),
        heat_floor=_data_address(material.heat_floor_png),
    )


def _head(material: ReportMaterial, words: Words) -> dict[str, str]:
    start = material.summary.start
    end = start + timedelta(seconds=material.summary.duration_s)
    short = material.summary.duration_s < 600
    clocks = {"from": words.clock(start, seconds=short), "to": words.clock(end, seconds=short)}
    if words.local(start).date() == words.local(end).date():
        span = words("head.span", date=words.date(start), **clocks)
    else:
        dates = {"from_date": words.date(start), "to_date": words.date(end)}
        span = words("head.span_days", **dates, **clocks)
    camera = material.summary.camera
    return {
        "shop": material.name(material.summary.shop),
        "camera": words("head.camera", name=material.name(camera)) if camera else "",
        "span": span,
    }


def _big(material: ReportMaterial, words: Words) -> list[dict[str, str]]:
    """The numbers on top: label, value, and what stands in small type below."""
    summary = material.summary
    tiles = []
    doors = [line for name, line in summary.lines.items() if name in material.entrances]
    if summary.entrances is not None or doors:
        together = [summary.entrances] if summary.entrances is not None else doors
        for key in ("in", "out"):
            counts = [line.in_ if key == "in" else line.out for line in together]
            total = words.number(sum(count.count for count in counts))
            # The sum of several lines has an interval of its own, which only the result knows.
            sure = told_range(counts[0], words) if len(counts) == 1 else ""
            tiles.append((words(f"big.{key}"), total, sure))
    # The views of several cameras do not add up to people, unless they are one on the floor.
    if summary.camera is not None or any(one.fused for one in summary.cameras.values()):
        tiles.append((words("big.people"), words.number(summary.people), words("big.people_note")))
    if summary.visitors is not None and summary.visitors.groups is not None:
        note = words("big.groups_note", n=words.number(summary.visitors.visitors))
        tiles.append((words("visitors.groups"), words.number(summary.visitors.groups), note))
    if summary.inside is not None:
        most = words.number(summary.inside.people_max)
        end = words.number(summary.inside.people_end)
        tiles.append((words("big.inside"), end, words("big.inside_note", most=most)))
    if summary.queues:
        ident, queue = max(summary.queues.items(), key=lambda item: item[1].length_max)
        tiles.append(
            (
                words("big.queue"),
                words.number(queue.length_max),
                words.plural("big.queue_note", queue.length_max, name=material.name(ident)),
            )
        )
    whole = words("big.coverage_note", duration=words.duration(summary.duration_s))
    tiles.append((words("big.coverage"), words.share(summary.coverage), whole))
    return [{"label": label, "value": value, "note": note} for label, value, note in tiles]


def _traffic(material: ReportMaterial, words: Words, zone: ZoneInfo) -> dict[str, Any]:
    summary = material.summary
    counts = per_interval(
        material.events,
        summary.start,
        summary.duration_s,
        choose_bin_s(summary.duration_s),
        zone,
        material.entrances,
    )
    lead_s = (summary.start - counts.first).total_seconds()
    gaps = [(a + lead_s, b + lead_s) for a, b, _ in gaps_s(material.events, summary.start)]
    by_line = any(line in material.entrances for line in summary.lines)
    series = {"in": counts.in_, "out": counts.out} if by_line else {"seen": counts.seen}
    rows = [
        {
            "from": start,
            "to": start + timedelta(seconds=counts.bin_s),
            "coverage": float(counts.coverage[i]),
            **{name: int(values[i]) for name, values in series.items()},
        }
        for i, start in enumerate(counts.starts())
    ]
    sums = np.sum(list(series.values()), axis=0)
    return {
        "by_line": by_line,
        "series": list(series),
        "rows": rows,
        "totals": {name: int(values.sum()) for name, values in series.items()},
        "busiest": rows[int(sums.argmax())] if sums.any() else None,
        "corrections": _corrections(material, counts),
        "bin": words.duration(counts.bin_s),
        "chart": bar_chart(
            counts, [(name, [int(n) for n in ns]) for name, ns in series.items()], gaps, words
        ),
    }


def _corrections(material: ReportMaterial, counts: PerInterval) -> list[tuple[datetime, int]]:
    """How far the number inside was put right, by interval; those without are left out."""
    inside = material.summary.inside
    sums: Counter[int] = Counter()
    for correction in inside.corrections if inside is not None else ():
        sums[int((correction.time - counts.first).total_seconds() // counts.bin_s)] += (
            correction.people
        )
    starts = counts.starts()
    return [(starts[min(max(i, 0), len(starts) - 1)], sums[i]) for i in sorted(sums)]


def _data_address(png: bytes | None) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}" if png else ""
