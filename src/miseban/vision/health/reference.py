"""The view as it should be: a small grey picture without people that follows the daylight."""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Image
from miseban.vision.sealed import Sealed

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Boxes = NDArray[np.float64]

LONG_SIDE_PX = 320
LATEST = 3
"""So many samples are averaged to what is seen now: noise and passers-by fade."""
FOLLOW_S = 120.0
"""Time constant with which the reference follows the light and what is moved in the shop."""
ENOUGH = 5
"""Samples without people from which a pixel of the reference is known."""
AROUND = 0.15
"""Boxes are taken larger by this part of their size on all sides."""


class Reference(Sealed):
    """Samples of one camera's pictures, ``width`` x ``height`` pixels, and what they usually show.

    ``now`` is the mean of the last samples, ``usual`` the reference, both (h, w); ``free`` marks
    the pixels that are known in the reference and had nobody before them lately. ``scale`` is
    pixels of the frame for one of these. The last samples are pictures with people: sealed.
    """

    __slots__ = (
        "_known", "_latest", "changes", "free", "moving", "now", "same", "scale", "size", "usual",
    )  # fmt: skip

    def __init__(self, width: int, height: int) -> None:
        shrunk = min(1.0, LONG_SIDE_PX / max(width, height))
        size = (max(8, round(width * shrunk)), max(8, round(height * shrunk)))
        self.size = size
        self.scale = (width / size[0], height / size[1])
        self.usual: Floats = np.zeros(size[::-1], np.float32)
        self.now: Floats = self.usual
        self.free: Mask = np.zeros(size[::-1], np.bool_)
        self._known = np.zeros(size[::-1], np.int32)
        self._latest: deque[tuple[Floats, Mask]] = deque(maxlen=LATEST)
        self.same = False
        """Whether the last sample was, to the bit, the one before."""
        self.moving = 0.0
        """The part of the picture, 0 to 1, that differs from the sample before."""
        self.changes = 0
        """How many samples were not, to the bit, the one before."""

    def sample(self, bgr: Image, people_xyxy: Boxes) -> None:
        """Takes in a picture (H, W, 3) with people at ``people_xyxy`` (N, 4), in its pixels."""
        small = cv2.resize(bgr, self.size, interpolation=cv2.INTER_AREA)
        seen = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.float32)
        nobody = np.ones(seen.shape, np.bool_)
        for x1, y1, x2, y2 in self._enlarged(people_xyxy):
            nobody[max(0, int(y1)) : max(0, int(y2) + 1), max(0, int(x1)) : int(x2) + 1] = False
        if self._latest:
            apart = np.abs(seen - self._latest[-1][0])
            self.same = not apart.any()
            self.changes += not self.same
            self.moving = float((apart > 12).mean())
        self._latest.append((seen, nobody))
        self.now = np.asarray(sum(s for s, _ in self._latest) / len(self._latest), np.float32)
        self.free = np.logical_and.reduce([n for _, n in self._latest]) & (self._known >= ENOUGH)

    def learn(self, elapsed_s: float) -> None:
        """The last sample shows what it should: the reference goes towards it, ``elapsed_s`` after
        it did so last."""
        seen, nobody = self._latest[-1]
        self._known += nobody
        known = np.maximum(self._known, 1).astype(np.float32)
        weight = np.clip(1 / known, min(1.0, elapsed_s / FOLLOW_S), 1.0) * nobody
        self.usual = np.asarray(self.usual + weight * (seen - self.usual), np.float32)

    def _enlarged(self, xyxy: Boxes) -> Boxes:
        size = xyxy[:, 2:] - xyxy[:, :2]
        larger = np.hstack([xyxy[:, :2] - AROUND * size, xyxy[:, 2:] + AROUND * size])
        return np.asarray(larger / (self.scale * 2), np.float64)
