"""How well a box fits somebody who lies on the floor: by the lens, whichever way he or she lies."""

from __future__ import annotations

import math

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
TALL_M = (1.55, 1.75)
WAYS = np.arange(12) * np.pi / 6
HIGH_M = 0.12
"""How high above the floor the middle of such a body is."""
OFF = 0.15
"""How far detectors' boxes are off in breadth and height, as a part of them."""
OFF_M = 0.12
"""And how tall somebody is, that they tell."""
SMALLEST_M, TALLEST_M = 1.0, 1.95
"""Somebody upright of whom no more is known."""
CROUCH = (0.6, 0.8)
"""How tall somebody squats or kneels, in body heights; and hardly broader than upright."""
CROUCH_BROAD = 1.35
SEATED_BROAD = 2.0
"""Who is as tall as usual may be as broad: in a wheelchair, from the side."""
FARTHEST_M = 1.3
"""Who is farther from where he or she stood last has walked there since."""
SHIFT_M = 0.3
"""Who squats does so where he or she stood, give or take; who lies has the middle about there, and
the near end of the box elsewhere."""
FITS = 4.0
"""Who fits worse does not lie, however ill the rest fits: the fusion errs about who it is."""
MOST = 3.0
"""No second tells more: an error lasts longer than a frame."""


class Flat:
    """One camera's."""

    def __init__(self, lens: Lens) -> None:
        self._lens = lens
        parts = []
        for tall in TALL_M:
            for way in WAYS:
                ahead = np.array([np.cos(way), np.sin(way)])
                aside = np.array([-ahead[1], ahead[0]])
                for along, half, high in OUTLINE:
                    for side in (-half, half):
                        x, y = (along * ahead + side * aside) * tall
                        parts += [(x, y, 0.0), (x, y, high * tall)]
        self._bodies = np.array(parts).reshape(len(TALL_M) * len(WAYS), -1, 3)

    def misfit(self, xyxy: Floats) -> tuple[Floats, Floats]:
        """Of boxes (N, 4): how far each is from the one around a body that lies where its middle
        is (N,), squared and in standard deviations, infinite where the lens sees no floor; and
        that place (N, 2) in metres."""
        n = len(xyxy)
        middle = (xyxy[:, :2] + xyxy[:, 2:]) / 2
        place = self._lens.at_height(middle, np.full(n, HIGH_M))
        put = np.concatenate([place, np.zeros((n, 1))], axis=1)
        points = put[:, None, None, :] + self._bodies
        pixel = self._lens.to_pixel(points.reshape(-1, 3)).reshape(n, *self._bodies.shape[:2], 2)
        sizes = np.log(np.maximum(np.ptp(pixel, axis=2), 1.0))  # (N, K, 2)
        seen = np.log(np.maximum(xyxy[:, 2:] - xyxy[:, :2], 1.0))
        off = (((seen[:, None, :] - sizes) / OFF) ** 2).sum(axis=2)
        best = np.min(np.where(np.isfinite(off), off, np.inf), axis=1)
        return best, place


def lying_odds(
    misfit: float,
    tall: float,
    broad: float | None,
    own_m: float | None,
    moved_m: float | None = None,
    *,
    steep: bool = False,
) -> float:
    """Log odds, within ``MOST``, that somebody lies whose box is ``misfit`` for it, rather than
    stands or squats: it reads as ``tall`` metres and ``broad`` times what is usual, None where
    unknown. ``own_m`` is how tall he or she is upright, ``moved_m`` how far the foot of the box is
    from where he or she stood. From ``steep``ly above those upright look narrow and of any height:
    only who looks low and broad lies. What is NaN says nothing."""
    if math.isnan(misfit) or math.isnan(tall):
        return 0.0
    wide = math.log(max(broad, 0.05)) if broad is not None and not math.isnan(broad) else 0.0
    off_m = tall - own_m if own_m is not None else max(SMALLEST_M - tall, 0.0, tall - TALLEST_M)
    if steep:
        wide, off_m = max(wide, 0.0), min(off_m, 0.0) if own_m is not None else 0.0
    over = max(-wide, 0.0, wide - math.log(SEATED_BROAD))
    upright = (over / OFF) ** 2 + (off_m / OFF_M) ** 2
    own_m = own_m or 1.6
    shift_m = moved_m if moved_m is not None and moved_m <= FARTHEST_M else 0.0
    low, high = CROUCH[0] * own_m, CROUCH[1] * own_m
    off_m = max(low - tall, 0.0, tall - high)
    over = max(-wide, 0.0, wide - math.log(CROUCH_BROAD))
    squats = (over / OFF) ** 2 + (off_m / OFF_M) ** 2 + (shift_m / SHIFT_M) ** 2
    most = MOST if misfit <= FITS else 0.0
    return min(max((min(upright, squats) - misfit) / 2.0, -MOST), most)
