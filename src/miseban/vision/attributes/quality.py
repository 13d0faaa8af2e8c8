"""Whether a face or a body is seen well enough to be read at all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from miseban.vision.faces.face import Face, Floats
from miseban.vision.faces.pose import HeadPose
from miseban.vision.pixels import Image


class Abstained(StrEnum):
    """Why nothing was read. Counted in measurements, never kept for a person."""

    NO_FACE = "no face"
    SMALL = "small"
    TURNED = "turned"
    BLURRED = "blurred"
    CUT = "cut off or bent"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is asked of a picture. Measured on the clips of ``docs/attributes.md``."""

    face_px: float = 40.0
    """Longer side of a face. The network was trained on 62 and more; below 40 the views of one
    face disagree."""
    sharpness: float = 0.03
    """See ``sharpness``; a face of 70 pixels blurred by 2 has less, and reads as male."""
    turn: float = 0.35
    """See ``Face.turn``."""
    yaw_deg: float = 35.0
    pitch_deg: float = 45.0
    roll_deg: float = 35.0
    """The network's authors name 45 for each, and the pose itself is known to 5 or 10 only."""
    body_px: float = 56.0
    """Width of a body; the authors name 80, as they do for less than a fifth hidden."""
    body_shape: tuple[float, float] = (1.7, 4.5)
    """Height over width of a body that stands and is seen whole."""
    edge: float = 0.03
    """So near to the picture's side, in parts of its width, a body is taken to be cut."""


def sharpness(bgr: Image) -> float:
    """How much fine detail a face has for its contrast: the variance of the Laplacian over that of
    the grey values, in a square of 64 pixels. 0.08 to 0.2 on sharp faces of the clips."""
    small = cv2.resize(bgr, (64, 64), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float64)
    contrast = float(grey.var())
    return float(cv2.Laplacian(grey, cv2.CV_64F).var()) / contrast if contrast > 1.0 else 0.0


def face_abstains(face: Face, detail: float, limits: Limits) -> Abstained | None:
    """Why ``face`` is not read, as far as its place tells, or None where it may be. ``detail`` is
    its ``sharpness``."""
    if face.size < limits.face_px:
        return Abstained.SMALL
    if face.turn > limits.turn:
        return Abstained.TURNED
    return Abstained.BLURRED if detail < limits.sharpness else None


def pose_abstains(face: Face, pose: HeadPose | None, limits: Limits) -> Abstained | None:
    """Whether the head is turned too far, or nothing tells that it is not: without a ``pose`` it
    takes the points of the face."""
    if pose is None:
        return Abstained.TURNED if face.points is None else None
    turned = (
        abs(pose.yaw_deg) > limits.yaw_deg
        or abs(pose.pitch_deg) > limits.pitch_deg
        or abs(pose.roll_deg) > limits.roll_deg
    )
    return Abstained.TURNED if turned else None


def body_abstains(xyxy: Floats, width: int, limits: Limits) -> Abstained | None:
    """Why the body in the box ``xyxy`` (4,) is not read, in a picture ``width`` pixels wide."""
    across, down = (xyxy[2:] - xyxy[:2]).tolist()
    if across < limits.body_px:
        return Abstained.SMALL
    low, high = limits.body_shape
    # A body may reach below the picture a little; what leaves it at a side is cut. Boxes are
    # smoothed over time, so that one who leaves seems to be inside for a moment longer.
    side = limits.edge * width
    cut = xyxy[0] <= side or xyxy[2] >= width - side or not low <= down / across <= high
    return Abstained.CUT if cut else None


def face_quality(face: Face, detail: float, pose: HeadPose | None, limits: Limits) -> float:
    """0 to 1, to choose the best moments of a track: large, sharp and frontal, each up to a point
    beyond which more of it helps no further."""
    large = min(1.0, face.size / (2 * limits.face_px))
    sharp = min(1.0, detail / (3 * limits.sharpness))
    away = face.turn / limits.turn
    if pose is not None:
        away = max(away, abs(pose.yaw_deg) / limits.yaw_deg, abs(pose.roll_deg) / limits.roll_deg)
    return large * sharp * max(0.0, 1.0 - 0.5 * away)
