"""Corners of a black square on white paper, to a fraction of a pixel: where lines along its four
sides meet."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_ALONG = np.linspace(0.12, 0.88, 33)
"""Parts of a side that are looked at: near its ends another side is too near."""
_LEAST_CONTRAST = 12.0
_MOST_MOVED = 0.15  # of a side: further off, something else than the side was followed


def sharp_corners(grey: NDArray[np.uint8], corners: Floats) -> Floats:
    """(4, 2) where the sides really meet, near ``corners`` (4, 2); pixels, the first one's middle
    at (0.5, 0.5). A corner of which a side cannot be made out stays as it is."""
    lines = [_side(grey, corners[i], corners[(i + 1) % 4]) for i in range(4)]
    sharp = corners.copy()
    shortest = float(np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1).min())
    for i in range(4):
        before, after = lines[i - 1], lines[i]
        if before is None or after is None:
            continue
        meet = np.cross(before, after)
        if abs(meet[2]) < 1e-9:
            continue
        spot = meet[:2] / meet[2]
        if np.linalg.norm(spot - corners[i]) <= max(1.5, _MOST_MOVED * shortest):
            sharp[i] = spot
    return sharp


def _side(grey: NDArray[np.uint8], start: Floats, end: Floats) -> Floats | None:
    """The line (3,), homogeneous, along the side from ``start`` to ``end``: through the places
    where brightness changes most across it."""
    way = end - start
    length = float(np.linalg.norm(way))
    across = np.array([way[1], -way[0]]) / max(length, 1e-9)
    reach = float(np.clip(0.08 * length, 1.5, 6.0))  # the paper's white margin is as wide
    offsets = np.arange(-reach, reach + 0.125, 0.25)
    at = start + _ALONG[:, None] * way
    spots = at[:, None, :] + offsets[:, None] * across
    # OpenCV counts from the first pixel's middle.
    x, y = (np.ascontiguousarray(spots[..., k] - 0.5, np.float32) for k in (0, 1))
    seen = cv2.remap(
        grey.astype(np.float32), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    profile = np.asarray(seen, np.float64)
    slope = np.maximum(np.gradient(profile, axis=1), 0.0)  # outwards it gets brighter
    good = np.ptp(profile, axis=1) > _LEAST_CONTRAST
    if good.sum() < 8:
        return None
    weight = (slope**2)[good]
    shift = (weight * offsets).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
    points = at[good] + shift[:, None] * across
    off = np.abs(shift - np.median(shift))
    points = points[off <= max(0.75, 3 * float(np.median(off)))]
    middle = points.mean(axis=0)
    _, _, ways = np.linalg.svd(points - middle)
    return np.array([ways[1, 0], ways[1, 1], -float(ways[1] @ middle)])
