"""Where everybody is in a rendered picture, and how much of each is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.sim.render.canvas import draw
from miseban.sim.render.crowd import Crowd
from miseban.sim.render.lens import NEAR_M, Lens
from miseban.sim.render.mesh import Floats, Mesh
from miseban.sim.state import Scene

FINER = 2  # drawn at twice the size and shrunk: the renderer has no antialiasing
TILE = 128  # pixels of the square in which a figure is drawn alone


@dataclass(frozen=True, slots=True)
class Boxes:
    """Who is seen, and where. ``ids`` (N,) figure ids in the scene's order; ``xyxy`` (N, 4) the
    smallest box around the visible pixels, in pixels of the picture, edges in steps of one half;
    ``visibility`` (N,) the share of the whole person, also of what the picture cuts off, that is
    visible, from 0 to 1. Who shows no pixel is not listed."""

    ids: NDArray[np.int64]
    xyxy: NDArray[np.float64]
    visibility: NDArray[np.float64]


def nobody() -> Boxes:
    """Boxes of an empty picture."""
    return Boxes(np.empty(0, np.int64), np.empty((0, 4)), np.empty(0))


def boxes_of(
    scene: Scene, crowd: Crowd, who: NDArray[np.uint8], lens: Lens, size: tuple[int, int]
) -> Boxes:
    """Boxes from ``who`` (H, W), the number of the figure that each pixel of the finer picture of
    ``size`` shows, from 1."""
    whole = _whole(crowd, lens, size)
    ids, boxes, shares = [], [], []
    for number, figure in enumerate(scene.figures):
        left, top, right, bottom = whole.extent[number]
        mine = who[top:bottom, left:right] == number + 1
        columns = np.flatnonzero(mine.any(axis=0))
        if not len(columns):
            continue
        lines = np.flatnonzero(mine.any(axis=1))
        ids.append(figure.id)
        boxes.append([left + columns[0], top + lines[0],
                      left + columns[-1] + 1, top + lines[-1] + 1])  # fmt: skip
        shares.append(min(1.0, np.count_nonzero(mine) / max(whole.area[number], 1.0)))
    if not ids:
        return nobody()
    xyxy = np.array(boxes, np.float64) / FINER
    return Boxes(np.array(ids, np.int64), xyxy, np.array(shares, np.float64))


@dataclass(frozen=True, slots=True)
class _Whole:
    """Of each figure: its area in pixels of the finer picture, and where to look for it there as
    (left, top, right, bottom)."""

    area: Floats
    extent: list[tuple[int, ...]]


def _whole(crowd: Crowd, lens: Lens, size: tuple[int, int]) -> _Whole:
    """How large each person would be with nothing before them and no edge to the picture:
    each drawn alone, in a tile of one sheet, from the same eye."""
    pixels, depth = lens.project(crowd.points)
    pixels *= FINER
    width, height = size
    count = len(crowd.body)
    across = 8
    down = -(-count // across)
    sheet = (across * TILE, down * TILE)
    points, paints, corners, scales = [], [], [], []
    extents: list[tuple[int, ...]] = []
    total = 0
    for number, (start, body) in enumerate(zip(crowd.first, crowd.body, strict=False)):
        flat, far = pixels[start : start + body], depth[start : start + body]
        low, high = flat.min(axis=0), flat.max(axis=0)
        if far.min() <= NEAR_M:  # part of the person is at or behind the eye: anywhere
            extents.append((0, 0, width, height))
        else:
            edge = np.array([[0, 0], [width, height]])
            near = np.clip([np.floor(low) - 2, np.ceil(high) + 2], edge[0], edge[1])
            extents.append(tuple(near.astype(int).ravel().tolist()))
        scale = min(1.0, (TILE - 4) / max(float((high - low).max()), 1.0))
        scales.append(scale)
        tile = np.array([number % across, number // across]) * TILE + 2.0
        placed = (flat - low) * scale + tile
        order = (far - far.min()) / max(float(np.ptp(far)), 1e-6)
        points.append(np.column_stack([placed[:, 0], order, sheet[1] - placed[:, 1]]))
        paints.append(np.full((body, 4), number + 1, np.uint8))
        first, skin = crowd.corner[number], crowd.skin[number]
        corners.append(crowd.triangles[first : first + skin] - np.uint32(start - total))
        total += int(body)
    mesh = Mesh(np.concatenate(points), np.concatenate(paints), np.concatenate(corners))
    alone = draw(sheet, None, mesh)[..., 3]
    area = np.bincount(alone.ravel(), minlength=256)[1 : count + 1]
    return _Whole(area / np.array(scales) ** 2, extents)
