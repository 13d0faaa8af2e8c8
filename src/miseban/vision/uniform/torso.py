"""How much of somebody's upper body is near a colour, whatever light falls on it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.bodies import part_of
from miseban.vision.pixels import Frame

Floats = NDArray[np.float32]

TORSO = (0.20, 0.45)
"""The part of the body that is looked at, in body heights from the top: below the collar, above the
belt."""
SIDE = 12
"""Pixels of the square that it is shrunk to."""
BEST = 0.4
"""That part of the square which is nearest to the colour counts: arms, bags and the background of
who turns or bends take up the rest."""
HUE = 0.09
"""So far apart is the same cloth in another light, in ``_signs``: a deviation."""
NOISE = 4.0
"""And as much more as so many units of CIELAB's a and b are, which counts where it is dark."""
SHADE = -0.35
"""Folds and shadows make cloth darker than it is: the mean of the logarithm of ``_signs``' light
over that of the cloth by itself, as drawn pictures have it."""
LIGHT = 0.2
"""The deviation of that logarithm."""
GREY, COLOURED = 0.12, 0.35
"""A grey cloth is known by how light it is alone. From ``GREY`` to ``COLOURED``, in ``_signs``, the
hue says more and more, and how light it is may be wrong by up to ``FREER`` as much again."""
FREER = 1.0


class Uniform:
    """The colours ``rgb`` (N, 3), 0 to 255 (sRGB), of which each is as good as another."""

    def __init__(self, rgb: Sequence[tuple[int, int, int]]) -> None:
        bgr = np.array(rgb, np.float32)[None, :, ::-1] / np.float32(255.0)
        self._signs, self._light = _signs(np.ascontiguousarray(bgr))
        strength = np.linalg.norm(self._signs, axis=1)
        strong = np.clip((strength - GREY) / (COLOURED - GREY), 0.0, 1.0)
        self._light_sd = LIGHT * (1.0 + FREER * strong)

    def share(self, frame: Frame, xyxy: NDArray[np.float64], gain: Floats) -> float | None:
        """From 0 to 1 how near the nearest part of the upper body of who is in the box ``xyxy``
        (4,) of ``frame`` is to one of the colours; None where it cannot be seen. ``gain`` (3,) BGR
        makes the average of the picture a middle grey. Goods have colours too, so half of what
        that does to hues is taken for the light's doing, and all that it does to brightness."""
        piece = part_of(frame, xyxy, TORSO)
        if piece is None:
            return None
        small = cv2.resize(piece, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
        factor = np.sqrt(gain * gain.mean())
        signs, light = _signs(np.clip(small / 255.0 * factor, 0.0, 1.0).astype(np.float32))
        hue_sd = HUE + NOISE / light
        far = np.square(signs[:, None] - self._signs).sum(axis=2) / np.square(hue_sd)[:, None]
        darker = np.log(light[:, None] / self._light) - SHADE
        near = np.exp(-0.5 * (far + np.square(darker / self._light_sd))).max(axis=1)
        return float(np.sort(near)[-round(BEST * SIDE * SIDE) :].mean())


def _signs(bgr: Floats) -> tuple[Floats, Floats]:
    """Of a picture (H, W, 3), 0 to 1: what stays as it is when more or less light falls on a cloth,
    (H * W, 2), and how light it is, (H * W,) from 16 to 116.

    CIELAB's a and b are differences of cube roots, and L + 16 is such a root itself: a / (L + 16)
    and b / (L + 16) are the same at any brightness (CIE 15:2004, 8.2.1), but where it is nearly
    black.
    """
    lab = cv2.cvtColor(bgr, cv2.COLOR_BGR2LAB).reshape(-1, 3)
    light = lab[:, 0] + 16.0
    return lab[:, 1:] / light[:, None], light
