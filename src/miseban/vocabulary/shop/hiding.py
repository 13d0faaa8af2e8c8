"""What furniture hides from a camera: up to which height somebody is not seen, place by place.

A fixture is its outline pulled up to its height, a person an upright line. On the way from the eye
to the line, above the plan, the ray to a point z of the line is at height e + (z - e) t over the
part t of the way. The fixture fills the way from t0 to t1, so the ray is stopped where it is below
the fixture's height h: at t1 for a ray that falls, at t0 for one that rises.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEP_M = 0.125


class Upright(Protocol):
    """What hides: corners of its outline on the plan, and its height; metres."""

    @property
    def polygon(self) -> Sequence[tuple[float, float]]: ...

    @property
    def height_m(self) -> float: ...


def hidden_m(eye: tuple[float, float, float], fixtures: Iterable[Upright], place: Floats) -> Floats:
    """(N,) metres above the floor up to which nothing is seen at (N, 2) ``place`` by a lens at
    ``eye`` (x, y, height; metres on the plan)."""
    way = place - np.array(eye[:2])
    hidden = np.zeros(len(way))
    low, high = way.min(axis=0, initial=0.0), way.max(axis=0, initial=0.0)
    for fixture in fixtures:
        corners = np.array(fixture.polygon) - np.array(eye[:2])
        if (corners.max(axis=0) >= low).all() and (corners.min(axis=0) <= high).all():
            np.maximum(hidden, _hidden_by(corners, fixture.height_m, eye[2], way), out=hidden)
    return hidden


class Hiding:
    """As ``hidden_m``, for a floor of ``width_m`` times ``depth_m``, worked out once on a grid:
    fixtures stand still."""

    def __init__(
        self,
        eye: tuple[float, float, float],
        fixtures: Iterable[Upright],
        width_m: float,
        depth_m: float,
    ) -> None:
        columns, rows = math.ceil(width_m / STEP_M), math.ceil(depth_m / STEP_M)
        x, y = np.meshgrid((np.arange(columns) + 0.5) * STEP_M, (np.arange(rows) + 0.5) * STEP_M)
        place = np.stack([x.ravel(), y.ravel()], axis=1)
        self._hidden_m: Floats = hidden_m(eye, fixtures, place).reshape(rows, columns)

    def height_m(self, place: Floats) -> Floats:
        """(N,) metres above the floor up to which nothing is seen at (N, 2) places."""
        rows, columns = self._hidden_m.shape
        column = np.clip((place[:, 0] / STEP_M).astype(np.int64), 0, columns - 1)
        row = np.clip((place[:, 1] / STEP_M).astype(np.int64), 0, rows - 1)
        return self._hidden_m[row, column]


def _hidden_by(corners: Floats, top_m: float, eye_m: float, way: Floats) -> Floats:
    """(N,) the height up to which one fixture hides what is at the ends of ``way`` (N, 2); way and
    corners begin at the eye, ``eye_m`` up."""
    first = np.full(len(way), np.inf)
    last = np.full(len(way), -np.inf)
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        edge = b - a
        cross = way[:, 0] * edge[1] - way[:, 1] * edge[0]
        safe = np.where(cross == 0, 1.0, cross)
        part = (a[0] * edge[1] - a[1] * edge[0]) / safe
        along = (a[0] * way[:, 1] - a[1] * way[:, 0]) / safe
        meets = (cross != 0) & (part >= 0) & (part <= 1) & (along >= 0) & (along <= 1)
        first = np.where(meets, np.minimum(first, part), first)
        last = np.where(meets, np.maximum(last, part), last)
    if eye_m > top_m:
        height = eye_m - (eye_m - top_m) / np.where(last > 0, last, 1.0)
        return np.where(last > 0, np.maximum(height, 0.0), 0.0)
    near = np.where(np.isfinite(first) & (first > 0), first, 1.0)
    return np.where(np.isfinite(first), eye_m + (top_m - eye_m) / near, 0.0)
