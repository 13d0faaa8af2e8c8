"""Which squares of a floor lie within an outline: only those near it are asked, since a large floor
has hundreds of thousands and a shop file up to a thousand outlines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from miseban.space.coverage.heeding import Heed, heeding
from miseban.space.polygons import Polygons

Floats = NDArray[np.floating[Any]]
Bools = NDArray[np.bool_]
_AT_ONCE = 1_000_000
"""Squares times edges: some 20 MB."""


def squares_within(
    outline: Sequence[Sequence[float]], x: Floats, y: Floats, heed: Heed
) -> tuple[tuple[slice, slice], Bools]:
    """Which rows and columns are near ``outline``, and (R, C) whether the middles of those squares
    are inside of it: ``x`` (columns,) and ``y`` (rows,), ascending."""
    corners = np.array(outline)
    first, last = corners.min(axis=0), corners.max(axis=0)
    columns, rows = (
        slice(int(np.searchsorted(axis, a)), int(np.searchsorted(axis, b, "right")))
        for axis, a, b in zip((x, y), first, last, strict=True)
    )
    x, y = x[columns], y[rows]
    inside, polygon = np.zeros((len(y), len(x)), bool), Polygons([corners])
    step = max(1, _AT_ONCE // max(1, len(x) * len(corners)))
    for row in heeding(heed, range(0, len(y), step)):
        part = inside[row : row + step]
        middles = np.stack(np.meshgrid(x, y[row : row + step]), axis=2).reshape(-1, 2)
        part[:] = polygon.inside(middles.astype(np.float64)).reshape(part.shape)
    return (rows, columns), inside
