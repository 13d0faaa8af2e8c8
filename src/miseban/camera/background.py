"""A picture of the place without people: what may lie under a heat map.

A frame must never be written (``privacy.md`` rule 1). What leaves here is no frame. Invariants:

1. No pixel is taken from where a person was seen, or was seen within ``AROUND_S`` seconds before
   or after: a detector that loses a standing person for a moment leaks nothing.
2. Each pixel is the median of values from at least ``MIN_SUPPORT`` moments without a person there,
   which are at least ``MIN_SHARE`` of all moments looked at, and ``AGREE_SHARE`` of the values
   agree with it: a person missed for longer makes the votes differ, and then that spot and its
   surroundings stay plain.
3. A pixel without that support is filled from known pixels far around it, blurred beyond any
   shape. With more than half of the picture unknown, or from less than ``MIN_SPAN_S`` seconds of
   view, there is no picture at all.

What remains: somebody whom the detector never finds, standing on one spot for more than about nine
tenths of the time in which it looks free, is furniture to every rule above.
"""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Frame, Image

MAX_SIDE = 640
MAX_AREA = 640 * 360
"""Values are kept at this size at most: 20 to a pixel take 18 MB."""
MIN_SUPPORT = 5
MIN_SHARE = 0.1
MIN_SPAN_S = 10.0
AGREE_WITHIN = 30
AGREE_SHARE = 0.9
AROUND_S = 0.5
ENLARGE = 0.15
INTERVAL_S = 1.0
LATER_INTERVAL_S = 5.0
LATER_AFTER_S = 120.0

Mask = NDArray[np.bool_]
Boxes = NDArray[np.float64]


class PersonFreeBackground:
    """Learns the empty place over a recording or session of any length in fixed memory.

    ``width`` and ``height`` of the frames in pixels. Once a second (later every five) each
    pixel that is free of people is offered to that pixel's own reservoir of ``samples`` values
    (Vitter's algorithm R, 1985), so those kept are spread evenly over all its free moments.
    """

    def __init__(self, width: int, height: int, *, samples: int = 20) -> None:
        scale = min(1.0, MAX_SIDE / max(width, height), (MAX_AREA / (width * height)) ** 0.5)
        self.width = max(1, int(width * scale))
        self.height = max(1, int(height * scale))
        self._scale = np.array([self.width / width, self.height / height] * 2)
        self._limit = max(samples, MIN_SUPPORT)
        self._values = np.zeros(
            (self._limit, self.height * self.width), np.uint32
        )  # B, G, R, unused
        self._free = np.zeros(self.height * self.width, np.int32)  # free moments of each pixel
        self._moments = 0
        self._first_s = np.inf
        self._last_s = -np.inf
        # Which values a reservoir keeps must not depend on anything seen: a fixed seed will do.
        self._chance = np.random.default_rng(0)
        self._recent: deque[tuple[float, Boxes]] = deque()
        self._open: tuple[float, Image, Mask] | None = None  # still collecting people around it

    def offer(self, frame: Frame, people_xyxy: Boxes) -> None:
        """Every analysed frame, in order of time. ``people_xyxy`` (N, 4) in pixels of the frame:
        everything that may be a person, also at low scores."""
        boxes = self._reduced(np.asarray(people_xyxy, dtype=np.float64).reshape(-1, 4))
        now = frame.time_s
        if self._open is not None:
            if now <= self._open[0] + AROUND_S:
                _cover(self._open[2], boxes)
            else:
                self._keep()
        self._recent.append((now, boxes))
        while self._recent[0][0] < now - AROUND_S:
            self._recent.popleft()
        interval_s = INTERVAL_S if now < LATER_AFTER_S else LATER_INTERVAL_S
        if self._open is None and now >= self._last_s + interval_s:
            self._begin(frame, now)

    def picture(self) -> Image | None:
        """(height, width, 3) uint8 BGR at the reduced size, fit to be written; None when less
        than half of the picture is known or too little time was seen."""
        if self._open is not None:
            self._keep()
        if self._last_s - self._first_s < MIN_SPAN_S:
            return None
        pixels = self.height * self.width
        picture = np.zeros((pixels, 3), np.uint8)
        known = self._free >= max(MIN_SUPPORT, MIN_SHARE * self._moments)
        for start in range(0, pixels, 8192):  # in pieces: the sort must not need much memory
            piece = slice(start, start + 8192)
            held = np.minimum(self._free[piece], self._limit)
            picture[piece], agree = _vote(_colours(self._values[:, piece]), held)
            known[piece] &= agree
        shape = (self.height, self.width)
        sure = _without_rims(known.reshape(shape))
        return _fill(picture.reshape(*shape, 3), sure) if sure.mean() >= 0.5 else None

    def _begin(self, frame: Frame, now: float) -> None:
        size = (self.width, self.height)
        small = cv2.resize(frame.bgr, size, interpolation=cv2.INTER_AREA)
        image = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2BGRA), np.uint8)
        mask = np.zeros((self.height, self.width), np.bool_)
        for _, boxes in self._recent:
            _cover(mask, boxes)
        self._open = (now, image, mask)
        self._first_s = min(self._first_s, now)
        self._last_s = now

    def _keep(self) -> None:
        """Offers the open moment's free pixels to their reservoirs."""
        assert self._open is not None  # noqa: S101 - callers have looked
        _, image, mask = self._open
        self._open = None
        self._moments += 1
        free = ~mask.ravel()
        self._free += free
        slot = (self._chance.random(len(free), np.float32) * self._free).astype(np.int32)
        slot = np.where(self._free <= self._limit, self._free - 1, slot)
        taken = np.flatnonzero(free & (slot < self._limit))
        self._values[slot[taken], taken] = image.view(np.uint32).ravel()[taken]

    def _reduced(self, xyxy: Boxes) -> Boxes:
        """Boxes enlarged by ``ENLARGE`` of their size on all sides, in pixels of the samples."""
        size = xyxy[:, 2:] - xyxy[:, :2]
        enlarged = np.hstack([xyxy[:, :2] - ENLARGE * size, xyxy[:, 2:] + ENLARGE * size])
        return np.asarray(enlarged * self._scale, dtype=np.float64)


