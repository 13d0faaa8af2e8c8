"""Where everybody is in a rendered picture, and how much of each is seen."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.sim.render.canvas import draw
from miseban.sim.render.crowd import Surface
from miseban.sim.render.lens import NEAR_M, Lens
from miseban.sim.render.mesh import Floats, Mesh
from miseban.sim.state import Scene

FINER = 2  # drawn at twice the size and shrunk: the renderer has no antialiasing
TILE, ACROSS = 96, 8  # pixels of the square in which a figure is drawn alone; squares a row


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
    scene: Scene, alone: Surface, who: NDArray[np.uint8], lens: Lens, size: tuple[int, int]
) -> Boxes:
    """Boxes from ``who`` (H, W), the number of the figure that each pixel of the finer picture of
    ``size`` shows, from 1. ``alone`` are the same people, to be drawn each by itself."""
    whole = _whole(alone, lens, size)
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


def _whole(crowd: Surface, lens: Lens, size: tuple[int, int]) -> _Whole:
    """How large each person would be with nothing before them and no edge to the picture:
    each drawn alone, in a tile of one sheet, from the same eye."""
    count = len(crowd.body)
    mine, whose = _runs(crowd.first[:-1], crowd.body)
    pixels, far = lens.project(crowd.points[mine])
    pixels *= FINER
    starts = np.cumsum([0, *crowd.body[:-1]])
    low, high = np.minimum.reduceat(pixels, starts), np.maximum.reduceat(pixels, starts)
    near, deep = np.minimum.reduceat(far, starts), np.maximum.reduceat(far, starts)
    edge = np.array([size, size])
    extent = np.clip(np.stack([np.floor(low) - 2, np.ceil(high) + 2], axis=1), 0, edge)
    extent[near <= NEAR_M] = [(0, 0), size]  # at or behind the eye: may be anywhere
    scale = np.minimum(1.0, (TILE - 4) / np.maximum((high - low).max(axis=1), 1.0))
    tile = np.stack([np.arange(count) % ACROSS, np.arange(count) // ACROSS], axis=1) * TILE + 2.0
    sheet = ACROSS * TILE, -(-count // ACROSS) * TILE
    placed = (pixels - low[whose]) * scale[whose, None] + tile[whose]
    order = (far - near[whose]) / np.maximum(deep - near, 1e-6)[whose]
    points = np.stack([placed[:, 0], order, sheet[1] - placed[:, 1]], axis=1)
    paint = np.repeat((whose + 1).astype(np.uint8)[:, None], 4, axis=1)
    corners, of = _runs(crowd.corner[:-1], crowd.skin)
    shift = (crowd.first[:-1] - starts).astype(np.uint32)
    triangles = crowd.triangles[corners] - shift[of, None]
    alone = draw(sheet, None, Mesh(points, paint, triangles))
    area = cv2.calcHist([alone], [3], None, [256], [0, 256]).ravel()[1 : count + 1]
    found = [tuple(box) for box in extent.reshape(count, 4).astype(int).tolist()]
    return _Whole(area / scale**2, found)


def _runs(
    start: NDArray[np.intp], length: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The numbers start[i], start[i] + 1, ... length[i] of them, for all i, and each one's i."""
    whose = np.repeat(np.arange(len(start)), length)
    skipped = start - np.cumsum(length) + length
    return np.arange(len(whose)) + skipped[whose], whose
