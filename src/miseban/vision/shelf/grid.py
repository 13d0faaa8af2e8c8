"""Where each facing is sampled: a small upright patch of its front, and of the edge below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.shop import Facing

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]

COLUMNS, ROWS, EDGE_ROWS = 40, 12, 3
"""Samples across a facing, down it, and down the shelf's edge below it."""
EDGE_FROM, EDGE_TO = 0.03, 0.22
"""The edge is looked for so far below the facing, in parts of its height."""
FINE_PX = 48.0
"""Pictures are shrunk until the median facing is so wide: two samples to a pixel tell nothing."""
LEAST_PX = 6.0
"""A facing less wide or high than this in the picture cannot be told."""

ENLARGE = 0.08
"""People's boxes are taken larger by this part of their size on all sides: arms, carts."""


@dataclass(frozen=True, slots=True)
class Quad:
    """A facing's corners (4, 2) in pixels of the frame, from its top left one clockwise as somebody
    sees it who stands before the shelf with the head up."""

    corners: Doubles

    @property
    def size_px(self) -> tuple[float, float]:
        """Mean width and height."""
        a, b, c, d = self.corners
        wide = (np.linalg.norm(b - a) + np.linalg.norm(c - d)) / 2
        tall = (np.linalg.norm(d - a) + np.linalg.norm(c - b)) / 2
        return float(wide), float(tall)


def quad_of(polygon: Sequence[tuple[float, float]]) -> Quad:
    """The facing's outline as four corners: its own, or those of the rectangle around it. The
    sides are the pair of edges that stand more upright in the picture."""
    points = np.asarray(polygon, np.float64)
    if len(points) != 4:
        points = cv2.boxPoints(cv2.minAreaRect(points.astype(np.float32))).astype(np.float64)
    edges = np.roll(points, -1, axis=0) - points
    steep = np.abs(edges[:, 1]) / np.maximum(np.linalg.norm(edges, axis=1), 1e-9)
    first = 0 if steep[0] + steep[2] <= steep[1] + steep[3] else 1  # an edge that lies
    other = first + 2
    middle = (points + np.roll(points, -1, axis=0)) / 2
    top = first if middle[first, 1] <= middle[other % 4, 1] else other
    left, right = points[top % 4], points[(top + 1) % 4]
    below_right, below_left = points[(top + 2) % 4], points[(top + 3) % 4]
    if left[0] > right[0] or (left[0] == right[0] and left[1] > right[1]):
        left, right, below_right, below_left = right, left, below_left, below_right
    return Quad(np.stack([left, right, below_right, below_left]))


class Grid:
    """Samples ``facings`` of one camera in pictures of ``width`` x ``height`` pixels.

    ``scale`` is by how much pictures are shrunk before. ``inside`` (F, ROWS, COLUMNS) marks the
    samples that lie in a facing's own outline, ``tellable`` (F,) the facings large enough.
    """

    def __init__(self, facings: Sequence[Facing], width: int, height: int) -> None:
        self.quads = [quad_of(facing.polygon) for facing in facings]
        sizes = np.array([quad.size_px for quad in self.quads]).reshape(-1, 2)
        widest = float(np.median(sizes[:, 0])) if len(sizes) else FINE_PX
        self.scale = min(1.0, FINE_PX / max(widest, 1.0))
        self.size = (max(8, round(width * self.scale)), max(8, round(height * self.scale)))
        self.tellable: Mask = np.asarray(
            (sizes * self.scale >= LEAST_PX * min(1.0, self.scale * 2)).all(axis=1), np.bool_
        )
        u = (np.arange(COLUMNS) + 0.5) / COLUMNS
        v = np.concatenate([
            (np.arange(ROWS) + 0.5) / ROWS,
            1 + EDGE_FROM + (np.arange(EDGE_ROWS) + 0.5) / EDGE_ROWS * (EDGE_TO - EDGE_FROM),
        ])  # fmt: skip
        unit = np.stack([g.ravel() for g in np.meshgrid(u, v)], axis=1)
        square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
        spots = []
        for quad in self.quads:
            to = cv2.getPerspectiveTransform(square, quad.corners.astype(np.float32))
            spots.append(cv2.perspectiveTransform(unit[None].astype(np.float64), to)[0])
        self.spots: Doubles = np.array(spots).reshape(-1, 2)  # pixels of the frame, as set up
        count = len(self.quads)
        inside = np.ones((count, ROWS, COLUMNS), np.bool_)
        for number, facing in enumerate(facings):
            if len(facing.polygon) != 4:
                outline = np.asarray(facing.polygon, np.float32)
                at = self.spots.reshape(count, -1, 2)[number, : ROWS * COLUMNS]
                inside[number] = np.array(
                    [cv2.pointPolygonTest(outline, (float(x), float(y)), False) >= 0 for x, y in at]
                ).reshape(ROWS, COLUMNS)
        self.inside: Mask = inside

    def moved(self, homography: Doubles | None) -> Doubles:
        """(N, 2) where the samples are in a frame in which the view is turned by ``homography``
        (3, 3), which takes pixels as set up to pixels of that frame."""
        if homography is None:
            return self.spots
        return np.asarray(cv2.perspectiveTransform(self.spots[None], homography)[0], np.float64)

    def sample(
        self, picture: NDArray[np.uint8], spots: Doubles
    ) -> tuple[Floats, Floats, Mask, Mask]:
        """``picture`` (h, w, 3), shrunk to ``size``, at ``spots`` (of ``moved``): the fronts
        (F, ROWS, COLUMNS, 3) and the edges (F, EDGE_ROWS, COLUMNS, 3), and which samples of both
        lie in the picture."""
        at = (spots * self.scale - 0.5).astype(np.float32)
        shape = (len(self.quads), ROWS + EDGE_ROWS, COLUMNS)
        found = cv2.remap(
            picture, at[:, 0].reshape(-1, COLUMNS), at[:, 1].reshape(-1, COLUMNS),
            cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
        ).reshape(*shape, 3)  # fmt: skip
        wide, tall = self.size
        inside = ((at >= -0.5) & (at <= (wide - 0.5, tall - 0.5))).all(axis=1)
        there = np.asarray(inside, np.bool_).reshape(shape)
        values = found.astype(np.float32)
        return values[:, :ROWS], values[:, ROWS:], there[:, :ROWS], there[:, ROWS:]


def behind_people(spots: Doubles, people_xyxy: Doubles) -> Mask:
    """(N,) which of the ``spots`` (N, 2) lie in a person's box, taken larger."""
    size = people_xyxy[:, 2:] - people_xyxy[:, :2]
    low, high = people_xyxy[:, :2] - ENLARGE * size, people_xyxy[:, 2:] + ENLARGE * size
    behind = np.zeros(len(spots), np.bool_)
    for one, other in zip(low, high, strict=True):
        behind |= ((spots >= one) & (spots <= other)).all(axis=1)
    return behind
