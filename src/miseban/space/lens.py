"""The whole camera from its floor points: where it hangs, and the way each pixel looks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.homography import Homography

Floats = NDArray[np.float64]

WIDEST, NARROWEST = 0.15, 12.0
"""Focal lengths in widths of the picture that a lens can have: 147 to 5 degrees."""
STRAIGHT = 1e-4
"""Of a floor that lies less aslant in the picture, rounding tells the focal length."""


def focal_widths(floor: Homography, size: tuple[float, float]) -> float | None:
    """The focal length, in widths of the picture, for a lens whose axis meets the middle of the
    picture of ``size`` in pixels and whose pixels are square: from the images of the floor's two
    directions, which are at right angles and of one length (R. Hartley and A. Zisserman, *Multiple
    View Geometry*, 2nd ed., 8.6). None where they do not tell it, or no lens can have it."""
    x, y = _centred(floor, size)[:, :2].T
    a = np.array([x[2] * y[2], x[2] ** 2 - y[2] ** 2])
    b = np.array([x[:2] @ y[:2], x[:2] @ x[:2] - y[:2] @ y[:2]])
    if float(np.hypot(*a)) < STRAIGHT * float(x @ x + y @ y):
        return None
    square = float(-(a @ b) / (a @ a))
    return float(square**0.5) if WIDEST**2 <= square <= NARROWEST**2 else None


def _centred(floor: Homography, size: tuple[float, float]) -> Floats:
    """(3, 3) from metres to widths of the picture, from its middle."""
    width, height = size
    centred = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, width]]) / width
    result: Floats = centred @ np.linalg.inv(floor.matrix)
    return result


class Lens:
    """A pinhole without distortion whose axis meets the middle of the picture, with square pixels.

    Four floor points leave such a camera no freedom: the images of the floor's two directions,
    which are at right angles and of one length, give its focal length, and with that the rest (R.
    Hartley and A. Zisserman, *Multiple View Geometry*, 2nd ed., 8.6 and 8.8). ``eye`` (3,) is where
    it hangs, in metres of the plan and above the floor; ``focal`` its length in pixels.
    """

    def __init__(self, focal: float, middle: Floats, turn: Floats, eye: Floats) -> None:
        self.focal, self.eye = focal, eye
        self._middle, self._turn = middle, turn  # (3, 3): plan with heights upwards to camera

    @classmethod
    def of(cls, floor: Homography, size: tuple[float, float]) -> Lens | None:
        """``size`` is the picture's, in pixels. None where the points do not tell: the camera looks
        straight down, or no such lens can have seen them so."""
        focal = focal_widths(floor, size)
        if focal is None:
            return None
        width, middle = size[0], np.array(size) / 2
        view = _centred(floor, size)
        view = view / np.array([[focal], [focal], [1.0]])
        view /= (np.linalg.norm(view[:, 0]) + np.linalg.norm(view[:, 1])) / 2
        first, second = view[:, 0], view[:, 1]
        turn = np.column_stack([first, second, np.cross(first, second)])
        u, _, vh = np.linalg.svd(turn)  # the nearest rotation
        turn = u @ vh
        eye = -turn.T @ view[:, 2]
        if eye[2] < 0:  # the third direction points down: the plan is seen from above, y downwards
            turn = turn * np.array([1.0, 1.0, -1.0])
            eye = eye * np.array([1.0, 1.0, -1.0])
        return cls(focal * width, middle, turn, eye)

    @property
    def down(self) -> Floats:
        """(3,) the plumb line as the camera sees it, of length 1: to the right and down in the
        picture, and into it."""
        return np.asarray(-self._turn[:, 2], np.float64)

    def to_pixel(self, xyz: Floats) -> Floats:
        """(N, 2) pixels of (N, 3) metres; NaN behind the camera."""
        seen = (xyz - self.eye) @ self._turn.T
        depth = np.where(seen[:, 2] > 1e-6, seen[:, 2], np.nan)
        result: Floats = seen[:, :2] / depth[:, None] * self.focal + self._middle
        return result

    def at_height(self, pixel: Floats, height_m: Floats) -> Floats:
        """(N, 2) metres on the plan of what is seen at (N, 2) pixels and is (N,) metres above the
        floor; NaN where the way there does not pass that height before the camera."""
        way = self._ways(pixel)
        part = (height_m - self.eye[2]) / np.where(np.abs(way[:, 2]) > 1e-9, way[:, 2], np.nan)
        part = np.where(part > 0, part, np.nan)
        result: Floats = self.eye[:2] + way[:, :2] * part[:, None]
        return result

    def at_heights(self, pixel: Floats, heights_m: Floats) -> Floats:
        """(N, G, 2): as ``at_height``, for each of the heights (G,) metres."""
        way = self._ways(pixel)
        down = np.where(np.abs(way[:, 2]) > 1e-9, way[:, 2], np.nan)
        part = (heights_m - self.eye[2]) / down[:, None]
        part = np.where(part > 0, part, np.nan)
        result: Floats = self.eye[:2] + way[:, None, :2] * part[:, :, None]
        return result

    def height_over(self, pixel: Floats, xy: Floats) -> Floats:
        """(N,) metres above the places (N, 2) at which what is seen at (N, 2) pixels is."""
        way, there = self._ways(pixel), xy - self.eye[:2]
        along = np.einsum("ij,ij->i", way[:, :2], there)
        part = along / np.maximum(np.einsum("ij,ij->i", way[:, :2], way[:, :2]), 1e-12)
        result: Floats = self.eye[2] + way[:, 2] * part
        return result

    def height_at_row(self, row: Floats, xy: Floats) -> Floats:
        """(N,) metres above the places (N, 2) at which things are seen in the pixel rows (N,): as
        ``height_over``, but whoever leans sideways in the picture is as tall as upright. NaN where
        plumb lines lie along the row."""
        # Across the row's plane through the eye a point's distance is 0.
        across = self._turn[1] * self.focal - np.outer(row - self._middle[1], self._turn[2])
        along = np.einsum("ij,ij->i", across[:, :2], xy - self.eye[:2])
        up = np.where(np.abs(across[:, 2]) > 1e-9, across[:, 2], np.nan)
        result: Floats = self.eye[2] - along / up
        return result

    def plumb(self, pixel: Floats) -> Floats:
        """(N, 2) the direction in the picture, of any length, in which things hang down at (N, 2)
        pixels."""
        down = -self._turn[:, 2]
        below: Floats = down[:2] * self.focal - down[2] * (pixel - self._middle)
        return below

    def _ways(self, pixel: Floats) -> Floats:
        flat = (pixel - self._middle) / self.focal
        result: Floats = np.column_stack([flat, np.ones(len(flat))]) @ self._turn
        return result
