"""How tall somebody is who stands at a known place: from the top of the box."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.homography import Homography
from miseban.space.lens import Lens

Floats = NDArray[np.float64]

HEAD, ROUND = 0.97, 0.05
"""How high the middle of a head is, and half its breadth, in statures."""


class Stature:
    """Of the people whom one camera sees, as far as its floor points tell how it hangs."""

    def __init__(self, floor: Homography, size: tuple[float, float]) -> None:
        self._lens = Lens.of(floor, size)

    def of(self, xyxy: Floats, floor_m: Floats) -> Floats:
        """(N,) metres, of boxes (N, 4) of people who stand at (N, 2); NaN where the camera is not
        known, or looks along the plumb line."""
        if self._lens is None:
            return np.full(len(xyxy), np.nan)
        tall = self._lens.height_at_row(xyxy[:, 1], floor_m)
        tall = tall / self._looks_taller(self._lens.eye, floor_m, tall)
        result: Floats = np.where(np.abs(tall) < 10, tall, np.nan)
        return result

    @staticmethod
    def _looks_taller(eye: Floats, floor_m: Floats, tall: Floats) -> Floats:
        """(N,) by what factor people look taller than they are: a head is round, and from above the
        box ends at its far side."""
        away = np.hypot(*(floor_m - eye[:2]).T)
        steep = np.arctan2(np.maximum(eye[2] - HEAD * np.nan_to_num(tall), 0.0), away)
        factor: Floats = HEAD + ROUND / np.maximum(np.cos(steep), 0.2)
        return factor
