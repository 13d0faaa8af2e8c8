"""How the shelf looked before it changed: whether a change takes an earlier one back."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.sealed import Sealed

Image = NDArray[np.float32]
Mask = NDArray[np.bool_]

DEPTH = 4
"""So many earlier looks of a place are remembered: pieces are put back in the order of taking."""
ALIKE = 20.0
"""Levels of 255: looks nearer than this are the same."""
MOST_AGREE = 0.6
"""A change takes back an earlier one where this part of it looks again as it did before that."""


class FormerLooks(Sealed):
    """Of the pixels of a region (h, w), what they showed before each of their last changes."""

    __slots__ = ("_looks", "_numbers")

    def __init__(self, shape: tuple[int, int]) -> None:
        self._looks = np.zeros((DEPTH, *shape, 3), np.uint8)
        self._numbers = np.full((DEPTH, *shape), -1, np.int32)

    def undoes(
        self, which: Mask, after: Image, near: tuple[slice, slice] = np.s_[:, :]
    ) -> int | None:
        """The number of the newest change that is taken back if ``which`` (h, w) now looks like
        ``after`` (h, w, 3); None for something new. Both may be of the part ``near`` only."""
        now = after[which]
        for depth in range(DEPTH):
            numbers = self._numbers[depth][near][which]
            apart = np.abs(now - self._looks[depth][near][which]).max(axis=1)
            alike = (numbers >= 0) & (apart < ALIKE)
            if alike.mean() >= MOST_AGREE:
                return int(np.bincount(numbers[alike]).argmax())
        return None

    def changed(self, which: Mask, before: Image, number: int, undoes: int | None) -> None:
        """``which`` looked like ``before`` up to change ``number``, which takes ``undoes`` back."""
        if undoes is not None:
            depth = int(np.argmax([(n[which] == undoes).mean() for n in self._numbers])) + 1
            self._looks[: DEPTH - depth, which] = self._looks[depth:, which]
            self._numbers[: DEPTH - depth, which] = self._numbers[depth:, which]
            self._numbers[DEPTH - depth :, which] = -1
            return
        self._looks[1:, which] = self._looks[:-1, which]
        self._numbers[1:, which] = self._numbers[:-1, which]
        self._looks[0, which] = np.clip(before[which], 0, 255).astype(np.uint8)
        self._numbers[0, which] = number


def detail(before: Image, after: Image, which: Mask) -> float:
    """The logarithm of how much more edges there are in ``after`` than in ``before`` around
    ``which``; all (h, w, ...)."""
    ys, xs = np.nonzero(which)
    part = np.s_[max(0, ys.min() - 2) : ys.max() + 3, max(0, xs.min() - 2) : xs.max() + 3]
    near = cv2.dilate(which[part].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    energy = [_edges(look[part])[near].mean() + 1.0 for look in (before, after)]
    return float(np.log(energy[1] / energy[0]))


def _edges(look: Image) -> NDArray[np.float32]:
    grey = cv2.cvtColor(look, cv2.COLOR_BGR2GRAY)
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(across, down), np.float32)
