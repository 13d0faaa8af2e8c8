"""The camera's geometry: a pinhole without distortion, exact in both directions.

Rooms are drawn on a *stage*: x as on the floor plan, y the other way round, z up, all in metres.
The plan's y runs down, so that a plan with z up would be mirrored; the stage is not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from miseban.sim.render.mesh import Floats
from miseban.vocabulary.errors import BadInput

NEAR_M = 0.1  # what is nearer to the eye is not drawn


def stage(points: Floats) -> Floats:
    """Floor plan (N, 3) metres to stage, or back."""
    mirrored: Floats = points * np.array([1.0, -1.0, 1.0])
    return mirrored


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a camera hangs and what it looks at: metres on the floor plan, z up.

    ``fov_deg`` is the angle from left to right edge; ``roll_deg`` turns the camera clockwise.
    """

    position: tuple[float, float, float]
    look_at: tuple[float, float, float]
    fov_deg: float = 75.0
    roll_deg: float = 0.0

    def nudged(self, right_deg: float, down_deg: float, roll_deg: float = 0.0) -> Pose:
        """The same camera after somebody bumped into it: turned in its place."""
        x, y, z = (b - a for a, b in zip(self.position, self.look_at, strict=True))
        far = math.hypot(x, y, z)
        turn = math.atan2(y, x) + math.radians(right_deg)  # y runs down: right is clockwise
        rise = math.asin(z / far) - math.radians(down_deg)
        rise = min(max(rise, -math.radians(89.9)), math.radians(89.9))
        flat = far * math.cos(rise)
        step = (flat * math.cos(turn), flat * math.sin(turn), far * math.sin(rise))
        seen = (
            self.position[0] + step[0],
            self.position[1] + step[1],
            self.position[2] + step[2],
        )
        return replace(self, look_at=seen, roll_deg=self.roll_deg + roll_deg)


class Lens:
    """A pose and a picture's size: which point of the shop is which pixel.

    Raises ``BadInput`` when the camera looks at itself or at an angle of view outside 5 to 150.
    """

    def __init__(self, pose: Pose, resolution: tuple[int, int]) -> None:
        self.width, self.height = resolution
        self.eye = stage(np.array(pose.position, np.float64))
        forward = stage(np.array(pose.look_at, np.float64)) - self.eye
        far = float(np.linalg.norm(forward))
        if not far > 1e-6:
            raise BadInput("bad-pose", "rendered camera", "expected a look_at off the position")
        if not 5 <= pose.fov_deg <= 150:
            raise BadInput(
                "bad-pose",
                "rendered camera",
                f"expected an angle of view from 5 to 150 degrees, found {pose.fov_deg:g}",
            )
        forward /= far
        # Straight down has no horizon: the plan's top is then the picture's.
        steep = abs(float(forward[2])) > 0.9999
        up = np.array([0.0, 1.0, 0.0]) if steep else np.array([0.0, 0.0, 1.0])
        right = np.cross(forward, up)
        right /= np.linalg.norm(right)
        up = np.cross(right, forward)
        roll = math.radians(pose.roll_deg)
        self.axes: Floats = np.stack(  # rows: right, forward, up
            [
                right * math.cos(roll) - up * math.sin(roll),
                forward,
                up * math.cos(roll) + right * math.sin(roll),
            ]
        )
        across = math.tan(math.radians(pose.fov_deg) / 2)
        self.tangent = (across, across * self.height / self.width)

    @property
    def fov_deg(self) -> tuple[float, float]:
        """Angles of view, across and down."""
        return (
            2 * math.degrees(math.atan(self.tangent[0])),
            2 * math.degrees(math.atan(self.tangent[1])),
        )

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Stage points (N, 3) to pixels (N, 2) and depth (N,) in metres along the axis.

        Pixels count from the picture's top left corner, so that the first pixel's middle is
        (0.5, 0.5). What lies behind the eye has a depth below ``NEAR_M`` and no useful pixel.
        """
        seen = (points - self.eye) @ self.axes.T
        depth = seen[:, 1]
        safe = np.maximum(depth, NEAR_M)
        x = self.width / 2 * (1 + seen[:, 0] / (safe * self.tangent[0]))
        y = self.height / 2 * (1 - seen[:, 2] / (safe * self.tangent[1]))
        return np.stack([x, y], axis=1), depth

    def floor(self, pixels: Floats) -> Floats:
        """Pixels (N, 2) to the floor plan (N, 2) metres; NaN for what looks above the horizon."""
        rays = self.rays(pixels)
        down = np.where(rays[:, 2] < -1e-9, rays[:, 2], np.nan)
        hit = self.eye + rays * (-self.eye[2] / down)[:, None]
        plan: Floats = hit[:, :2] * np.array([1.0, -1.0])
        return plan

    def rays(self, pixels: Floats) -> Floats:
        """Directions (N, 3) on the stage, of any length, in which the pixels (N, 2) look."""
        x = (pixels[:, 0] / (self.width / 2) - 1) * self.tangent[0]
        y = (1 - pixels[:, 1] / (self.height / 2)) * self.tangent[1]
        rays: Floats = np.stack([x, np.ones_like(x), y], axis=1) @ self.axes
        return rays
