"""Geometry of the report's charts, in units of their SVG view box. The template draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from miseban.insight.intervals import PerInterval
from miseban.insight.report.words import Words

WIDTH = 720.0
HEIGHT = 220.0
LEFT = 40.0  # room for the numbers of the upright axis
RIGHT = 26.0  # half a label of time
TOP = 22.0
BOTTOM = 26.0  # room for the times
_TICK_STEPS_S = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200)
_MOST_TICKS = 8


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    series: str
    label: str
    value: str


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Chart:
    """``bars`` or a ``path`` over ``hatched`` (x, width) stretches without coverage."""

    x_ticks: list[Tick]
    y_ticks: list[Tick]
    hatched: list[tuple[float, float]]
    bars: list[Bar]
    path: str = ""
    area: str = ""
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    top: float = TOP
    base: float = HEIGHT - BOTTOM


def bar_chart(
    counts: PerInterval,
    series: Sequence[tuple[str, Sequence[int]]],
    gaps: Sequence[tuple[float, float]],
    words: Words,
) -> Chart:
    """Bars side by side: ``series`` are (name, one count per interval); ``gaps`` (from, to) in
    seconds since the first interval's start."""
    span_s = counts.bin_s * len(counts.in_)
    y_ticks, top = _y_axis(max((n for _, ns in series for n in ns), default=0), words)
    slot = (WIDTH - LEFT - RIGHT) / len(counts.in_)
    gap = min(slot * 0.2, 12.0)
    width = min((slot - gap) / len(series), 40.0)
    bars = []
    for s, (name, ns) in enumerate(series):
        for i, n in enumerate(ns):
            middle = LEFT + slot * (i + 0.5)
            height = (HEIGHT - TOP - BOTTOM) * n / top
            bars.append(
                Bar(
                    x=round(middle + width * (s - len(series) / 2), 2),
                    y=round(HEIGHT - BOTTOM - height, 2),
                    width=round(max(width - 1.0, 0.8), 2),
                    height=round(height, 2),
                    series=name,
                    label=words.clock(counts.starts()[i]),
                    value=words.number(n),
                )
            )
    return Chart(
        x_ticks=_time_ticks(counts.first, span_s, words),
        y_ticks=y_ticks,
        hatched=_stretches(gaps, span_s),
        bars=bars,
    )


def step_chart(
    steps: Sequence[tuple[float, float, int]],
    gaps: Sequence[tuple[float, float]],
    start: datetime,
    duration_s: float,
    words: Words,
) -> Chart:
    """A queue's length: ``steps`` and ``gaps`` in seconds since ``start``."""
    y_ticks, top = _y_axis(max((n for _, _, n in steps), default=0), words)
    base = HEIGHT - BOTTOM
    line, area = [], []
    before: float | None = None
    for since, until, n in steps:
        x1, x2 = _x(since, duration_s), _x(until, duration_s)
        y = base - (base - TOP) * n / top
        joined = before is not None and abs(x1 - before) < 0.01
        line.append(f"{'L' if joined else 'M'}{x1:.2f} {y:.2f}H{x2:.2f}")
        if n:
            area.append(f"M{x1:.2f} {base:.2f}V{y:.2f}H{x2:.2f}V{base:.2f}Z")
        before = x2
    return Chart(
        x_ticks=_time_ticks(start, duration_s, words),
        y_ticks=y_ticks,
        hatched=_stretches(gaps, duration_s),
        bars=[],
        path="".join(line),
        area="".join(area),
    )


def _x(at_s: float, span_s: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * at_s / max(span_s, 1e-9)


def _stretches(gaps: Sequence[tuple[float, float]], span_s: float) -> list[tuple[float, float]]:
    ends = [(_x(max(0.0, a), span_s), _x(min(b, span_s), span_s)) for a, b in gaps]
    return [(round(a, 2), round(max(b - a, 1.0), 2)) for a, b in ends if b > a]


def _y_axis(highest: int, words: Words) -> tuple[list[Tick], int]:
    """Whole numbers at steps of 1, 2 or 5 times a power of ten, four or fewer above zero."""
    step, power = 1, 1
    while ceil(highest / step) > 4:
        step = {1: 2, 2: 5, 5: 10}[step // power] * power
        power = power * 10 if step == 10 * power else power
    top = max(1, ceil(highest / step)) * step
    usable = HEIGHT - TOP - BOTTOM
    return [
        Tick(HEIGHT - BOTTOM - usable * n / top, words.number(n)) for n in range(0, top + 1, step)
    ], top


def _time_ticks(first: datetime, span_s: float, words: Words) -> list[Tick]:
    step = next((s for s in _TICK_STEPS_S if span_s / s <= _MOST_TICKS), 86400)
    local = words.local(first)
    into_day = local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6
    at = -into_day % step
    ticks = []
    while at <= span_s + 1e-6:
        time = first + timedelta(seconds=at)
        ticks.append(Tick(round(_x(at, span_s), 2), words.clock(time, seconds=step < 60)))
        at += step
    return ticks
