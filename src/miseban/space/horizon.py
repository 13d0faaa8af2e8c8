"""Lines that are drawn on a picture past the horizon: only what lies below it is on the floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.homography import Homography

FAR_M = 30.0
"""Towards the horizon a line has no end on the floor: no camera follows people farther away."""
HALVINGS = 40

Floats = NDArray[np.float64]


def below_horizon(view: Homography, line: Floats) -> Floats | None:
    """(M, 2) metres of the part of ``line`` (N, 2), in pixels, that lies on the floor; a piece that
    goes on to the horizon is cut ``FAR_M`` from where it begins. None where no point of the line is
    below the horizon, or where it goes up and comes down again."""
    floor = view.to_floor(line)
    below = np.flatnonzero(np.isfinite(floor).all(axis=1))
    if not len(below) or below[-1] - below[0] + 1 != len(below):
        return None
    first, last = int(below[0]), int(below[-1])
    parts = [floor[first : last + 1]]
    if first > 0:
        parts.insert(0, _end(view, line[first], line[first - 1])[None])
    if last < len(line) - 1:
        parts.append(_end(view, line[last], line[last + 1])[None])
    return np.concatenate(parts)


def _end(view: Homography, below: Floats, above: Floats) -> Floats:
    """(2,) metres: where a piece from ``below`` to ``above`` the horizon is cut."""
    start = view.to_floor(below[None])[0]
    end, part = start, 0.0
    for step in 0.5 ** np.arange(1, HALVINGS):
        place = view.to_floor((below + (part + step) * (above - below))[None])[0]
        if np.isfinite(place).all() and np.hypot(*(place - start)) <= FAR_M:
            end, part = place, part + step
    return np.asarray(end, np.float64)
