"""A frame becomes a network's input, in buffers that are allocated once."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.models.registry import ModelInput
from miseban.vision.pixels import Pixels

PADDING = 114
"""Grey around a letterboxed picture, as YOLOX was trained."""


class InputBuffer:
    """Holds one input blob and fills it from frames or crops.

    A letterboxed picture keeps its shape and lies at the top left (as in YOLOX's own
    preprocessing); a stretched one fills the input.
    """

    def __init__(self, spec: ModelInput) -> None:
        if spec.layout != "nchw":
            raise ValueError(f"expected layout nchw, got {spec.layout}")
        width, height = spec.size
        self._spec = spec
        self._canvas = np.full((height, width, 3), PADDING, np.uint8)
        self._planes = np.empty((3, height, width), np.uint8)
        # cv2.split writes blue, green, red: handed backwards, the planes end up in RGB order.
        self._bgr = [self._planes[c] for c in ((0, 1, 2) if spec.colour == "bgr" else (2, 1, 0))]
        self._blob = np.empty((1, 3, height, width), np.float32)
        self._mean = np.array(spec.mean, np.float32).reshape(3, 1, 1)
        self._scale = np.float32(spec.scale)
        self._plain = spec.scale == 1.0 and not any(spec.mean)
        self._filled = (width, height)

    def fill(self, frame: Pixels) -> tuple[NDArray[np.float32], float, float]:
        """The blob, and how many pixels of the frame one pixel of the input is, across and down.

        The blob (1, 3, H, W) float32 is this buffer: the next call changes it.
        """
        across, down = width, height = self._spec.size
        if self._spec.resize == "letterbox":
            ratio = min(across / frame.width, down / frame.height)
            width = min(across, max(1, round(frame.width * ratio)))
            height = min(down, max(1, round(frame.height * ratio)))
        if (width, height) != self._filled:  # the last frame had another shape: clear its edges
            self._canvas[:] = PADDING
            self._filled = (width, height)
        target = self._canvas[:height, :width]
        cv2.resize(frame.bgr, (width, height), dst=target, interpolation=cv2.INTER_LINEAR)
        cv2.split(self._canvas, self._bgr)
        np.copyto(self._blob[0], self._planes)
        if not self._plain:
            self._blob[0] -= self._mean
            self._blob[0] *= self._scale
        return self._blob, frame.width / width, frame.height / height
