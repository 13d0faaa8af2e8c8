"""Finds people below a still camera that looks straight down, without any model file.

Detectors trained on street pictures hardly know people from above. There a classical method does
well: whatever differs from the empty floor, is not merely a shadow on it, and is about as large as
a person. A shadow keeps the floor's colour and only dims it: brightness and colour distortion of
Horprasert, Harwood and Davis, "A statistical approach for real-time robust background subtraction
and shadow detection", ICCV Frame-Rate Workshop 1999.

Limits: the camera must not move, people who touch are found as one, who stands still for long
fades into the floor, and clothes of the floor's own colour may pass for shadow.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.detectors.boxes import detections
from miseban.vision.detectors.detection import Detections
from miseban.vision.pixels import Frame

Floats = NDArray[np.float32]
Mask = NDArray[np.uint8]

LONG_SIDE_PX = 160
"""Frames are looked at this small: people from above are large, and noise averages out."""
WARM_UP_S = 1.0
"""Nothing is reported before: the exposure settles and the floor is not yet known."""
FLOOR_S, OBJECT_S = 3.0, 60.0
"""Time constants with which the floor is learnt: where it is seen, and where something covers it
(so that what was moved or left behind fades in the end)."""
CHANGED = 14.0
"""Change of colour or gain of light, in grey levels, from which a pixel is not floor."""
HIGHLIGHT = 0.1
"""That much more change is asked for, as part of the floor's brightness."""
DARKEST_SHADOW = 0.12
"""A shadow leaves at least this part of the floor's light; what is darker is an object."""
SMALLEST_PART, BODY_WIDTH = 0.012, 0.12
"""Smallest body as part of the picture's area; thinnest trunk as part of its short side: thinner
things (legs, arms, a bag's strap) do not shift the box."""
JUMP = 4.0
"""When the picture as a whole becomes so many times brighter or darker at once (lamps, a covered
lens, a camera that starts), the floor is learnt anew."""
JOIN = 1.6
"""Gaps up to this many trunk widths belong to one body: a dark head, a strap, a highlight."""


class Motion:
    """Follows ``Detector``. The floor is learnt from the frames, by their time and not their
    number, so any frame rate from 2 upwards gives the same people."""

    every_frame = True
    """It costs hardly more than to look whether anything moved."""

    def __init__(self) -> None:
        self.name = "motion"
        self._floor: Floats | None = None
        self._start_s = self._last_s = 0.0

    def detect(self, frame: Frame) -> Detections:
        scale = LONG_SIDE_PX / max(frame.width, frame.height)
        size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
        small = cv2.resize(frame.bgr, size, interpolation=cv2.INTER_AREA)
        seen = cv2.GaussianBlur(small, (3, 3), 0).astype(np.float32)
        floor = self._floor
        if (
            floor is None
            or floor.shape != seen.shape
            or frame.time_s < self._last_s  # a recording begun anew
            or not 1 / JUMP < _exposure(seen, floor) < JUMP
        ):
            self._floor = seen
            self._start_s = self._last_s = frame.time_s
            return Detections.none()
        covered, dimmed = _compare(seen, floor)
        self._learn(seen, floor, covered | dimmed, frame.time_s)
        if frame.time_s - self._start_s < WARM_UP_S:
            return Detections.none()
        xyxy, score = _bodies(covered)
        across, down = frame.width / size[0], frame.height / size[1]
        return detections(xyxy * (across, down, across, down), score, frame.width, frame.height)

    def close(self) -> None:
        self._floor = None

    def _learn(self, seen: Floats, floor: Floats, covered: Mask, time_s: float) -> None:
        step_s = time_s - self._last_s
        self._last_s = time_s
        # While young the floor follows quickly, wherever: there is nothing better to keep.
        age_s = time_s - self._start_s
        young = age_s < WARM_UP_S
        uncovered = 1 - math.exp(-step_s / (0.2 if young else FLOOR_S))
        hidden = uncovered if young else 1 - math.exp(-step_s / OBJECT_S)
        cv2.accumulateWeighted(seen, floor, uncovered, mask=255 - covered)
        cv2.accumulateWeighted(seen, floor, hidden, mask=covered)


def _exposure(seen: Floats, floor: Floats) -> float:
    """How much brighter the picture has become as a whole."""
    return float((np.median(seen) + 1) / (np.median(floor) + 1))


def _compare(seen: Floats, floor: Floats) -> tuple[Mask, Mask]:
    """255 where an object is seen, and 255 in its shadow, each (H, W).

    ``floor`` is changed: it is brought to the exposure of ``seen``.
    """
    power = np.maximum((floor * floor).sum(axis=2), 1.0)
    light = (seen * floor).sum(axis=2) / power
    # What most of the picture does is the camera's exposure, not an object.
    exposure = np.float32(np.clip(np.median(light), 1 / JUMP, JUMP))
    floor *= exposure
    light /= exposure
    grey = np.sqrt(power / 3) * exposure
    apart = seen - light[:, :, None] * floor
    colour = np.sqrt((apart * apart).sum(axis=2))
    # Highlights on a floor are near saturation: there colour tells little.
    threshold = CHANGED + HIGHLIGHT * grey
    brighter = (light - 1.0) * grey
    darker = (light < DARKEST_SHADOW) & (grey > CHANGED)  # a black floor cannot darken
    objects = (colour > threshold) | (brighter > threshold) | darker
    shadow = ~objects & (-brighter > CHANGED / 2)
    return objects.astype(np.uint8) * 255, shadow.astype(np.uint8) * 255


def _bodies(covered: Mask) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Boxes (N, 4) of the trunks in a mask, in its pixels, and their scores (N,)."""
    height, width = covered.shape
    short = min(height, width)
    trunk = _disc(BODY_WIDTH * short)
    # Closing joins what a dark head or a stripe has cut; opening takes limbs and specks away.
    whole = cv2.morphologyEx(covered, cv2.MORPH_CLOSE, _disc(JOIN * BODY_WIDTH * short))
    solid = cv2.morphologyEx(whole, cv2.MORPH_OPEN, trunk)
    outlines, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    smallest = SMALLEST_PART * height * width
    boxes, scores = [], []
    for outline in outlines:
        # The hull takes in a dark head that passed for shadow between the shoulders.
        moments = cv2.moments(cv2.convexHull(outline))
        area = moments["m00"]
        if area < smallest:
            continue
        # The box of an ellipse with the same centre and spread: an arm or a leg stretched out
        # moves it less than it moves the outermost pixels.
        centre = np.array([moments["m10"], moments["m01"]]) / area + 0.5
        half = 2 * np.sqrt(np.array([moments["mu20"], moments["mu02"]]) / area) + 0.5
        boxes.append(np.concatenate([centre - half, centre + half]))
        scores.append(0.5 + 0.5 * min(1.0, area / (4 * smallest)))
    return np.array(boxes).reshape(-1, 4), np.array(scores)


def _disc(diameter: float) -> Mask:
    size = max(3, round(diameter) | 1)
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)).astype(np.uint8)
