"""How well a box fits somebody who lies on the floor: by the lens, whichever way he or she lies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.lens import Lens

Floats = NDArray[np.float64]

OUTLINE = ((-0.48, 0.05, 0.06), (-0.2, 0.08, 0.1), (0.0, 0.12, 0.12), (0.27, 0.14, 0.14),
           (0.46, 0.05, 0.1))  # fmt: skip
"""Somebody who lies on the back or the belly: from the middle towards the head, half the breadth,
and how high, in body heights, from the feet over knees, hips and shoulders to the head. Sizes as
of somebody upright (R. Drillis and R. Contini, *Body segment parameters*, 1966); the arms lie
along."""
STATURES_M = (1.05, 1.3, 1.55, 1.75)
"""Of children and adults."""
WAYS = np.arange(12) * np.pi / 6
HIGH_M = 0.12
"""How high above the floor the middle of such a body is."""
OFF = 0.15
"""How far detectors' boxes are off in breadth and height, as a part of them."""


class Flat:
    """One camera's."""

    def __init__(self, lens: Lens) -> None:
        self._lens = lens
        parts = []
        for tall in STATURES_M:
            for way in WAYS:
                ahead = np.array([np.cos(way), np.sin(way)])
                aside = np.array([-ahead[1], ahead[0]])
                for along, half, high in OUTLINE:
                    for side in (-half, half):
                        x, y = (along * ahead + side * aside) * tall
                        parts += [(x, y, 0.0), (x, y, high * tall)]
        self._bodies = np.array(parts).reshape(len(STATURES_M) * len(WAYS), -1, 3)

    def misfit(self, xyxy: Floats) -> tuple[Floats, Floats]:
        """Of boxes (N, 4): how far each is from the one around a body of each of ``STATURES_M``
        that lies where its middle is (N, S), squared and in standard deviations, infinite where
        the lens sees no floor; and that place (N, 2) in metres."""
        n = len(xyxy)
        middle = (xyxy[:, :2] + xyxy[:, 2:]) / 2
        place = self._lens.at_height(middle, np.full(n, HIGH_M))
        put = np.concatenate([place, np.zeros((n, 1))], axis=1)
        points = put[:, None, None, :] + self._bodies
        pixel = self._lens.to_pixel(points.reshape(-1, 3)).reshape(n, *self._bodies.shape[:2], 2)
        sizes = np.log(np.maximum(np.ptp(pixel, axis=2), 1.0))  # (N, K, 2)
        seen = np.log(np.maximum(xyxy[:, 2:] - xyxy[:, :2], 1.0))
        off = (((seen[:, None, :] - sizes) / OFF) ** 2).sum(axis=2)
        off = np.where(np.isfinite(off), off, np.inf).reshape(n, len(STATURES_M), len(WAYS))
        best: Floats = off.min(axis=2)
        return best, place
