"""Many steps of people against many counting lines at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Crossing:
    """Step ``step`` passed line ``line`` at ``fraction`` of its way; ``sign`` +1 from left to
    right of somebody who walks along the line (that is *in*), -1 the other way."""

    step: int
    line: int
    fraction: float
    sign: int


class Polylines:
    """L lines of two or more points each, tested together."""

    def __init__(self, lines: Sequence[Sequence[Sequence[float]] | Floats]) -> None:
        points = [np.asarray(line, float) for line in lines]
        self._count = len(points)
        self._lines = points
        if not points:
            return
        self._a = np.concatenate([p[:-1] for p in points])
        self._d = np.concatenate([p[1:] - p[:-1] for p in points])
        self._line = np.concatenate([np.full(len(p) - 1, i) for i, p in enumerate(points)])
        # A joint belongs to the piece that begins there, so it is neither counted twice nor lost.
        last = np.concatenate([np.arange(len(p) - 1) == len(p) - 2 for p in points])
        self._end = np.where(last, np.nextafter(1.0, 2.0), 1.0)
        self._inverse_length2 = 1.0 / np.sum(self._d**2, axis=1)

    def __len__(self) -> int:
        return self._count

    def crossings(self, start: Floats, end: Floats) -> list[Crossing]:
        """Where the steps from ``start`` to ``end`` (both (N, 2)) pass a line, in order of steps
        and, within a step, along the way. Beyond its ends a line does not count (rule 4). Steps
        with NaN pass nothing."""
        if not self._count or not len(start):
            return []
        dx, dy = self._d[:, 0], self._d[:, 1]
        before = dx * (start[:, 1:] - self._a[:, 1]) - dy * (start[:, :1] - self._a[:, 0])
        after = dx * (end[:, 1:] - self._a[:, 1]) - dy * (end[:, :1] - self._a[:, 0])
        # Zero belongs to the right side on both tests: a stop on the line is passed once.
        steps, pieces = np.nonzero((before >= 0) != (after >= 0))
        if not len(steps):
            return []
        b, c = before[steps, pieces], after[steps, pieces]
        fraction = b / (b - c)
        at = start[steps] + fraction[:, None] * (end[steps] - start[steps])
        u = np.sum((at - self._a[pieces]) * self._d[pieces], axis=1) * self._inverse_length2[pieces]
        hit = (u >= 0) & (u < self._end[pieces])  # NaN compares false
        found = [
            Crossing(int(s), int(self._line[p]), float(f), 1 if before_ < 0 else -1)
            for s, p, f, before_ in zip(steps[hit], pieces[hit], fraction[hit], b[hit], strict=True)
        ]
        found.sort(key=lambda c: (c.step, c.fraction))
        return found

    def distance(self, line: int, xy: Floats) -> float:
        """Distance of the point ``xy`` (2,) from line number ``line``."""
        points = self._lines[line]
        best = np.inf
        x, y = float(xy[0]), float(xy[1])
        for (ax, ay), (bx, by) in zip(points[:-1].tolist(), points[1:].tolist(), strict=True):
            dx, dy = bx - ax, by - ay
            t = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)
            t = 0.0 if t < 0 else 1.0 if t > 1 else t
            best = min(best, (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2)
        return float(best**0.5)
