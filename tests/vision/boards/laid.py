"""Pictures of sheets lying on a floor, as a camera of known place would take them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.boards.sheet import A4_MM, DPI, sheet
from miseban.vision.pixels import Image
from miseban.vocabulary.shop.pinhole import Pinhole

FINER = 3
MIDDLE_MM = (15.0 + 90.0, 15.0 + 90.0)
"""The marker's middle on the page."""


def laid_out(
    camera: Pinhole,
    sheets: list[tuple[int, float, float, float]],
    background: Image,
    noise: float = 2.0,
    seed: int = 0,
) -> Image:
    """``background`` with ``sheets`` (number, x, y of the marker's middle in metres on the plan,
    turn in radians) on the floor, seen by ``camera``: drawn finer, then averaged."""
    width, height = (int(v) for v in camera.size)
    fine = cv2.resize(background, (width * FINER, height * FINER), interpolation=cv2.INTER_LINEAR)
    for number, x, y, turn in sheets:
        page = sheet(number, "en")
        # No finer than the camera sees it, or the picture would sparkle.
        around = camera.to_pixel(np.array([[x, y], [x + 0.1, y], [x, y + 0.1]]))
        a_metre_px = FINER * 10 * float(np.linalg.norm(around[1:] - around[0], axis=1).max())
        small = min(1.0, 1.5 * a_metre_px / (DPI / 0.0254))
        wide = page.shape[1]
        page = np.asarray(cv2.resize(page, None, fx=small, fy=small, interpolation=cv2.INTER_AREA))
        a_metre = DPI / 0.0254 * page.shape[1] / wide
        c, s = np.cos(turn), np.sin(turn)
        middle = np.array(MIDDLE_MM) / 1000
        to_plan = np.array([[c, -s, x], [s, c, y], [0, 0, 1]]) @ np.array(
            [[1 / a_metre, 0, -middle[0]], [0, 1 / a_metre, -middle[1]], [0, 0, 1]]
        )
        finer = np.diag([FINER, FINER, 1.0])
        half = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1.0]])  # a pixel's middle is a half
        matrix = half @ finer @ camera.floor_to_pixel @ to_plan @ np.linalg.inv(half)
        size = (width * FINER, height * FINER)
        drawn = cv2.warpPerspective(page, matrix, size, flags=cv2.INTER_AREA)
        there = cv2.warpPerspective(np.full(page.shape[:2], 255, np.uint8), matrix, size)
        fine[there > 127] = drawn[there > 127]
    assert A4_MM[0] > 2 * MIDDLE_MM[0] - 1
    seen = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA).astype(np.float64)
    seen += np.random.default_rng(seed).normal(0, noise, seen.shape)
    return np.asarray(np.clip(seen, 0, 255), np.uint8)


def floor_error_cm(found: Pinhole, true: Pinhole, places: NDArray[np.float64]) -> float:
    """Median distance of where both place the pixels in which ``true`` sees (N, 2) ``places``."""
    pixels = true.to_pixel(places)
    return 100 * float(np.nanmedian(np.linalg.norm(found.to_floor(pixels) - places, axis=1)))
