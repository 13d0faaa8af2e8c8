"""Where in a box a body is: a part of it by its height, and whether somebody nearer hides it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Frame, Image

BREADTH = 0.5
"""Of the box's width, around its middle: background and neighbours stay out."""
SLIM = 2.6
"""A box lower than so many widths is cut off below: the body's height is taken for that."""
LEAST_PX = 4
"""A part that is less high or wide is too small."""
COVERED = 0.15
"""Whoever has more of the box covered by a nearer one cannot be looked at."""

Part = tuple[float, float]
"""From and to, in body heights from the top."""


def part_of(frame: Frame, xyxy: NDArray[np.float64], part: Part) -> Image | None:
    """The middle of that part of the body in the box ``xyxy`` (4,) of ``frame``, (H, W, 3) BGR, a
    view of the frame's own pixels; None where it is not seen, or too small."""
    x1, y1, x2, y2 = xyxy.tolist()
    wide, tall = x2 - x1, max(y2 - y1, SLIM * (x2 - x1))
    middle, (top, bottom) = (x1 + x2) / 2, part
    left, right = round(middle - BREADTH * wide / 2), round(middle + BREADTH * wide / 2)
    above, below = round(y1 + top * tall), round(min(y1 + bottom * tall, y2))
    piece = frame.bgr[max(above, 0) : max(below, 0), max(left, 0) : max(right, 0)]
    seen = below - above >= 0.5 * (bottom - top) * tall and min(piece.shape[:2]) >= LEAST_PX
    return piece if seen else None


def covered(xyxy: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N,) the part of each box (N, 4) that the box covering most of it covers, of those that stand
    lower in the picture: whoever does is nearer."""
    left, top = (np.maximum(xyxy[:, None, i], xyxy[None, :, i]) for i in (0, 1))
    right, bottom = (np.minimum(xyxy[:, None, i], xyxy[None, :, i]) for i in (2, 3))
    common = np.clip(right - left, 0, None) * np.clip(bottom - top, 0, None)
    nearer = xyxy[None, :, 3] > xyxy[:, None, 3]
    area = np.maximum((xyxy[:, 2] - xyxy[:, 0]) * (xyxy[:, 3] - xyxy[:, 1]), 1e-9)
    result: NDArray[np.float64] = (common * nearer).max(axis=1, initial=0.0) / area
    return result
