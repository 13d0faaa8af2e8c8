"""Queues in the report: numbers, the chart of the length, and the table behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from miseban.insight.intervals import PerInterval, choose_bin_s, gaps_s, per_interval
from miseban.insight.queues import length_steps
from miseban.insight.report.charts import Chart, step_chart
from miseban.insight.report.material import ReportMaterial
from miseban.insight.report.words import Words
from miseban.vocabulary.summary import QueueSummary


@dataclass(frozen=True)
class QueueRow:
    """Length in one interval that begins at ``start``: time-weighted ``mean`` and ``max`` over
    the time seen, None where nothing was."""

    start: datetime
    mean: float | None
    max: int | None


@dataclass(frozen=True)
class QueuePart:
    name: str
    numbers: QueueSummary
    chart: Chart
    rows: list[QueueRow]


def queue_parts(material: ReportMaterial, words: Words) -> list[QueuePart]:
    """One part for each queue of the summary."""
    summary = material.summary
    start, duration_s = summary.start, summary.duration_s
    end = start + timedelta(seconds=duration_s)
    events = sorted(material.events, key=lambda event: event.time)
    gaps = [(a, b) for a, b, _ in gaps_s(events, start)]
    clock = per_interval([], start, duration_s, choose_bin_s(duration_s), words.zone)
    parts = []
    for ident, numbers in summary.queues.items():
        steps = length_steps(events, ident, start, end)
        chart = step_chart(steps, gaps, start, duration_s, words)
        rows = _rows(steps, clock, start)
        parts.append(QueuePart(material.name(ident), numbers, chart, rows))
    return parts


def _rows(
    steps: list[tuple[float, float, int]], clock: PerInterval, start: datetime
) -> list[QueueRow]:
    rows = []
    for first in clock.starts():
        since = (first - start).total_seconds()
        until = since + clock.bin_s
        here = [(min(b, until) - max(a, since), n) for a, b, n in steps if a < until and b > since]
        seen_s = sum(length_s for length_s, _ in here)
        mean = sum(length_s * n for length_s, n in here) / seen_s if seen_s > 0 else None
        rows.append(QueueRow(first, mean, max((n for _, n in here), default=None)))
    return rows
