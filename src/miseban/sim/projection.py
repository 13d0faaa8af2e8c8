"""How a camera's picture lies on the floor: the truth's own mapping, independent of ``space``."""

from __future__ import annotations

import copy

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.shop import Camera

Floats = NDArray[np.float64]


class FloorView:
    """Maps metres on the floor to pixels of ``camera`` and back.

    The matrix is the least-squares homography of the camera's floor points (with four points,
    exact), solved with the last element set to 1 in coordinates centred on the points.
    """

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        floor = np.array([p.floor_m for p in camera.floor_points], float)
        pixel = np.array([p.pixel for p in camera.floor_points], float)
        self._floor_0, self._pixel_0 = floor.mean(axis=0), pixel.mean(axis=0)
        self._scale = float(np.abs(pixel - self._pixel_0).max())
        x, y = (floor - self._floor_0).T
        u, v = ((pixel - self._pixel_0) / self._scale).T
        one, zero = np.ones_like(x), np.zeros_like(x)
        rows = np.concatenate(
            [
                np.stack([x, y, one, zero, zero, zero, -u * x, -u * y], axis=1),
                np.stack([zero, zero, zero, x, y, one, -v * x, -v * y], axis=1),
            ]
        )
        solution = np.linalg.lstsq(rows, np.concatenate([u, v]), rcond=None)[0]
        self.matrix: Floats = np.append(solution, 1.0).reshape(3, 3)
        self._inverse: Floats = np.asarray(np.linalg.inv(self.matrix), np.float64)

    def to_pixel(self, floor_m: Floats) -> Floats:
        """(N, 2) metres to (N, 2) pixels; NaN behind the camera."""
        pixel: Floats = _apply(self.matrix, floor_m - self._floor_0) * self._scale + self._pixel_0
        return pixel

    def to_floor(self, pixel: Floats) -> Floats:
        """(N, 2) pixels to (N, 2) metres; NaN at or above the horizon."""
        centred = (pixel - self._pixel_0) / self._scale
        floor_m: Floats = _apply(self._inverse, centred) + self._floor_0
        return floor_m

    def seen_through(self, homography: Floats) -> FloorView:
        """The same floor in another picture: ``homography`` (3, 3) takes this one's pixels there
        and, for a place before that camera, has a third coordinate above 0."""
        back = np.diag([1 / self._scale, 1 / self._scale, 1.0])
        back[:2, 2] = -self._pixel_0 / self._scale
        other = copy.copy(self)
        other.matrix = back @ homography @ np.linalg.inv(back) @ self.matrix
        other._inverse = np.asarray(np.linalg.inv(other.matrix), np.float64)
        return other

    def stretch(self, floor_m: Floats) -> tuple[Floats, Floats]:
        """The largest and smallest pixels a metre of the floor at (N, 2) points: the singular
        values of the mapping's derivative, each (N,)."""
        step = 0.01
        x, y = np.array([step, 0.0]), np.array([0.0, step])
        along_x = self.to_pixel(floor_m + x) - self.to_pixel(floor_m - x)
        along_y = self.to_pixel(floor_m + y) - self.to_pixel(floor_m - y)
        a, b = along_x.T / (2 * step)
        c, d = along_y.T / (2 * step)
        total, product = a * a + b * b + c * c + d * d, a * d - b * c
        root = np.sqrt(np.maximum(total * total - 4 * product * product, 0.0))
        largest = np.sqrt((total + root) / 2)
        return largest, np.sqrt(np.maximum((total - root) / 2, 0.0))


def _apply(matrix: Floats, points: Floats) -> Floats:
    mapped = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ matrix.T
    weight = np.where(mapped[:, 2] > 1e-9, mapped[:, 2], np.nan)
    result: Floats = mapped[:, :2] / weight[:, None]
    return result
