"""Frames for detectors: from real clips, and made here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Frame

START = datetime(2026, 1, 1, tzinfo=UTC)


def frame(image: NDArray[np.uint8], number: int = 1, time_s: float = 0.0) -> Frame:
    return Frame(image, number, time_s, START + timedelta(seconds=time_s))


def grey(width: int, height: int, value: int = 90) -> NDArray[np.uint8]:
    return np.full((height, width, 3), value, np.uint8)


def clip(path: Path, last: int) -> list[NDArray[np.uint8]]:
    """The first ``last`` frames of a video."""
    capture = cv2.VideoCapture(str(path))
    images = []
    for _ in range(last):
        good, image = capture.read()
        if not good:
            break
        images.append(np.asarray(image, np.uint8))
    capture.release()
    assert images, f"{path} could not be read"
    return images
