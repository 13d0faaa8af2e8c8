"""What all detectors do with their boxes: suppress duplicates, clip, sort."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.vision.detectors.detection import Detections

MOST_CANDIDATES = 1000
"""Boxes looked at per frame, best first: bounds the time a picture full of noise can take."""


def suppress(
    xyxy: NDArray[np.float64], score: NDArray[np.float64], iou: float
) -> NDArray[np.int64]:
    """Greedy non-maximum suppression: positions of the boxes kept, best first.

    ``xyxy`` (N, 4) pixels, ``score`` (N,). A box goes if its intersection over union with a
    better one that stays exceeds ``iou``.
    """
    order = np.argsort(-score, kind="stable")[:MOST_CANDIDATES]
    boxes = xyxy[order]
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    left = np.arange(len(order))
    kept = []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(order[best])
        rest = boxes[left]
        size = np.minimum(rest[:, 2:], boxes[best, 2:]) - np.maximum(rest[:, :2], boxes[best, :2])
        shared = size.clip(min=0).prod(axis=1)
        left = left[shared <= iou * (area[left] + area[best] - shared)]
    return np.array(kept, np.int64)


def detections(
    xyxy: NDArray[np.float64], score: NDArray[np.float64], width: int, height: int
) -> Detections:
    """Boxes in pixels of a ``width`` x ``height`` frame, made fit to be handed on: clipped to the
    frame, those without area or with values that are no numbers dropped, best first."""
    clipped = np.clip(xyxy, 0.0, (width, height, width, height))
    # A comparison with NaN is false: such boxes are dropped here too.
    good = (clipped[:, 2] > clipped[:, 0]) & (clipped[:, 3] > clipped[:, 1]) & np.isfinite(score)
    clipped, score = clipped[good], score[good].clip(0.0, 1.0)
    order = np.argsort(-score, kind="stable")
    return Detections(clipped[order], score[order])
