"""Which way a head points. Geometry, of the same class as a trail: it says where somebody looks and
nothing of what they look like, so no notice gate stands before it."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, radians, sin
from pathlib import Path

import cv2
import numpy as np

from miseban.vision.faces.face import Face
from miseban.vision.faces.ir import IrNetwork
from miseban.vision.models.registry import Model
from miseban.vision.pixels import Image, Pixels
from miseban.vocabulary.errors import BadInput

SCALE = 1.15
"""The network looks at a square so much larger than the face; tighter or wider, it tells upright
heads of the clips leaning."""


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Angles in degrees, all 0 when the face looks straight into the lens.

    ``yaw_deg`` is positive when the face turns to the picture's right, ``pitch_deg`` when it looks
    down, ``roll_deg`` when the head leans to the picture's right (clockwise).
    """

    yaw_deg: float
    pitch_deg: float
    roll_deg: float

    @property
    def off_axis_deg(self) -> float:
        """How far from straight into the lens, leaning left out."""
        return hypot(self.yaw_deg, self.pitch_deg)

    def looks_at_lens(self, within_deg: float = 20.0) -> bool:
        """Whether the face points into the camera, as at a screen that stands below it."""
        return self.off_axis_deg <= within_deg

    @property
    def direction(self) -> tuple[float, float, float]:
        """Unit vector of the look in the camera's own axes: right, down, away from the lens."""
        yaw, pitch = radians(self.yaw_deg), radians(self.pitch_deg)
        return sin(yaw) * cos(pitch), sin(pitch), -cos(yaw) * cos(pitch)


class HeadPoseReader:
    """head-pose-estimation-adas-0001: mean absolute error 5 to 6 degrees on each axis, by its
    authors.

    Of the network's outputs the one whose name ends in ``y`` (or ``y_fc``) is the yaw, and so on.
    Raises ``BadInput`` as ``IrNetwork`` does.
    """

    def __init__(self, model: Model, path: Path, *, threads: int) -> None:
        self._network = IrNetwork(model, path, (1, 1, 1), threads=threads)
        self.name = model.name
        self._axes: dict[str, str] = {}
        for name in self._network.read(np.zeros((8, 8, 3), np.uint8)):
            axis = name.removesuffix("_fc")[-1:]
            self._axes[axis] = name
        if set(self._axes) != {"y", "p", "r"}:
            what = f"expected outputs for yaw, pitch and roll, found {sorted(self._axes.values())}"
            raise BadInput("model-broken", path, what)

    def pose(self, pixels: Pixels, face: Face) -> HeadPose:
        """The pose of ``face`` in ``pixels``."""
        found = self._network.read(square(pixels.bgr, face, SCALE))
        yaw, pitch, roll = (float(found[self._axes[axis]][0]) for axis in "ypr")
        return HeadPose(yaw, pitch, roll)


def square(bgr: Image, face: Face, scale: float) -> Image:
    """(S, S, 3): the square around ``face``, ``scale`` times its longer side, edges continued."""
    side = max(2, round(face.size * scale))
    x, y = face.centre
    move = np.array([[1.0, 0.0, side / 2 - x], [0.0, 1.0, side / 2 - y]])
    cut = cv2.warpAffine(
        bgr, move, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, np.uint8)
