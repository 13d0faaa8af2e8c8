"""Where somebody stands whose box leans, as boxes do near the edges of a wide or steep picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.homography import Homography
from miseban.vocabulary.errors import BadInput

Floats = NDArray[np.float64]

SHOE_M = 0.15
"""The lowest that is seen of somebody is the near edge of the shoes, so far before the middle."""
_FLAT = 1e-4  # below, the picture lies so parallel to the floor that plumb lines meet in its middle
_WIDEST, _NARROWEST = 0.15, 12.0  # focal lengths in widths of the picture: 147 to 5 degrees


class Upright:
    """Finds feet along the plumb line through a box's middle.

    All plumb lines of a picture meet in one point, the image of what is straight below the lens.
    Floor points give it, for a lens without distortion whose axis meets the middle of the picture
    and whose pixels are square: the images of the floor's two directions at right angles leave one
    unknown, the focal length (R. Hartley and A. Zisserman, *Multiple View Geometry*, 2nd ed., 8.6
    and 8.8). ``size`` is the picture's, in pixels. Raises ``BadInput``, naming ``where``, for floor
    points that no such lens can have seen.
    """

    def __init__(self, floor: Homography, size: tuple[float, float], where: str) -> None:
        self._floor = floor
        width, height = size
        # From pixels to widths of the picture, from its middle.
        centred = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, width]]) / width
        self._middle, self._width = np.array([width, height]) / 2, width
        right, down = (centred @ np.linalg.inv(floor.matrix))[:, :2].T
        self._below = _plumb(right, down, where)
        under = floor.matrix @ np.linalg.inv(centred) @ self._below
        self._under: Floats = under[:2] / under[2]

    def feet(self, xyxy: Floats) -> Floats:
        """(N, 2) pixels where people with boxes (N, 4) stand: where the plumb line through the
        box's middle leaves the box, and a shoe's width on."""
        middle, half = (xyxy[:, :2] + xyxy[:, 2:]) / 2, (xyxy[:, 2:] - xyxy[:, :2]) / 2
        way = self._below[:2] * self._width - self._below[2] * (middle - self._middle)
        part = np.min(half / np.maximum(np.abs(way), 1e-9), axis=1)
        if self._below[2] > 0:  # no further than straight below the lens
            part = np.minimum(part, 1 / self._below[2])
        lowest = middle + part[:, None] * way
        near = self._floor.to_floor(lowest)
        away = near - self._under
        far = np.maximum(np.linalg.norm(away, axis=1), SHOE_M)[:, None]
        feet = self._floor.to_pixel(near + SHOE_M * away / far)
        return np.where(np.isfinite(feet), feet, lowest)


def _plumb(x: Floats, y: Floats, where: str) -> Floats:
    """(3,) where plumb lines meet, homogeneous, in widths of the picture from its middle. ``x`` and
    ``y`` (3,) are where the floor's two directions meet: K, which is diag(f, f, 1), times two
    directions at right angles and of one length. That makes two equations, a f² + b = 0."""
    a = np.array([x[2] * y[2], x[2] ** 2 - y[2] ** 2])
    b = np.array([x[:2] @ y[:2], x[:2] @ x[:2] - y[:2] @ y[:2]])
    if float(np.hypot(*a)) < _FLAT * float(x @ x + y @ y):
        return np.array([0.0, 0.0, 1.0])
    square = float(-(a @ b) / (a @ a))
    if not _WIDEST**2 <= square <= _NARROWEST**2:
        what = 'expected points that one lens can see so, for anchor = "upright"'
        raise BadInput("floor-points", where, what)
    lens = np.array([square**0.5, square**0.5, 1.0])
    down: Floats = lens * np.cross(x / lens, y / lens)
    return np.asarray(down / np.linalg.norm(down), np.float64)
