"""Whose clock is wrong, from how far the clocks of every two cameras are apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ANCHOR_S = 0.25
"""That a clock is no longer what it was is believed against so much: a difference of this weighs as
much as one standard deviation of what is seen."""
DECIDED = 0.5
"""That it is this clock and not another is decided when the other way asks for more: by so large a
part of what one clock's change is believed against."""

CREEP_S = 0.01
"""A clock that is right may drift by so much in each stretch."""


@dataclass(frozen=True, slots=True)
class Edge:
    """The clock of camera number ``a`` is ``ahead_s`` ahead of that of ``b``, by one standard
    deviation ``error_s``."""

    a: int
    b: int
    ahead_s: float
    error_s: float


@dataclass(frozen=True, slots=True)
class Clocks:
    """For each of C cameras: ``ahead_s`` (C,) seconds, ``error_s`` (C,), infinite where nothing was
    seen of late. ``either`` names for a clock that is off another one that may be it just as well,
    and by how much it is ahead of that: each then has half of the difference."""

    ahead_s: Floats
    error_s: Floats
    either: dict[int, tuple[int, float]]


def settle(edges: Sequence[Edge], before: Floats, off_s: float) -> Clocks:
    """Which clocks explain ``edges`` with the fewest changes since ``before`` (C,), what was last
    decided.

    Least absolute deviations over the graph of cameras, as a linear programme, so that one wrong
    edge spoils nothing. The time that all share is such that the median clock is right. Clocks that
    are off by a quarter of ``off_s`` are tried as if they were right: where another one then
    explains as much, nothing is decided.
    """
    cameras = len(before)
    error = np.full(cameras, np.inf)
    if not edges:
        return Clocks(before.copy(), error, {})
    graph = _Graph(edges, before)
    ahead, loss = graph.solve()
    for camera in {n for edge in edges for n in (edge.a, edge.b)}:
        error[camera] = graph.error_s(camera, ahead)
    return _halved(graph, ahead, loss, error, off_s)


def _halved(graph: _Graph, ahead: Floats, loss: float, error: Floats, off_s: float) -> Clocks:
    """Clocks that are off are tried as if they were right: where another one then explains it as
    well, each has half."""
    result = ahead.copy()
    either: dict[int, tuple[int, float]] = {}
    for camera in np.flatnonzero((np.abs(ahead) >= off_s / 4) & np.isfinite(error)).tolist():
        held, other_loss = graph.solve(held=camera)
        if other_loss - loss >= DECIDED * abs(float(ahead[camera])) / ANCHOR_S:
            continue
        apart = np.where(np.isfinite(error), np.abs(held - ahead), 0.0)
        apart[camera] = 0.0
        other = int(apart.argmax())
        either[camera] = other, float(ahead[camera] - ahead[other])
        either[other] = camera, float(ahead[other] - ahead[camera])
        result = (ahead + held) / 2
    return Clocks(result - np.median(result), error, either)


def decided(found: Clocks, before: Floats, off_s: float) -> Floats:
    """(C,) which clocks are what after ``before``: at once for those that are surely off by
    ``off_s``, slowly for the others, lest half of a jump be taken for granted before it is known
    whose it is."""
    step = found.ahead_s - before
    step = np.where(np.abs(found.ahead_s) < off_s, np.clip(step, -CREEP_S, CREEP_S), step)
    step[list(found.either)] = 0.0
    return np.asarray(before + step, np.float64)


class _Graph:
    def __init__(self, edges: Sequence[Edge], before: Floats) -> None:
        self._a = np.array([edge.a for edge in edges])
        self._b = np.array([edge.b for edge in edges])
        self._found = np.array([edge.ahead_s for edge in edges])
        self._sigma = np.array([edge.error_s for edge in edges])
        self._before = before

    def solve(self, held: int | None = None) -> tuple[Floats, float]:
        """(C,) the clocks, and how unlikely they are, in standard deviations. The camera ``held``
        is kept at 0."""
        cameras, edges = len(self._before), len(self._found)
        # Unknowns: the clocks, then how far each misses an edge, then its former value.
        both = np.zeros((edges + cameras, cameras))
        both[np.arange(edges), self._a] = 1.0
        both[np.arange(edges), self._b] = -1.0
        both[edges:] = np.eye(cameras)
        slack = np.eye(edges + cameras)
        above = np.block([[both, -slack], [-both, -slack]])
        wanted = np.concatenate([self._found, self._before])
        cost = np.concatenate([np.zeros(cameras), 1 / self._sigma, np.full(cameras, 1 / ANCHOR_S)])
        bounds: list[tuple[float, float]] = [(-np.inf, np.inf)] * (2 * cameras + edges)
        if held is not None:
            bounds[held] = 0.0, 0.0
            cost[cameras + edges + held] = 0.0
        found = linprog(
            cost, A_ub=above, b_ub=np.concatenate([wanted, -wanted]), bounds=bounds, method="highs"
        )
        x: Floats = np.asarray(found.x, np.float64)[:cameras]
        return x, float(cost @ found.x)

    def error_s(self, camera: int, x: Floats) -> float:
        """One standard deviation, from the edges that fit."""
        mine = (self._a == camera) | (self._b == camera)
        rest = np.abs(x[self._a] - x[self._b] - self._found)[mine]
        fits = rest <= 3 * self._sigma[mine] + 0.1
        return float((self._sigma[mine][fits] ** -2.0).sum() ** -0.5) if fits.any() else np.inf
