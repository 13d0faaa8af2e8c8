"""From the picture to the floor: a plane homography from four or more point pairs."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from miseban.vocabulary.errors import BadInput

Floats = NDArray[np.float64]


class Homography:
    """Maps pixels to metres on the floor and back.

    ``matrix`` (3, 3) takes homogeneous pixels to metres. ``error_m`` is the root mean square
    distance in metres between the given floor points and the mapped ones (0 with four points).
    """

    def __init__(self, matrix: Floats, error_m: float = 0.0) -> None:
        self.matrix = matrix
        self.error_m = error_m
        self._inverse = np.asarray(np.linalg.inv(matrix), np.float64)

    @classmethod
    def from_points(cls, pixel: ArrayLike, floor_m: ArrayLike, where: str = "floor_points") -> Self:
        """Direct linear transformation with normalised points (Hartley & Zisserman, *Multiple
        View Geometry*, 2nd ed., algorithm 4.2).

        ``pixel`` and ``floor_m`` (N, 2), N at least 4. Raises ``BadInput`` when the points do not
        determine a homography (three of four on a line, or the same point twice).
        """
        a, b = np.asarray(pixel, float), np.asarray(floor_m, float)
        if a.shape != b.shape or a.ndim != 2 or a.shape[1] != 2 or len(a) < 4:
            raise BadInput("floor-points", where, f"expected four or more pairs, found {len(a)}")
        from_a, from_b = _normaliser(a), _normaliser(b)
        x, y = _apply(from_a, a).T
        u, v = _apply(from_b, b).T
        one, zero = np.ones_like(x), np.zeros_like(x)
        rows = np.concatenate(
            [
                np.stack([-x, -y, -one, zero, zero, zero, u * x, u * y, u], axis=1),
                np.stack([zero, zero, zero, -x, -y, -one, v * x, v * y, v], axis=1),
            ]
        )
        _, singular, vh = np.linalg.svd(rows)
        if singular[7] < 1e-9 * singular[0]:
            raise BadInput(
                "floor-points", where, "expected points of which no three lie on one line"
            )
        matrix = np.linalg.inv(from_b) @ vh[-1].reshape(3, 3) @ from_a
        if abs(np.linalg.det(matrix)) < 1e-12 * float(np.abs(matrix).max()) ** 3:
            raise BadInput(
                "floor-points", where, "expected points of which no three lie on one line"
            )
        # Scaled so that what lies on the near side of the horizon has weight > 0, about 1.
        weight = _homogeneous(a) @ matrix[2]
        if not (np.all(weight > 0) or np.all(weight < 0)):
            raise BadInput("floor-points", where, "expected points on one side of the horizon")
        matrix = matrix / weight.mean()
        error = float(np.sqrt(np.mean(np.sum((_apply(matrix, a) - b) ** 2, axis=1))))
        return cls(matrix, error)

    def to_floor(self, pixel: Floats) -> Floats:
        """(N, 2) pixels to (N, 2) metres; points at or above the horizon become NaN."""
        return _apply(self.matrix, pixel)

    def to_pixel(self, floor_m: Floats) -> Floats:
        """(N, 2) metres to (N, 2) pixels; points behind the camera become NaN."""
        return _apply(self._inverse, floor_m)


def _homogeneous(points: Floats) -> Floats:
    return np.concatenate([points, np.ones((len(points), 1))], axis=1)


def _apply(matrix: Floats, points: Floats) -> Floats:
    mapped = _homogeneous(points) @ matrix.T
    weight = np.where(mapped[:, 2] > 1e-9, mapped[:, 2], np.nan)
    result: Floats = mapped[:, :2] / weight[:, None]
    return result


def _normaliser(points: Floats) -> Floats:
    """Moves the centroid to the origin and the mean distance to the square root of two."""
    centre = points.mean(axis=0)
    spread = float(np.mean(np.linalg.norm(points - centre, axis=1)))
    scale = np.sqrt(2) / spread if spread > 0 else 1.0
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])
