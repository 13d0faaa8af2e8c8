"""The picture of a camera that somebody bumped into, where only its floor points are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.sim.projection import FloorView
from miseban.sim.render import Lens, Pose
from miseban.vocabulary.shop import Camera

Floats = NDArray[np.float64]

ASSUMED_FOV_DEG = 75.0
"""Angle of view from left to right of a camera whose pose is not known."""


def turned_view(camera: Camera, right_deg: float) -> FloorView:
    """How the floor lies in the picture of ``camera``, whose pose is not known, turned to the right
    by that many degrees.

    It turns about the picture's own upright axis and as if it had ``ASSUMED_FOV_DEG``: in the
    middle of the picture, a shift by the focal length times the tangent of the angle.
    """
    level = Pose((0.0, 0.0, 1.0), (1.0, 0.0, 1.0), ASSUMED_FOV_DEG)
    before = Lens(level, camera.resolution)
    after = Lens(level.nudged(right_deg, 0.0), camera.resolution)
    return FloorView(camera).seen_through(turning(before, after))


def turning(before: Lens, after: Lens) -> Floats:
    """(3, 3) the homography from pixels of one lens to those of the other, which stands in the same
    place: K₂ R₂ R₁ᵀ K₁⁻¹ (R. Hartley and A. Zisserman, *Multiple View Geometry*, 2nd ed., 8.4.2).
    The third coordinate is the depth before the second lens for a depth of 1 before the first."""
    result: Floats = (
        _intrinsic(after) @ after.axes @ before.axes.T @ np.linalg.inv(_intrinsic(before))
    )
    return result


def _intrinsic(lens: Lens) -> Floats:
    """(3, 3) from right, forward, up to pixels times depth."""
    across, down = lens.tangent
    return np.array(
        [
            [lens.width / 2 / across, lens.width / 2, 0.0],
            [0.0, lens.height / 2, -lens.height / 2 / down],
            [0.0, 1.0, 0.0],
        ]
    )
