"""Arms: what is thin and hangs on a body, or comes in over the picture's edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Labels = NDArray[np.int32]

THIN = 0.042
"""Half of an arm's thickness is less than this part of a body's height, half of a head's is more,
with what clothes add (upper arm 0.03, head 0.046: *Bodyspace*, S. Pheasant, 2006)."""
LEAST_PX = 2.0
"""No opening is smaller: thinner things are noise."""
CUT_PX = 4
"""Small pixels between a body and what is cut off from it."""
TIP = 0.12
"""The part of an arm's length that is taken for its hand."""


@dataclass(frozen=True, slots=True)
class Arm:
    """``tip`` (x, y) is where the hand is and ``length`` how far that is from the body, small
    pixels; ``hand_px`` how many pixels there are around the tip, with whatever the hand holds;
    ``owner`` the number of the box that it hangs on, -1 where no box is near."""

    tip: tuple[float, float]
    length: float
    hand_px: int
    owner: int


@dataclass(frozen=True)
class Bodies:
    """``attached`` (h, w) is all that hangs on people or reaches in over the edge; what else is
    covered lies on the shelf; ``root`` (h, w) is bodies without arms."""

    attached: Mask
    arms: list[Arm]
    root: Mask


def bodies(covered: Mask, goods: Mask, lively: Mask, boxes: Floats, unit_px: float) -> Bodies:
    """Of what is ``covered`` (h, w). ``goods`` (h, w) is where facings are, ``lively`` (h, w) what
    has moved lately, ``boxes`` (N, 4) people in the same pixels, ``unit_px`` the height of a body
    where no box tells it."""
    mask = covered.astype(np.uint8)
    square = np.ones((3, 3), np.uint8)
    closed = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, square), np.uint8)
    count, numbered = cv2.connectedComponents(closed, connectivity=8)
    labels: Labels = np.asarray(numbered, np.int32)
    nothing = np.zeros(covered.shape, bool)
    none = Bodies(nothing, [], nothing)
    if count < 2:
        return none
    tall = height_of(boxes, unit_px)
    radius = max(LEAST_PX, THIN * tall)
    core = _thick(closed, radius) & in_boxes(boxes, covered.shape, 0.06 * tall)
    edge = _edge(closed, goods)
    # What lies at the edge and does not move is nobody's arm.
    edge &= cv2.dilate(lively.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    root = core | edge
    those = np.zeros(count, bool)
    those[labels[root]] = True
    those[0] = False
    if not those.any():
        return none
    attached = np.take(those, labels)
    arms = _arms(attached, root, boxes, radius, tall)
    # A leg that a stripe of the shelf's own colour cuts off hangs on the body all the same.
    beside = cv2.dilate(attached.astype(np.uint8), np.ones((2 * CUT_PX + 1,) * 2, np.uint8)) > 0
    those[labels[beside & covered & in_boxes(boxes, covered.shape, 0.0)]] = True
    those[0] = False
    return Bodies(np.take(those, labels), arms, root)


def height_of(boxes: Floats, otherwise: float) -> float:
    """The height in the middle of those of ``boxes`` (N, 4); ``otherwise`` where there are none."""
    highs = sorted((boxes[:, 3] - boxes[:, 1]).tolist())
    half = len(highs) // 2
    return (highs[half] + highs[-half - 1]) / 2 if highs else otherwise


def _thick(mask: NDArray[np.uint8], radius: float) -> Mask:
    size = 2 * round(radius) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    # What lies beyond the edge counts as the same: a body that is cut there is no thinner.
    wide = cv2.copyMakeBorder(mask, size, size, size, size, cv2.BORDER_REPLICATE)
    opened = cv2.morphologyEx(wide, cv2.MORPH_OPEN, disc)
    return np.asarray(opened[size:-size, size:-size] > 0)


def in_boxes(boxes: Floats, shape: tuple[int, ...], margin: float) -> Mask:
    """Where one of ``boxes`` (N, 4), wider by ``margin``, is in a picture of ``shape``."""
    inside = np.zeros(shape, bool)
    around = np.array([-margin, -margin, margin, margin])
    wide = np.rint(boxes + around).clip(0, 1e6).astype(int)
    for x1, y1, x2, y2 in wide.tolist():
        inside[y1:y2, x1:x2] = True
    return inside


def _edge(mask: NDArray[np.uint8], goods: Mask) -> Mask:
    """Where something comes in over the edge, other than goods that are cut there."""
    edge = np.zeros(mask.shape, bool)
    edge[[0, -1], :] = True
    edge[:, [0, -1]] = True
    return edge & (mask > 0) & ~goods


def _arms(attached: Mask, root: Mask, boxes: Floats, radius: float, tall: float) -> list[Arm]:
    left, top, across, down = cv2.boundingRect(attached.astype(np.uint8))
    around = np.s_[top : top + down, left : left + across]  # nothing of either is elsewhere
    away = cv2.distanceTransform((~root[around]).astype(np.uint8), cv2.DIST_L2, 5)
    thin = attached[around] & (away > 0.7 * radius)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(thin.astype(np.uint8), connectivity=8)
    found = []
    large = stats[:, cv2.CC_STAT_AREA] >= 2 * radius
    large[0] = False
    for piece in np.flatnonzero(large).tolist():
        x, y, wide, high, _ = stats[piece].tolist()
        part = np.s_[y : y + high, x : x + wide]
        here = pieces[part] == piece
        far = np.where(here, away[part], 0.0)
        length = float(far.max())
        if length < 2 * radius:
            continue
        ys, xs = np.nonzero(far >= (1 - TIP) * length)
        tip = float(xs.mean() + x + left), float(ys.mean() + y + top)
        y0, x0 = np.unravel_index(np.argmin(np.where(here, away[part], np.inf)), here.shape)
        base = float(x0 + x + left), float(y0 + y + top)
        owner = _owner(base, boxes, 0.1 * tall)
        if owner >= 0 and _is_head(tip, boxes[owner]):
            continue
        yy, xx = np.ogrid[y + top : y + top + high, x + left : x + left + wide]
        near = (xx - tip[0]) ** 2 + (yy - tip[1]) ** 2 < (0.10 * tall) ** 2
        found.append(Arm(tip, length / tall, int((near & here).sum()), owner))
    return found


def _owner(base: tuple[float, float], boxes: Floats, margin: float) -> int:
    """The box nearest to the foot of an arm; -1 where none is."""
    if not len(boxes):
        return -1
    x = np.maximum(boxes[:, 0] - base[0], base[0] - boxes[:, 2]).clip(0)
    y = np.maximum(boxes[:, 1] - base[1], base[1] - boxes[:, 3]).clip(0)
    middle = np.abs((boxes[:, 0] + boxes[:, 2]) / 2 - base[0])
    gap = np.hypot(x, y)
    best = int(np.argmin(np.maximum(gap, 1.0) + 0.01 * middle))
    return best if gap[best] <= margin else -1


def track_of(owner: int, boxes: Floats, tracks: Sequence[int]) -> int | None:
    """The track of box ``owner``; of one that is no track's, that whose box it lies over most. The
    first of ``boxes`` (N, 4) are the tracks'."""
    if owner < 0 or not len(tracks):
        return None
    if owner < len(tracks):
        return tracks[owner]
    own, known = boxes[owner], boxes[: len(tracks)]
    wide = np.minimum(own[2:], known[:, 2:]) - np.maximum(own[:2], known[:, :2])
    over = wide.clip(0).prod(axis=1)
    best = int(np.argmax(over))
    return tracks[best] if over[best] > 0 else None


def _is_head(tip: tuple[float, float], box: Floats) -> bool:
    tall, middle = box[3] - box[1], (box[0] + box[2]) / 2
    return bool(tip[1] < box[1] + 0.12 * tall and abs(tip[0] - middle) < 0.12 * tall)
