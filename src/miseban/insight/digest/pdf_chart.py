"""Visitors by the hour or day as bars, with intervals, beside what is normal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from miseban.insight.digest.pdf_text import SOFT, need_fonts, runs

BAR, LINE, GRID, HATCH = (HexColor(c) for c in ("#0072b2", "#b65c00", "#d6dcd9", "#aab4b0"))
HEIGHT, LEFT, BELOW, SMALL = 130.0, 30.0, 16.0, 7.5
"""In points."""


@dataclass(frozen=True)
class Bar:
    """``value`` none: not known."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    normal: float | None
    seen: bool


class Bars(Flowable):  # type: ignore[misc]  # reportlab has no types
    """As wide as the page lets it."""

    def __init__(self, bars: Sequence[Bar]) -> None:
        super().__init__()
        self._bars = bars

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width, self.height = width, HEIGHT
        return width, HEIGHT

    def draw(self) -> None:
        need_fonts()
        numbers = [x for bar in self._bars for x in (bar.value, bar.high, bar.normal) if x]
        top = nice_top(max(numbers, default=1.0))
        tall = HEIGHT - BELOW - 6
        wide = (self.width - LEFT) / max(1, len(self._bars))
        for part in (0.0, 0.5, 1.0):
            y = BELOW + tall * part
            self.canv.setStrokeColor(GRID)
            self.canv.setLineWidth(0.5)
            self.canv.line(LEFT, y, self.width, y)
            self._write(f"{top * part:g}", LEFT - 4, y - 2.5, align=1.0)
        every = 1 if len(self._bars) <= 8 else 3
        for n, bar in enumerate(self._bars):
            x = LEFT + n * wide
            self._bar(bar, x, wide, tall / top, tall)
            if n % every == 0:
                self._write(bar.label, x + wide / 2, 4, align=0.5)
        self._normal(wide, tall / top)

    def _bar(self, bar: Bar, x: float, wide: float, scale: float, tall: float) -> None:
        canvas = self.canv
        if not bar.seen:
            canvas.setStrokeColor(HATCH)
            canvas.setLineWidth(0.4)
            canvas.saveState()
            path = canvas.beginPath()
            path.rect(x, BELOW, wide, tall)
            canvas.clipPath(path, stroke=0, fill=0)
            for step in range(int((wide + tall) / 5) + 1):
                canvas.line(x + step * 5 - tall, BELOW, x + step * 5, BELOW + tall)
            canvas.restoreState()
        if bar.value is None:
            return
        canvas.setFillColor(BAR)
        canvas.rect(x + wide * 0.18, BELOW, wide * 0.64, bar.value * scale, stroke=0, fill=1)
        if bar.low is not None and bar.high is not None:
            canvas.setStrokeColor(SOFT)
            canvas.setLineWidth(0.8)
            middle = x + wide / 2
            canvas.line(middle, BELOW + bar.low * scale, middle, BELOW + bar.high * scale)

    def _normal(self, wide: float, scale: float) -> None:
        """A line through what is normal, broken where that is not known."""
        self.canv.setStrokeColor(LINE)
        self.canv.setLineWidth(1.4)
        before: tuple[float, float] | None = None
        for n, bar in enumerate(self._bars):
            here = None
            if bar.normal is not None:
                here = LEFT + (n + 0.5) * wide, BELOW + bar.normal * scale
            if before and here:
                self.canv.line(*before, *here)
            before = here

    def _write(self, text: str, x: float, y: float, *, align: float) -> None:
        """``align`` 0: from ``x`` on; 0.5: around it; 1: up to it."""
        parts = list(runs(text))
        x -= align * sum(stringWidth(part, font, SMALL) for font, part in parts)
        self.canv.setFillColor(SOFT)
        for font, part in parts:
            self.canv.setFont(font, SMALL)
            self.canv.drawString(x, y, part)
            x += stringWidth(part, font, SMALL)


def nice_top(most: float) -> float:
    """The least of 1, 2, 4, 6, 8 times a power of ten not below ``most``; 2 at least."""
    power = 1.0
    while power * 10 < most:
        power *= 10
    return max(2.0, next(power * n for n in (1, 2, 4, 6, 8, 10) if power * n >= most))
