"""What a camera does to colours: so that two cameras agree on a shirt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Frame

STEP = 16
"""Every so many pixels, to both sides, are looked at."""
GREY = 110.0
"""What the average of a picture is brought to, of 255."""
MOST = 2.0
"""Colours are multiplied or divided by no more than this."""
MEMORY_S = 60.0


class Gain:
    """Grey-world: the average of what a camera sees of a shop is taken for grey (G. Buchsbaum, *A
    spatial processor model for object colour perception*, 1980), over a minute."""

    def __init__(self) -> None:
        self._mean = np.full(3, GREY)
        self._last_s: float | None = None

    def look(self, frame: Frame) -> NDArray[np.float32]:
        """(3,) BGR factors for ``frame``, the next in order of time."""
        now = frame.bgr[::STEP, ::STEP].reshape(-1, 3).mean(axis=0)
        if self._last_s is None:
            self._mean = now
        else:
            part = min(1.0, (frame.time_s - self._last_s) / MEMORY_S)
            self._mean = self._mean + part * (now - self._mean)
        self._last_s = frame.time_s
        factor = np.clip(GREY / np.maximum(self._mean, 1.0), 1 / MOST, MOST)
        return np.asarray(factor, np.float32)
