"""Where each sight of a camera is on the floor, and how surely: its error ellipse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.settings import FusionSettings
from miseban.space.fusion.stature import Stature
from miseban.space.geometry import CameraGeometry
from miseban.space.settings import SpaceSettings
from miseban.space.standing import Standing
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]


class FloorLens:
    """One camera's way from boxes to the floor."""

    def __init__(self, shop: Shop, camera: str, settings: FusionSettings) -> None:
        self._s = settings
        self._geometry = CameraGeometry(shop, camera, SpaceSettings())
        homography = self._geometry.homography
        if homography is None:
            raise ValueError(f"camera {camera} has no floor points")
        self.homography = homography
        self._stature = Stature(self.homography, self._geometry.size)
        floor = shop.shop.floor
        self._size = (floor.width_m, floor.depth_m) if floor is not None else None
        upright = self._geometry.camera.anchor == "upright"
        heads = upright if settings.heads is None else settings.heads
        self._standing = (
            Standing.of(self.homography, self._geometry.size, self._size) if heads else None
        )

        self.eye: Floats = np.full(2, np.nan)  # above which place the lens hangs, if heads count
        if self._standing is not None:
            self.eye = self._standing.eye
        # Of the rows looked at last: whether feet were seen, and where (pixels).
        self.feet_seen: NDArray[np.bool_] = np.empty(0, bool)
        self.feet_px: Floats = np.empty((0, 2))
        self._widest_m = settings.widest_m if self._standing is None else settings.widest_head_m

    def feet(self, rows: TrackRows) -> Floats:
        """(N, 2) pixels where people stand in the picture."""
        return self._geometry.steps_of(rows).xy

    def look(self, rows: TrackRows) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
        """(N, 2) places in metres, (N, 2, 2) their covariances, (N,) statures and (N,) whether the
        sight is of use: a person's size, on the plan, and not too uncertain."""
        s = self._s
        steps = self._geometry.steps_of(rows)
        self.feet_px = steps.xy
        xy = steps.floor
        sigma = s.box_error * steps.height + s.pixel_error
        jacobian = self._jacobian(steps.xy, xy)
        spread = jacobian @ jacobian.transpose(0, 2, 1) * np.square(sigma)[:, None, None]
        stature = self._stature.of(rows.xyxy, xy)
        if self._standing is not None:
            places = self._standing.places(rows)
            xy, spread, stature = places.xy, places.cov, places.height_m
            self.feet_seen = places.feet >= s.feet_sure
        else:
            self.feet_seen = np.ones(len(rows), bool)
        spread[:, [0, 1], [0, 1]] += s.posture_m**2 + self.homography.error_m**2
        good = np.isfinite(xy).all(axis=1) & (largest(spread) <= self._widest_m**2)
        good &= ~(stature < s.stature_m[0]) & ~(stature > s.stature_m[1])
        good &= ~self._geometry.private(rows)
        if self._size is not None:
            good &= (xy >= -s.beyond_m).all(axis=1) & (xy <= np.add(self._size, s.beyond_m)).all(
                axis=1
            )
        return xy, spread, stature, good

    def _jacobian(self, pixel: Floats, floor: Floats) -> Floats:
        """(N, 2, 2) metres a pixel: the derivative of the homography."""
        m = self.homography.matrix
        weight = pixel @ m[2, :2] + m[2, 2]
        weight = np.where(weight > 1e-9, weight, np.nan)
        return np.asarray((m[None, :2, :2] - floor[:, :, None] * m[2, :2]) / weight[:, None, None])


def largest(spread: Floats) -> Floats:
    """(N,) the larger eigenvalue of each symmetric (N, 2, 2)."""
    a, b, d = spread[:, 0, 0], spread[:, 0, 1], spread[:, 1, 1]
    result: Floats = (a + d) / 2 + np.sqrt(np.square((a - d) / 2) + np.square(b))
    return result
