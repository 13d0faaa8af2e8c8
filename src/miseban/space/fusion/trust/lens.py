"""How a floor lies in the picture of a camera that may have been turned a little."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.homography import Homography
from miseban.space.lens import Lens, focal_widths

Floats = NDArray[np.float64]


class TurnedLens:
    """The floor of one camera, and what small turns do to its picture.

    A turn (3,) is told in pixels: how far things go to the right and downwards in the middle of the
    picture, and how far they are rolled clockwise half a picture's width from there. ``size`` is
    the picture's width and height in pixels. Where the floor points tell the focal length, a turn
    is that of a lens about its place; where not, a shift and a roll of the picture.
    """

    def __init__(self, floor: Homography, size: tuple[float, float]) -> None:
        self.size = size
        self._floor = floor
        self._middle = np.array(size) / 2
        self.half_px = size[0] / 2
        focal = focal_widths(floor, size)
        self.focal_px = None if focal is None else focal * size[0]
        hangs = Lens.of(floor, size)
        self.plumb: Floats = np.array([0.0, 1.0, 0.0]) if hangs is None else hangs.down
        """(3,) the way down, of length 1: right and down in the picture, and into it."""

    def floor(self, pixel: Floats, turn: Floats) -> Floats:
        """(N, 2) metres where people stand whose feet are seen at ``pixel`` (N, 2) after ``turn``;
        NaN at or above the horizon."""
        return self._floor.to_floor(self.unturned(pixel, turn))

    def pixel(self, floor_m: Floats) -> Floats:
        """(N, 2) where places (N, 2) in metres are in the picture of the camera as it was set up;
        NaN behind it."""
        return self._floor.to_pixel(floor_m)

    def unturned(self, pixel: Floats, turn: Floats) -> Floats:
        """(N, 2) where in the picture ``pixel`` would be, had the camera not been turned."""
        if not turn.any():
            return pixel
        back = np.linalg.inv(self.turning(turn))
        mapped = np.concatenate([pixel, np.ones((len(pixel), 1))], axis=1) @ back.T
        result: Floats = mapped[:, :2] / np.where(mapped[:, 2:] > 1e-9, mapped[:, 2:], np.nan)
        return result

    def turning(self, turn: Floats) -> Floats:
        """(3, 3) from pixels before ``turn`` to those after: K R K⁻¹ (R. Hartley and A. Zisserman,
        *Multiple View Geometry*, 2nd ed., 8.4.2), R by Rodrigues' formula."""
        right, down, rolled = turn
        shift = np.array([[1, 0, self._middle[0]], [0, 1, self._middle[1]], [0, 0, 1.0]])
        if self.focal_px is None:
            angle = rolled / self.half_px
            c, s = np.cos(angle), np.sin(angle)
            moved = np.array([[c, -s, right], [s, c, down], [0, 0, 1.0]])
            flat: Floats = shift @ moved @ np.linalg.inv(shift)
            return flat
        lens = shift @ np.diag([self.focal_px, self.focal_px, 1.0])
        axis = np.array([-down / self.focal_px, right / self.focal_px, rolled / self.half_px])
        full: Floats = lens @ _rotation(axis) @ np.linalg.inv(lens)
        return full

    def metres_per_pixel(self, pixel: Floats) -> Floats:
        """(N, 2, 2) how far, in metres, the place on the floor goes for a pixel to the right (first
        column) and down; ``pixel`` (N, 2) as before any turn."""
        m = self._floor.matrix
        seen = np.concatenate([pixel, np.ones((len(pixel), 1))], axis=1) @ m.T
        w = np.where(seen[:, 2] > 1e-9, seen[:, 2], np.nan)
        xy = seen[:, :2] / w[:, None]
        result: Floats = (m[None, :2, :2] - xy[:, :, None] * m[None, 2:, :2]) / w[:, None, None]
        return result

    def pixels_per_turn(self, pixel: Floats) -> Floats:
        """(N, 2, 3) how far things at ``pixel`` (N, 2) go, right and down, for a turn of one."""
        u, v = (pixel - self._middle).T
        out = np.zeros((len(pixel), 2, 3))
        far = 0.0 if self.focal_px is None else self.focal_px**-2
        out[:, 0, 0] = 1 + u * u * far
        out[:, 0, 1] = out[:, 1, 0] = u * v * far
        out[:, 1, 1] = 1 + v * v * far
        out[:, 0, 2] = -v / self.half_px
        out[:, 1, 2] = u / self.half_px
        return out


def _rotation(axis: Floats) -> Floats:
    """(3, 3) the rotation about ``axis`` (3,), by its length in radians."""
    angle = float(np.linalg.norm(axis))
    if angle == 0.0:
        return np.eye(3)
    x, y, z = axis / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    result: Floats = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)
    return result