def _cover(mask: Mask, boxes: Boxes) -> None:
    for x1, y1, x2, y2 in np.nan_to_num(boxes):
        mask[max(0, int(y1)) : max(0, int(y2) + 1), max(0, int(x1)) : max(0, int(x2) + 1)] = True


def _colours(values: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """(n, P) to (n, P, 3)."""
    return values.copy().view(np.uint8).reshape(*values.shape, 4)[..., :3]


def _vote(values: NDArray[np.uint8], held: NDArray[np.int32]) -> tuple[Image, Mask]:
    """Median of each pixel's first ``held`` (P,) of ``values`` (n, P, 3), and whether they agree.

    Slots not held count as 255 and so sort behind all others: the median is the sorted value at
    (held - 1) // 2.
    """
    valid = np.arange(len(values))[:, None] < held
    filled = np.where(valid[..., None], values, np.uint8(255))
    order = np.sort(np.ascontiguousarray(filled.transpose(1, 2, 0)), axis=-1)
    middle = (np.maximum(held, 1) - 1) // 2
    median = np.take_along_axis(order, middle[:, None, None], axis=-1)[..., 0]
    away = np.maximum(filled, median) - np.minimum(filled, median)  # no sign in eight bits
    near = (away <= AGREE_WITHIN).all(axis=-1) & valid
    return median, near.sum(axis=0) >= AGREE_SHARE * held


def _without_rims(known: Mask) -> Mask:
    """``known`` less the rectangles around larger unknown spots: where a missed person made the
    votes differ, neither an outline nor a speckle that agreed by chance may stay."""
    unknown = (~known).astype(np.uint8)
    spots = cv2.morphologyEx(unknown, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    reach = max(2, max(known.shape) // 48)
    left = known.copy()
    _, _, boxes, _ = cv2.connectedComponentsWithStats(spots, connectivity=8)
    for x, y, width, height, _ in boxes[1:]:  # the first is everything else
        top, start = max(0, y - reach), max(0, x - reach)
        left[top : y + height + reach, start : x + width + reach] = False
    return left


def _fill(picture: Image, known: Mask) -> Image:
    """Unknown pixels from the known ones around, by a Gaussian a sixteenth of the picture wide
    (normalised convolution, Knutsson and Westin 1993); far from any, the mean of the picture."""
    if known.all():
        return picture
    weight = known.astype(np.float32)
    sigma = max(picture.shape) / 16
    size = int(sigma * 4) | 1
    sums = cv2.GaussianBlur(picture.astype(np.float32) * weight[..., None], (size, size), sigma)
    weights = np.asarray(cv2.GaussianBlur(weight, (size, size), sigma))[..., None]
    mean = picture[known].mean(axis=0)
    trust = 0.02  # the mean counts as this much weight: it takes over where nothing is near
    smooth = (np.asarray(sums) + trust * mean) / (weights + trust)
    return np.where(known[..., None], picture, np.clip(smooth, 0, 255)).astype(np.uint8)
