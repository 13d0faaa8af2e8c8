"""Pieces of the shelf that changed all at once: what they look like, in numbers.

Goods that are taken or put back change a part of the shelf in one moment, and then it stays as it
is; a body comes over it bit by bit, and moves on. So what has come to rest is cut by the moment at
which it did, also where a body touches it in the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.hands.looks import FormerLooks, detail
from miseban.vision.hands.region import Region
from miseban.vision.hands.surface import Surface

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

RESTS_S = 0.35
"""What has shown the same for so long may be at rest."""
WAITS_S = 0.55
"""What came to rest while the first of it waited for this is one piece."""
LEAST_PX = 12
LEAST_PART = 0.02
"""A piece has so many small pixels, and is so large a part of a facing."""
NUMBERS = 24
"""How many numbers tell of a piece."""


@dataclass(frozen=True, slots=True)
class Piece:
    """``which`` (h, w) rests since ``since_s``; ``seen_s`` is when the shelf was last seen there;
    ``undoes`` the number of the change that it takes back; ``facing`` where most of it is;
    ``numbers`` (NUMBERS,) what it looks
    like, as ratios that do not depend on the picture's size."""

    which: Mask
    since_s: float
    seen_s: float
    undoes: int | None
    facing: int
    numbers: NDArray[np.float32]


class Pieces:
    """``found`` after each picture that ``surface`` took."""

    def __init__(self, region: Region, surface: Surface, former: FormerLooks) -> None:
        self._region, self._surface, self._former = region, surface, former
        self._goods = region.facing >= 0
        self._judged_s = np.full(region.facing.shape, -1.0, np.float64)
        self._often = np.zeros(region.facing.shape, np.uint8)
        self._short, self._wide = _sizes(region)

    def found(
        self,
        time_s: float,
        boxes: Floats,
        tips: Sequence[tuple[float, float]],
        unit_px: float,
        more: Callable[[int], int],
    ) -> list[Piece]:
        """Those that came to rest now. ``boxes`` (N, 4) are of people, ``tips`` (x, y) where hands
        were lately, ``unit_px`` a body's height, all in small pixels; ``more`` says of an
        earlier change whether it brought (1), took (-1) or nobody knows (0)."""
        surface = self._surface
        self._often *= surface.covered
        age_s = time_s - surface.since_s
        fresh = surface.covered & (age_s >= RESTS_S) & (surface.since_s != self._judged_s)
        if surface.unknown is not None:
            fresh &= ~surface.unknown
        if not fresh.any() or age_s[fresh].max() < WAITS_S:
            return []
        self._judged_s[fresh] = surface.since_s[fresh]
        count, labels, stats, _ = cv2.connectedComponentsWithStats(
            fresh.astype(np.uint8), connectivity=4
        )
        found = []
        for number in range(1, count):
            x, y, wide, high, area = stats[number].tolist()
            if area < LEAST_PX:
                continue
            box = x, y, wide, high
            near = np.s_[y : y + high, x : x + wide]
            parts = self._region.shares(labels[near] == number, near)
            if sum(parts.values()) < LEAST_PART:
                continue
            which = np.asarray(labels == number)
            found.append(self._piece(which, box, parts, boxes, tips, unit_px, more))
        self._often[fresh] = np.minimum(self._often[fresh] + 1, 5)
        return found

    def _piece(
        self,
        which: Mask,
        box: tuple[int, int, int, int],
        parts: dict[int, float],
        boxes: Floats,
        tips: Sequence[tuple[float, float]],
        unit_px: float,
        more: Callable[[int], int],
    ) -> Piece:
        surface = self._surface
        x, y, wide, high = box
        y1, x1 = max(0, y - 3), max(0, x - 3)
        near = np.s_[y1 : y + high + 3, x1 : x + wide + 3]
        here = which[near]
        ring = (cv2.dilate(here.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0) & ~here
        before, after = surface.looks(near)
        undoes = self._former.undoes(here, after, near)
        old, new = before[here], after[here]
        since = surface.since_s[near][here]
        seen = surface.seen_s[near][here]
        since_s, seen_s = float(np.median(since)), float(np.median(seen))
        total = sum(parts.values())
        middle = x + wide / 2, y + high / 2
        far = min((_gap(tip, box) for tip in tips), default=2 * unit_px) / unit_px
        change = (new - old).mean(axis=0)
        known = more(undoes) if undoes is not None else 0
        numbers = (
            np.log(total + 0.02),
            max(parts.values()) / total,
            float(self._goods[near][here].mean()),
            float(here.sum()) / (wide * high),
            high / self._short,
            wide / self._wide,
            wide / max(high, 1),
            float(surface.covered[near][ring].mean()) if ring.any() else 0.0,
            float(surface.moving[near][ring].mean()) if ring.any() else 0.0,
            float(np.log(max(0.0, since_s - seen_s) + 0.1)),
            float((since - seen < 0.3).mean()),
            float(min(since.std(), 1.0)),
            float(since.max() - since_s < 0.05),
            detail(before, after, here),
            float(change.mean()) / 64,
            float(np.abs(new - old).mean()) / 64,
            float(new.mean()) / 128,
            float(new.std(axis=0).mean()) / 64,
            float(old.std(axis=0).mean()) / 64,
            float(undoes is not None),
            float(known),
            _part_in(boxes, middle),
            float(min(far, 1.0)),
            float(self._often[near][here].mean()),
        )
        on = self._region.shares_on_goods(which)
        return Piece(
            which, since_s, min(seen_s, since_s), undoes, max(on, key=on.__getitem__),
            np.array(numbers, np.float32),
        )  # fmt: skip


def _gap(tip: tuple[float, float], box: tuple[int, int, int, int]) -> float:
    x, y, wide, high = box
    return float(np.hypot(
        max(x - tip[0], tip[0] - x - wide, 0.0), max(y - tip[1], tip[1] - y - high, 0.0)
    ))  # fmt: skip


def _part_in(boxes: Floats, point: tuple[float, float]) -> float:
    """1 within somebody's box, and less the farther from all of them, in heights of a box."""
    if not len(boxes):
        return 0.0
    across = np.maximum(boxes[:, 0] - point[0], point[0] - boxes[:, 2]).clip(0)
    down = np.maximum(boxes[:, 1] - point[1], point[1] - boxes[:, 3]).clip(0)
    gap = np.hypot(across, down) / np.maximum(boxes[:, 3] - boxes[:, 1], 1.0)
    return float(1.0 / (1.0 + 4 * gap.min()))


def _sizes(region: Region) -> tuple[float, float]:
    """How high and how wide the facings are in the small picture, in the middle of all."""
    high, wide = [], []
    for number in range(len(region.sizes)):
        ys, xs = np.nonzero(region.facing == number)
        if len(ys):
            high.append(ys.max() - ys.min() + 1)
            wide.append(xs.max() - xs.min() + 1)
    return float(np.median(high)), float(np.median(wide))
