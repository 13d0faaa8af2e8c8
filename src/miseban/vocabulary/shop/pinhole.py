"""A camera as a pinhole over the floor: what four or more floor points say about where it hangs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from miseban.vocabulary.shop.camera import Camera

Floats = NDArray[np.float64]

SHORTEST, LONGEST = 0.18, 8.0
"""Focal lengths in widths of the picture: angles of view across of 140 and 7 degrees."""
_FOCALS = np.geomspace(SHORTEST, LONGEST, 24)
_NEAR_M = 0.05


@dataclass(frozen=True, slots=True)
class Pinhole:
    """A lens without distortion, with square pixels, whose axis meets the middle of the picture.

    ``focal_px`` pixels; ``x``, ``y`` the place on the plan it hangs above and ``height_m`` how
    high; ``heading`` the direction of its axis on the plan (0 along x, growing towards y),
    ``tilt`` how far the axis points below the horizon, ``roll`` how far the picture is turned
    clockwise, all in radians; ``size`` (width, height) of the picture in pixels.
    """

    focal_px: float
    x: float
    y: float
    height_m: float
    heading: float
    tilt: float
    roll: float
    size: tuple[float, float]

    @property
    def vector(self) -> Floats:
        """(7,): the free numbers, lengths that must be above 0 as logarithms."""
        lengths = np.log([self.focal_px, self.height_m])
        return np.array([*lengths, self.tilt, self.roll, self.heading, self.x, self.y])

    @classmethod
    def from_vector(cls, vector: Floats, size: tuple[float, float]) -> Self:
        f, h = np.exp(np.clip(vector[:2], -20.0, 20.0)).tolist()
        tilt, roll, heading, x, y = vector[2:].tolist()
        return cls(f, x, y, h, heading, tilt, roll, size)

    @property
    def axes(self) -> Floats:
        """(3, 3): rows are the picture's right and down and the axis, in x, y and depth below the
        floor (right-handed, since the plan's y runs down the page)."""
        (st, sr, sh), (ct, cr, ch) = (
            f([self.tilt, self.roll, self.heading]) for f in (np.sin, np.cos)
        )
        right = np.array([-sh, ch, 0.0])
        axis = np.array([ct * ch, ct * sh, st])
        down = np.cross(axis, right)
        # A camera turned clockwise sees the world turned the other way.
        return np.stack([cr * right + sr * down, cr * down - sr * right, axis])

    @property
    def floor_to_pixel(self) -> Floats:
        """(3, 3): homogeneous metres on the floor to pixels; the third coordinate is the depth."""
        columns = np.column_stack([np.eye(3)[:, :2], [-self.x, -self.y, self.height_m]])
        return np.asarray(self._intrinsic() @ self.axes @ columns, np.float64)

    @property
    def pixel_to_floor(self) -> Floats:
        """(3, 3): the other way; the third coordinate is above 0 below the horizon."""
        return np.asarray(np.linalg.inv(self.floor_to_pixel), np.float64)

    def _intrinsic(self) -> Floats:
        width, height = self.size
        return np.array(
            [[self.focal_px, 0, width / 2], [0, self.focal_px, height / 2], [0, 0, 1.0]]
        )

    def to_pixel(self, places: Floats, up_m: ArrayLike = 0.0) -> Floats:
        """(N, 2) metres on the plan, ``up_m`` above the floor, to (N, 2) pixels; NaN behind."""
        up = np.broadcast_to(np.asarray(up_m, np.float64), len(places))
        away = np.column_stack([places - [self.x, self.y], self.height_m - up])
        seen = away @ (self._intrinsic() @ self.axes).T
        depth = np.where(seen[:, 2] > _NEAR_M, seen[:, 2], np.nan)
        return np.asarray(seen[:, :2] / depth[:, None], np.float64)

    def to_floor(self, pixels: Floats) -> Floats:
        """(N, 2) pixels to (N, 2) metres on the plan; NaN at or above the horizon."""
        return over(self.pixel_to_floor, pixels)

    @property
    def angle_deg(self) -> float:
        """Of view, from the left to the right edge."""
        return 2 * math.degrees(math.atan(self.size[0] / 2 / self.focal_px))

    @property
    def horizon_px(self) -> float:
        """The row of the picture, in its middle column, where the floor would end: below 0 above
        the picture, infinite when it looks straight down."""
        down, axis = self.axes[1:, 2].tolist()
        if abs(down) < 1e-9:
            return -math.inf
        return self.size[1] / 2 - self.focal_px * float(axis) / float(down)

    def moved(self, turn: float, shift: tuple[float, float], scale: float = 1.0) -> Pinhole:
        """The same camera after the plan was scaled, turned by ``turn`` (radians, from x towards
        y) and shifted."""
        c, s = math.cos(turn) * scale, math.sin(turn) * scale
        x, y = c * self.x - s * self.y + shift[0], s * self.x + c * self.y + shift[1]
        heading = math.remainder(self.heading + turn, 2 * math.pi)
        height = self.height_m * scale
        return Pinhole(self.focal_px, x, y, height, heading, self.tilt, self.roll, self.size)


def with_focal(floor_to_pixel: Floats, focal_px: float, size: tuple[float, float]) -> Pinhole:
    """The camera of that focal length whose picture of the floor is nearest to a homography (3, 3)
    from metres to pixels: its first two columns, freed of the lens, are two directions at right
    angles (Z. Zhang, *A flexible new technique for camera calibration*, 2000, 3.1)."""
    width, height = size
    bare = floor_to_pixel.copy()
    bare[:2] -= np.outer([width / 2, height / 2], bare[2])
    bare[:2] /= focal_px
    u, s, vt = np.linalg.svd(bare[:, :2], full_matrices=False)
    two, scale = u @ vt, s.mean()
    columns = np.column_stack([two, np.cross(two[:, 0], two[:, 1])])
    x, y, down = -columns.T @ (bare[:, 2] / scale)
    right, _, axis = columns
    tilt = math.asin(float(np.clip(axis[2], -1, 1)))
    flat = math.cos(tilt)
    if flat > 1e-6:
        heading = math.atan2(axis[1], axis[0])
        roll = math.atan2(columns[0, 2], columns[1, 2])
    else:  # straight down: only heading and roll together mean anything
        heading, roll = math.atan2(-right[0], right[1]), 0.0
    return Pinhole(focal_px, float(x), float(y), max(-float(down), 1e-3), heading, tilt, roll, size)


def over(matrix: Floats, points: Floats) -> Floats:
    """(N, 2) points through a homography (3, 3); NaN where its third coordinate is not above 0."""
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    weight = np.where(mapped[:, 2] > 1e-9, mapped[:, 2], np.nan)
    return np.asarray(mapped[:, :2] / weight[:, None], np.float64)


def plane_homography(source: Floats, target: Floats) -> Floats:
    """(3, 3) from (N, 2) ``source`` to (N, 2) ``target``, N at least 4, with a third coordinate
    above 0 on average: R. Hartley and A. Zisserman, *Multiple View Geometry*, 2nd ed., alg. 4.2."""
    a, b = _normaliser(source), _normaliser(target)
    x, y = (source @ a[:2, :2] + a[:2, 2]).T
    u, v = (target @ b[:2, :2] + b[:2, 2]).T
    one, zero = np.ones_like(x), np.zeros_like(x)
    rows = [
        np.stack([-x, -y, -one, zero, zero, zero, u * x, u * y, u], axis=1),
        np.stack([zero, zero, zero, -x, -y, -one, v * x, v * y, v], axis=1),
    ]
    _, _, vt = np.linalg.svd(np.concatenate(rows))
    matrix = np.linalg.inv(b) @ vt[-1].reshape(3, 3) @ a
    depth = np.column_stack([source, np.ones(len(source))]) @ matrix[2]
    return np.asarray(matrix * (1 if depth.sum() > 0 else -1), np.float64)


def _normaliser(points: Floats) -> Floats:
    middle = points.mean(axis=0)
    scale = math.sqrt(2) / max(float(np.linalg.norm(points - middle, axis=1).mean()), 1e-12)
    return np.array([[scale, 0, -scale * middle[0]], [0, scale, -scale * middle[1]], [0, 0, 1]])


def nearest_pinhole(pixels: Floats, floor_m: Floats, size: tuple[float, float]) -> Pinhole:
    """The best of many focal lengths for the homography of the points: close to the best pinhole
    where the points are good, and quickly found."""
    matrix = plane_homography(floor_m, pixels)
    begun = [with_focal(matrix, f * size[0], size) for f in _FOCALS]
    return min(begun, key=lambda camera: _cost(camera, pixels, floor_m))


def fit_pinhole(
    pixels: Floats, floor_m: Floats, size: tuple[float, float]
) -> tuple[Pinhole, Floats]:
    """The pinhole that sees (N, 2) ``floor_m`` most nearly at (N, 2) ``pixels``, N at least 4, and
    by how many pixels (N, 2) each is seen elsewhere. Least squares over seven numbers (Levenberg
    and Marquardt), begun from the best of many focal lengths."""
    best = nearest_pinhole(pixels, floor_m, size)
    lowest, highest = np.log(SHORTEST * size[0]), np.log(LONGEST * size[0])
    vector, cost, damping = best.vector, _cost(best, pixels, floor_m), 1e-3
    for _ in range(60):
        away = _away(vector, pixels, floor_m, size)
        steps = 1e-6 * np.maximum(1.0, np.abs(vector))
        slope = np.stack(
            [
                (_away(vector + s * e, pixels, floor_m, size) - away) / s
                for s, e in zip(steps, np.eye(7), strict=True)
            ],
            axis=1,
        )
        if not (np.isfinite(slope).all() and np.isfinite(away).all()):
            break
        normal = slope.T @ slope
        for _ in range(8):
            change = np.linalg.solve(
                normal + damping * np.diag(np.diag(normal) + 1e-12), -slope.T @ away
            )
            tried = vector + change
            tried[0] = np.clip(tried[0], lowest, highest)
            new = float(np.sum(_away(tried, pixels, floor_m, size) ** 2))
            if new < cost:
                break
            damping *= 10
        else:
            break
        gained, vector, cost, damping = cost - new, tried, new, damping / 5
        if gained < 1e-9 * (1 + cost):
            break
    found = Pinhole.from_vector(vector, size)
    return found, found.to_pixel(floor_m) - pixels


def lens_of(camera: Camera) -> tuple[Pinhole, Floats]:
    """As ``fit_pinhole``, by the camera's floor points, of which there are four or more."""
    pixels, floor_m = (
        np.array([getattr(point, name) for point in camera.floor_points], np.float64)
        for name in ("pixel", "floor_m")
    )
    return fit_pinhole(pixels, floor_m, (float(camera.width), float(camera.height)))


def _away(vector: Floats, pixels: Floats, floor_m: Floats, size: tuple[float, float]) -> Floats:
    seen = Pinhole.from_vector(vector, size).to_pixel(floor_m)
    return np.asarray(np.nan_to_num(seen - pixels, nan=1e4).ravel(), np.float64)


def _cost(camera: Pinhole, pixels: Floats, floor_m: Floats) -> float:
    return float(np.sum(_away(camera.vector, pixels, floor_m, camera.size) ** 2))
