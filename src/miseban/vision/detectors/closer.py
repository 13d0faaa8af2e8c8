"""A closer look: the whole picture, and parts of it as large as the network takes them.

A network sees a wide picture shrunk, and somebody far away with few pixels. Parts that overlap are
shown to it again (F. C. Akyon and others, *Slicing aided hyper inference*, ICIP 2022); what they
have in common is seen twice, and suppressed once.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from miseban.vision.detectors.boxes import detections, suppress
from miseban.vision.detectors.detection import Detections, Detector
from miseban.vision.pixels import Frame

Floats = NDArray[np.float64]
Part = tuple[int, int, int, int]

OVERLAP = 0.15
"""Of a part's side, that neighbours have in common at least."""
MOST_PARTS = 6
"""A larger picture is cut into parts that are shrunk, too."""
EDGE_PX = 3.0
"""A box so near a part's edge, inside the picture, is of somebody cut off there."""
SAME_PERSON_IOU = 0.5
"""Of two looks. A part's box and the whole picture's box of one person differ more than two boxes
of one look do."""


class Closer:
    """Follows ``Detector``: ``detector`` is shown parts that have the shape of its input ``size``
    (width, height), besides the whole picture. Costs that many times as much.

    A picture that the input holds without being shrunk is looked at once.
    """

    def __init__(self, detector: Detector, size: tuple[int, int]) -> None:
        self.name = f"{detector.name}, closer"
        self._detector, self._size = detector, size
        self._parts: dict[tuple[int, int], list[Part]] = {}

    def detect(self, frame: Frame) -> Detections:
        picture = frame.width, frame.height
        parts = self._parts.get(picture)
        if parts is None:
            parts = self._parts[picture] = parts_of(picture, self._size)
        whole = self._detector.detect(frame)
        if not parts:
            return whole
        boxes, scores = [whole.xyxy], [whole.score]
        for left, top, right, bottom in parts:
            piece = np.ascontiguousarray(frame.bgr[top:bottom, left:right])
            found = self._detector.detect(Frame(piece, frame.number, frame.time_s, frame.utc))
            inner = _off_the_cuts(found.xyxy, (left, top, right, bottom), picture)
            boxes.append(found.xyxy[inner] + (left, top, left, top))
            scores.append(found.score[inner])
        xyxy, score = np.concatenate(boxes), np.concatenate(scores)
        kept = suppress(xyxy, score, SAME_PERSON_IOU)
        return detections(xyxy[kept], score[kept], *picture)

    def close(self) -> None:
        self._detector.close()


def parts_of(picture: tuple[int, int], size: tuple[int, int]) -> list[Part]:
    """Left, top, right and bottom, in pixels, of the parts that a picture (width, height) is cut
    into for a network with an input of ``size``; none where it would not be shrunk."""
    wide, high = picture
    if wide <= size[0] and high <= size[1]:
        return []
    for rows in range(max(1, round(high / size[1])), 0, -1):
        tall = math.ceil(high / (rows - OVERLAP * (rows - 1)))
        broad = min(wide, math.ceil(tall * size[0] / size[1]))
        columns = math.ceil((wide - OVERLAP * broad) / ((1 - OVERLAP) * broad))
        if rows * columns <= MOST_PARTS or rows == 1:
            break
    if rows * columns == 1:
        return []
    if columns > MOST_PARTS:  # one row of a very broad picture
        columns = MOST_PARTS
        broad = math.ceil(wide / (columns - OVERLAP * (columns - 1)))
    lefts = np.linspace(0, wide - broad, columns).round().astype(int).tolist()
    tops = np.linspace(0, high - tall, rows).round().astype(int).tolist()
    return [(x, y, x + broad, y + tall) for y in tops for x in lefts]


def _off_the_cuts(xyxy: Floats, part: Part, picture: tuple[int, int]) -> NDArray[np.bool_]:
    """(N,): which boxes (N, 4), in pixels of the part, do not touch its edges in the picture."""
    left, top, right, bottom = part
    inner = np.ones(len(xyxy), bool)
    if left > 0:
        inner &= xyxy[:, 0] > EDGE_PX
    if top > 0:
        inner &= xyxy[:, 1] > EDGE_PX
    if right < picture[0]:
        inner &= xyxy[:, 2] < right - left - EDGE_PX
    if bottom < picture[1]:
        inner &= xyxy[:, 3] < bottom - top - EDGE_PX
    return inner
