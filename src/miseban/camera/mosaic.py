"""People made unrecognisable: a coarse mosaic over the empty place.

Invariant: no pixel of a frame is ever copied. What is shown is either the picture without people,
or the mean of a block of at least ``LEAST_BLOCK`` by ``LEAST_BLOCK`` pixels of the source inside a
person's box. A person whom the detector missed is therefore not shown at all.
"""

from __future__ import annotations

from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Image

BLOCKS = 6
"""Blocks across the shorter side of a box. A face is at most half as wide as a standing person,
so it spans three blocks: below the eight pixels at which faces can still be told apart."""
LEAST_BLOCK = 8
ENLARGE = 0.1


def show_people_as_mosaic(
    place: Image, frame_bgr: Image, xyxy: NDArray[np.float64], least: int = LEAST_BLOCK
) -> Image:
    """A copy of ``place`` (H, W, 3), with blocks of ``frame_bgr`` (any size) in the boxes.

    ``xyxy`` (N, 4) in pixels of the frame. Blocks lie on a grid fixed to the box, so that a face
    does not slide below them from frame to frame, which would give away finer detail. No block is
    smaller than ``least`` pixels of the frame.
    """
    shown = place.copy()
    height, width = place.shape[:2]
    source_height, source_width = frame_bgr.shape[:2]
    to_place = np.array([width / source_width, height / source_height] * 2)
    for box in np.nan_to_num(np.asarray(xyxy, np.float64).reshape(-1, 4)):
        size = box[2:] - box[:2]
        wide = np.concatenate([box[:2] - ENLARGE * size, box[2:] + ENLARGE * size])
        x1, y1 = np.floor(wide[:2]).astype(int).clip(0, [source_width, source_height])
        x2, y2 = np.ceil(wide[2:]).astype(int).clip(0, [source_width, source_height])
        if x2 - x1 < least or y2 - y1 < least:
            continue  # too little for one block: left out, the empty place stays
        # Blocks are sized by the whole box, also where the picture's edge cuts it.
        shorter = min(float(wide[2] - wide[0]), float(wide[3] - wide[1]))
        block = max(least, ceil(shorter / BLOCKS))
        _paint(shown, frame_bgr[y1:y2, x1:x2], block, np.array([x1, y1, x2, y2]) * to_place)
    return shown


def _paint(shown: Image, region: Image, block: int, at: NDArray[np.float64]) -> None:
    """Paints the block means of ``region`` into the box ``at`` (pixels of ``shown``)."""
    columns = max(1, region.shape[1] // block)
    rows = max(1, region.shape[0] // block)
    means = cv2.resize(region, (columns, rows), interpolation=cv2.INTER_AREA)
    x1, y1, x2, y2 = at.round().astype(int)
    x2, y2 = min(x2, shown.shape[1]), min(y2, shown.shape[0])
    if x2 > x1 and y2 > y1:
        shown[y1:y2, x1:x2] = cv2.resize(
            means, (int(x2 - x1), int(y2 - y1)), interpolation=cv2.INTER_NEAREST
        )
