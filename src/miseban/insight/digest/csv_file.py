"""A report as one table: a line for each figure, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from miseban.insight.digest.report import Figure, Report
from miseban.insight.questions import Unit

COLUMNS: Final = (
    "part", "place", "name", "start", "measure", "unit", "value", "low", "high", "base", "coverage",
)  # fmt: skip
_Line = tuple[str, str, str, str, str, Unit, Figure]


def as_csv(report: Report) -> str:
    """``COLUMNS``; an empty cell is not known, which is not 0. Text that a spreadsheet would take
    for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for part, place, name, start, measure, unit, one in _lines(report):
        numbers = (one.value, one.low, one.high, one.base, one.coverage)
        writer.writerow(
            [part, _text(place), _text(name), start, measure, unit, *map(_cell, numbers)]
        )
    return out.getvalue()


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _lines(report: Report) -> Iterator[_Line]:
    yield from _visitors(report)
    if report.inside is not None:
        at = report.inside.at.isoformat() if report.inside.at else ""
        most = Figure(value=report.inside.most)
        yield "inside", "", report.shop_name, at, "people_max", "people", most
    for area in report.areas:
        where = "areas", area.zone, area.name, ""
        yield *where, "stays", "people", area.stays
        yield *where, "mean_s", "s", area.mean_s
        yield *where, "median_s", "s", Figure(value=area.median_s)
        yield *where, "total_s", "person-s", Figure(value=area.total_s)
        yield *where, "share", "share", Figure(value=area.share)
    for queue in report.waiting.queues if report.waiting else ():
        where = "queues", queue.zone, queue.name, ""
        yield *where, "waited", "people", queue.waited
        yield *where, "waiting_mean_s", "s", queue.mean_s
        yield *where, "waiting_median_s", "s", Figure(value=queue.median_s)
        yield *where, "waiting_p90_s", "s", Figure(value=queue.p90_s)
        yield *where, "length_max", "people", Figure(value=queue.length_max)
    for facing in report.shelves.empty if report.shelves else ():
        where = "shelves", f"{facing.shelf}/{facing.facing}", facing.name, ""
        yield *where, "empty_min", "min", Figure(value=facing.empty_min, coverage=facing.coverage)
        yield *where, "emptied", "count", Figure(value=facing.emptied)
        yield *where, "low_min", "min", Figure(value=facing.low_min)
    yield from _rest(report)


def _visitors(report: Report) -> Iterator[_Line]:
    if report.visitors is None:
        return
    whole = "visitors", "", report.shop_name, report.since.isoformat()
    yield *whole, "visitors", "people", report.visitors.counted
    for name, one in (("normal", report.visitors.normal), ("week_before", report.visitors.before)):
        if one is not None:
            n = len(one.times)
            mean = Figure(value=one.mean, base=n)
            more = Figure(value=one.share, low=one.low, high=one.high, base=n)
            yield *whole, name, "people", mean
            yield *whole, f"against_{name}", "share", more
    for stretch in report.visitors.over:
        then = "visitors_over_time", "", report.shop_name, stretch.start.isoformat()
        yield *then, "visitors", "people", stretch.visitors
        yield *then, "normal", "people", Figure(value=stretch.normal)


def _rest(report: Report) -> Iterator[_Line]:
    shop = "", report.shop_name, ""
    if report.bought is not None:
        yield "bought", *shop, "receipts", "count", Figure(value=report.bought.receipts)
        yield "bought", *shop, "conversion", "share", report.bought.conversion
    if report.alerts is not None:
        for step in ("raised", "accepted", "done", "escalated"):
            yield "alerts", *shop, step, "count", Figure(value=getattr(report.alerts, step))
        median = Figure(value=report.alerts.accepted_median_s)
        yield "alerts", *shop, "accepted_median_s", "s", median
    yield "seen", *shop, "entrances", "share", Figure(value=report.seen.entrances)
    for camera in report.seen.cameras or ():
        where = "seen", camera.camera, camera.name, ""
        yield *where, "coverage", "share", Figure(value=camera.coverage)
        yield *where, "lost_min", "min", Figure(value=camera.lost_min)
