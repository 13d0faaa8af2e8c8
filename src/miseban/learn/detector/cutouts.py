"""People cut out of labelled frames, to be stood before other scenes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.learn.detector.teacher import Taught

LEAST_PX = 70
"""Height: what is smaller has no clean outline."""
MARGIN = 0.08


@dataclass(frozen=True, slots=True)
class CutOut:
    """``picture`` (H, W, 3) uint8 BGR and ``alpha`` (H, W) uint8, tight around somebody."""

    picture: NDArray[np.uint8]
    alpha: NDArray[np.uint8]


def cut_outs(frames: Sequence[Taught]) -> list[CutOut]:
    """Those that stand free and whole, cut along their outline by GrabCut (Rother and others,
    SIGGRAPH 2004)."""
    found = []
    for frame in frames:
        for number, box in enumerate(frame.xyxy):
            if frame.visibility[number] and _alone(frame, number):
                cut = _cut(frame.picture, box)
                if cut is not None:
                    found.append(cut)
    return found


def _alone(frame: Taught, number: int) -> bool:
    height, width = frame.picture.shape[:2]
    x1, y1, x2, y2 = frame.xyxy[number]
    if y2 - y1 < LEAST_PX or x1 < 3 or y1 < 3 or x2 > width - 3 or y2 > height - 3:
        return False
    others = np.delete(frame.xyxy, number, axis=0)
    shared = np.minimum(others[:, 2:], (x2, y2)) - np.maximum(others[:, :2], (x1, y1))
    return not (shared.clip(min=0).prod(axis=1) > 0.03 * (x2 - x1) * (y2 - y1)).any()


def _cut(picture: NDArray[np.uint8], box: NDArray[np.float32]) -> CutOut | None:
    height, width = picture.shape[:2]
    more = MARGIN * float(box[3] - box[1])
    left, top = (max(0, int(v - more)) for v in box[:2])
    right, bottom = min(width, int(box[2] + more)), min(height, int(box[3] + more))
    part = np.ascontiguousarray(picture[top:bottom, left:right])
    x1, y1, x2, y2 = (int(v) for v in box - np.array([left, top, left, top], np.float32))
    mask = np.zeros(part.shape[:2], np.uint8)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(part, mask, (x1, y1, x2 - x1, y2 - y1), *models, 4, cv2.GC_INIT_WITH_RECT)
    inside = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    count, labels, sizes, _ = cv2.connectedComponentsWithStats(inside)
    if count < 2:
        return None
    inside = (labels == 1 + int(np.argmax(sizes[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)
    share = inside.sum() / max(1, (x2 - x1) * (y2 - y1))
    ys, xs = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    whole = len(ys) and (ys[-1] - ys[0]) > 0.9 * (y2 - y1) and (xs[-1] - xs[0]) > 0.75 * (x2 - x1)
    if not whole or not 0.35 < share < 0.8:
        return None
    soft = cv2.GaussianBlur(inside * 255, (3, 3), 0.8)
    window = slice(ys[0], ys[-1] + 1), slice(xs[0], xs[-1] + 1)
    return CutOut(part[window].copy(), np.asarray(soft[window], np.uint8))
