"""Whose clock is wrong, from how far the clocks of every two cameras are apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ANCHOR_S = 0.5
"""That a clock is no longer what it was is believed against so much: a difference of this weighs as
much as one standard deviation of what is seen."""
DECIDED = 2.0
"""That it is this clock and not the other must be likelier by so many standard deviations."""
_ROUNDS, _SOFT = 25, 0.02


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
    seen of late. ``either`` names for a clock that is off another one that it may be just as well:
    each then has a part of the difference."""

    ahead_s: Floats
    error_s: Floats
    either: dict[int, int]


def settle(edges: Sequence[Edge], before: Floats, off_s: float) -> Clocks:
    """Which clocks explain ``edges`` with the fewest changes since ``before`` (C,).

    Least absolute deviations over the graph of cameras, by reweighted least squares (P. Holland and
    R. Welsch, 1977), so that one wrong edge spoils nothing. What is left open, the time that all
    share, is such that the median of all that hang together is 0: most clocks are right. Clocks
    that are off by ``off_s`` are tried as if they had not changed.
    """
    cameras = len(before)
    error = np.full(cameras, np.inf)
    if not edges:
        return Clocks(before.copy(), error, {})
    graph = _Graph(edges, before)
    ahead, loss = graph.solve()
    for part in graph.parts():
        ahead[part] -= np.median(ahead[part])
        for camera in part.tolist():
            error[camera] = graph.error_s(camera, ahead)
    either: dict[int, int] = {}
    for camera in np.flatnonzero((np.abs(ahead) >= off_s) & np.isfinite(error)).tolist():
        held, other_loss = graph.solve(held=camera)
        if other_loss - loss < DECIDED:
            apart = np.abs(held - ahead)
            apart[camera] = 0.0
            either[camera] = int(apart.argmax())
    return Clocks(ahead, error, either)


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
        a, b, before = self._a, self._b, self._before
        cameras = len(before)
        anchor = np.full(cameras, 1 / ANCHOR_S)
        goal = before.copy()
        if held is not None:
            anchor[held], goal[held] = 1e6, 0.0
        x = goal.copy()
        rest = np.abs(x[a] - x[b] - self._found) / self._sigma
        for _ in range(_ROUNDS):
            w = 1 / (self._sigma**2 * np.maximum(rest, _SOFT))
            pull = anchor**2 / np.maximum(np.abs(x - goal) * anchor, _SOFT)
            normal = np.diag(pull)
            np.add.at(normal, (a, a), w)
            np.add.at(normal, (b, b), w)
            np.add.at(normal, (a, b), -w)
            np.add.at(normal, (b, a), -w)
            flow = w * self._found
            right = pull * goal + np.bincount(a, flow, cameras) - np.bincount(b, flow, cameras)
            x = np.linalg.solve(normal, right)
            rest = np.abs(x[a] - x[b] - self._found) / self._sigma
        free = np.abs(x - before) / ANCHOR_S
        if held is not None:
            free[held] = 0.0
        return x, float(rest.sum() + free.sum())

    def parts(self) -> list[Ints]:
        """The cameras that hang together, part by part."""
        root = np.arange(len(self._before))
        for i, j in zip(self._a.tolist(), self._b.tolist(), strict=True):
            root[root == root[j]] = root[i]
        return [
            np.flatnonzero(root == r) for r in np.unique(root[np.concatenate([self._a, self._b])])
        ]

    def error_s(self, camera: int, x: Floats) -> float:
        """One standard deviation, from the edges that fit."""
        mine = (self._a == camera) | (self._b == camera)
        rest = np.abs(x[self._a] - x[self._b] - self._found)[mine]
        fits = rest <= 3 * self._sigma[mine] + 0.1
        return float((self._sigma[mine][fits] ** -2.0).sum() ** -0.5) if fits.any() else np.inf
