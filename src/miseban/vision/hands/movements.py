"""Pieces that came to rest with one movement of one body: an arm is seldom seen as one."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.hands.arms import track_of
from miseban.vision.hands.pieces import Piece

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

TOGETHER_S = 0.25
"""What came to rest within this time came with one movement."""
TOUCH_PX = 2
"""Pieces of one arm are no more small pixels from each other."""


def together(
    fresh: Sequence[Piece], everybody: Floats, tracks: Sequence[int], tall: float
) -> list[tuple[int, list[Piece]]]:
    """What came to rest with one movement of one body, and whose, the number of a box, -1 for
    nobody's: an arm is seen in pieces, of which that at its hand may be far from the body."""
    groups: list[tuple[int, list[Piece], Mask]] = []
    for piece in fresh:
        ys, xs = np.nonzero(piece.which)
        owner = _owner((float(xs.mean()), float(ys.mean())), everybody, tall)
        track = track_of(owner, everybody, tracks)
        owner = owner if track is None else tracks.index(track)
        wide = cv2.dilate(piece.which.astype(np.uint8), np.ones((2 * TOUCH_PX + 1,) * 2)) > 0
        joined, at = [piece], wide
        others = []
        for other, pieces, mask in groups:
            soon = any(abs(one.since_s - piece.since_s) < TOGETHER_S for one in pieces)
            known = 0 <= owner < len(tracks) and 0 <= other < len(tracks)
            touches = not (known and owner != other) and bool((mask & piece.which).any())
            if soon and (owner == other >= 0 or touches):
                joined, at = [*pieces, *joined], at | mask
                owner = other if 0 <= other < len(tracks) or owner < 0 else owner
            else:
                others.append((other, pieces, mask))
        groups = [*others, (owner, joined, at)]
    return [(owner, pieces) for owner, pieces, _ in groups]


def _owner(point: tuple[float, float], boxes: Floats, tall: float) -> int:
    """The box nearest to ``point``; -1 where none is within half a body."""
    if not len(boxes):
        return -1
    x = np.maximum(boxes[:, 0] - point[0], point[0] - boxes[:, 2]).clip(0)
    y = np.maximum(boxes[:, 1] - point[1], point[1] - boxes[:, 3]).clip(0)
    gap = np.hypot(x, y)
    best = int(np.argmin(gap))
    return best if gap[best] <= 0.5 * tall else -1
