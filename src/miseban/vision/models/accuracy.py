"""How well boxes agree with the truth: average precision at an overlap of a half.

Matching and average precision after Everingham and others, "The PASCAL Visual Object Classes
Challenge: A Retrospective", IJCV 111, 2015: detections of all pictures, best first, each take the
person they overlap most of those still free (as in COCO); the area is that under the precision
made monotone, at every point. Boxes on people who count neither way ("difficult" there) count
neither way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.vision.detectors.detection import Detections

Floats = NDArray[np.float64]

OVERLAP = 0.5
"""Intersection over union from which a box is a person's."""
HALF_VISIBLE = 0.5
"""People of whom less is visible are neither asked for nor held against a detector."""
PRECISION = 0.7


@dataclass(frozen=True, slots=True)
class Accuracy:
    """``ap50`` average precision, 0 to 1; ``recall_p70`` the largest share of people found at any
    threshold at which at least 0.7 of the boxes are right; of ``people`` in all. Both 0 where
    there is nobody."""

    ap50: float
    recall_p70: float
    people: int


def accuracy(pictures: Iterable[tuple[Detections, Floats, Floats]]) -> Accuracy:
    """Of detections in pictures, each with the true boxes (N, 4) and visibilities (N,) of all
    people in it."""
    scores: list[Floats] = [np.empty(0)]
    hits: list[NDArray[np.bool_]] = [np.empty(0, bool)]
    people = 0
    for found, xyxy, visibility in pictures:
        due = visibility >= HALF_VISIBLE
        people += int(due.sum())
        hit, counts = _match(found, xyxy, due)
        scores.append(found.score[counts])
        hits.append(hit[counts])
    if not people:
        return Accuracy(0.0, 0.0, 0)
    order = np.argsort(-np.concatenate(scores), kind="stable")
    good = np.cumsum(np.concatenate(hits)[order])
    if not len(good):
        return Accuracy(0.0, 0.0, people)
    recall, precision = good / people, good / np.arange(1, len(good) + 1)
    # Boxes of the same score come or go together: only after the last of them is a threshold.
    ranked = np.concatenate(scores)[order]
    last = np.append(ranked[1:] != ranked[:-1], True)
    good, recall, precision = good[last], recall[last], precision[last]
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    # Steps are counts until the end: shares of them need not add up to 1.
    ap50 = float(np.sum(np.diff(good, prepend=0) * envelope) / people)
    return Accuracy(ap50, float(recall[precision >= PRECISION].max(initial=0.0)), people)


def overlaps(a: Floats, b: Floats) -> Floats:
    """Intersection over union (N, M) of boxes (N, 4) and (M, 4)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    both: Floats = np.clip(high - low, 0.0, None).prod(axis=2)
    sizes = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (a, b)]
    joined = sizes[0][:, None] + sizes[1][None] - both
    return both / np.where(joined > 0, joined, 1.0)


def _match(
    found: Detections, xyxy: Floats, due: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which detections (N,) find somebody, and which count at all: those on people who are not due
    do not. Detections are best first; each person is found once."""
    shared = overlaps(found.xyxy, xyxy)
    free = due.copy()
    hit, counts = np.zeros(len(found), bool), np.ones(len(found), bool)
    for n, row in enumerate(shared):
        near = np.where(free, row, 0.0)
        if near.size and near.max() >= OVERLAP:
            hit[n] = True
            free[near.argmax()] = False
        elif np.any(row[~due] >= OVERLAP):
            counts[n] = False
    return hit, counts
