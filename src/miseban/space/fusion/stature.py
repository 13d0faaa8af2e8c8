"""How tall somebody is who stands at a known place: from the top of the box."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.homography import Homography
from miseban.space.lens import focal_widths

Floats = NDArray[np.float64]

HEAD, ROUND = 0.97, 0.05
"""How high the middle of a head is, and half its breadth, in statures."""


class Stature:
    """For a lens without distortion whose axis meets the middle of the picture and whose pixels
    are square: then the images of the floor's two directions give the focal length, and the floor
    points the whole camera (R. Hartley and A. Zisserman, *Multiple View Geometry*, 2nd ed., 8.8).
    """

    def __init__(self, floor: Homography, size: tuple[float, float]) -> None:
        found = _camera(floor, size)
        self._rows = None if found is None else found[0]
        self._eye = np.array([0.0, 0.0, np.inf]) if found is None else found[1]

    def of(self, xyxy: Floats, floor_m: Floats) -> Floats:
        """(N,) metres, of boxes (N, 4) of people who stand at (N, 2); NaN where the camera is not
        known, or looks along the plumb line."""
        if self._rows is None:
            return np.full(len(xyxy), np.nan)
        matrix = self._rows
        ground = floor_m @ matrix[:, :2].T + matrix[:, 3]
        top = xyxy[:, 1]
        below = top * matrix[2, 2] - matrix[1, 2]
        with np.errstate(invalid="ignore", divide="ignore"):
            tall = (ground[:, 1] - top * ground[:, 2]) / below
        tall = tall / self._looks_taller(floor_m, tall)
        result: Floats = np.where(np.abs(tall) < 10, tall, np.nan)
        return result

    def _looks_taller(self, floor_m: Floats, tall: Floats) -> Floats:
        """(N,) by what factor people look taller than they are: a head is round, and from above the
        box ends at its far side."""
        away = np.hypot(*(floor_m - self._eye[:2]).T)
        steep = np.arctan2(np.maximum(self._eye[2] - HEAD * np.nan_to_num(tall), 0.0), away)
        factor: Floats = HEAD + ROUND / np.maximum(np.cos(steep), 0.2)
        return factor


def _camera(floor: Homography, size: tuple[float, float]) -> tuple[Floats, Floats] | None:
    """(3, 4) pixels from metres and the lens's place (3,) in metres, z upwards, or None where the
    floor points do not tell."""
    width, height = size
    centre = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1.0]])
    picture = centre @ np.linalg.inv(floor.matrix)
    focal = focal_widths(floor, size)
    if focal is None:
        return None
    # Unlike ``Lens`` it keeps the floor as the points say, though they are a little off.
    lens = np.diag([focal * width, focal * width, 1.0])
    pose = np.linalg.inv(lens) @ picture
    pose = pose / np.sqrt(np.linalg.norm(pose[:, 0]) * np.linalg.norm(pose[:, 1]))
    up = np.cross(pose[:, 0], pose[:, 1])
    turn = np.stack([pose[:, 0], pose[:, 1], up], axis=1)
    eye = -np.linalg.inv(turn) @ pose[:, 2]
    if eye[2] < 0:  # a plan is drawn with y downwards, as seen from above
        up = -up
        eye = eye * [1.0, 1.0, -1.0]
    camera = np.linalg.inv(centre) @ lens @ np.stack([pose[:, 0], pose[:, 1], up, pose[:, 2]], 1)
    return np.asarray(camera, np.float64), np.asarray(eye, np.float64)
