"""A person's way through the shop, exact at every instant, and what was done on it."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from miseban.sim.state import Posture
from miseban.sim.world.routes import Route

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does with body and arms from ``start_s`` to ``end_s`` while standing."""

    start_s: float
    end_s: float
    posture: Posture
    reach_to: tuple[float, float, float] | None = None


@dataclass(slots=True)
class Trail:
    """Knots in order of time: at ``t[i]`` seconds at (``x[i]``, ``y[i]``) metres, straight and at
    constant speed in between; ``walked_m`` metres walked to each knot. ``facing`` are the headings
    taken while standing and ``in_hand`` how many pieces the hand holds, each with the time from
    which on."""

    t: array[float] = field(default_factory=lambda: array("d"))
    x: array[float] = field(default_factory=lambda: array("d"))
    y: array[float] = field(default_factory=lambda: array("d"))
    walked_m: array[float] = field(default_factory=lambda: array("d"))
    facing: list[tuple[float, float]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    in_hand: list[tuple[float, int]] = field(default_factory=list)

    @property
    def start_s(self) -> float:
        return self.t[0]

    @property
    def end_s(self) -> float:
        return self.t[-1]

    def begin(self, time_s: float, x: float, y: float) -> None:
        """Starts at (``x``, ``y``) without a walk."""
        self.t.append(time_s)
        self.x.append(x)
        self.y.append(y)
        self.walked_m.append(0.0)

    def walk(self, route: Route, speed_mps: float, start_s: float) -> float:
        """Adds a walk along ``route`` from ``start_s`` on; returns when it arrives."""
        before_m = self.walked_m[-1] if self.t else 0.0
        for (x, y), at_m in zip(route.points, route.at_m, strict=True):
            time_s = start_s + at_m / speed_mps
            if self.t and time_s <= self.t[-1]:
                continue
            self.t.append(time_s)
            self.x.append(x)
            self.y.append(y)
            self.walked_m.append(before_m + at_m)
        return self.t[-1]

    def stand_until(self, time_s: float) -> None:
        """Adds time spent on the spot."""
        if time_s > self.t[-1]:
            self.t.append(time_s)
            self.x.append(self.x[-1])
            self.y.append(self.y[-1])
            self.walked_m.append(self.walked_m[-1])

    def hold(self, time_s: float, pieces: int) -> None:
        """The hand holds so many more pieces from ``time_s`` on, or fewer."""
        before = self.in_hand[-1][1] if self.in_hand else 0
        self.in_hand.append((time_s, before + pieces))

    def holds(self, time_s: float) -> int:
        """How many pieces the hand holds."""
        k = bisect_right(self.in_hand, (time_s, math.inf)) - 1
        return self.in_hand[k][1] if k >= 0 else 0

    def knots(self, until_s: float) -> tuple[Floats, Floats]:
        """Times (K,) and places (K, 2) up to ``until_s``; the last one is cut off there, or stands
        until there when the way ends before."""
        t = np.array(self.t)
        xy = np.stack([np.array(self.x), np.array(self.y)], axis=1)
        if t[-1] <= until_s:
            return t, xy
        k = int(np.searchsorted(t, until_s, side="right"))
        place = self.place(until_s)
        return np.append(t[:k], until_s), np.concatenate([xy[:k], [place]])

    def place(self, time_s: float) -> tuple[float, float]:
        """Where the person is at ``time_s``; before the start and after the end, at those."""
        i, part = self.between(time_s)
        j = min(i + 1, len(self.t) - 1)
        return (
            self.x[i] + part * (self.x[j] - self.x[i]),
            self.y[i] + part * (self.y[j] - self.y[i]),
        )

    def between(self, time_s: float) -> tuple[int, float]:
        """The knot before ``time_s`` and the part of the way to the next one, 0 to 1."""
        i = min(max(bisect_right(self.t, time_s) - 1, 0), len(self.t) - 1)
        if i + 1 >= len(self.t) or time_s <= self.t[i]:
            return i, 0.0
        return i, (time_s - self.t[i]) / (self.t[i + 1] - self.t[i])
