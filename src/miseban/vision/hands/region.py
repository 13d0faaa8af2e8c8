"""The part of a camera's picture that is looked at for hands: the facings and what is around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Image

Pair = tuple[float, float]
Floats = NDArray[np.float64]

FACING_PX = 32.0
"""The short side that a middling facing keeps in the small picture: a package is some pixels."""
LONG_SIDE_PX = 320.0
"""The small picture is no longer than this, however large the shelf is in the picture."""
MARGIN = 0.6
"""So many short sides of a facing around all of them are looked at too: arms come from there."""


@dataclass(frozen=True)
class Region:
    """``left``, ``top``, ``right``, ``bottom`` in pixels of the frame; ``scale`` is how many pixels
    of the small picture one of the frame's is. ``facing`` (h, w) is the number of the facing that
    a small pixel shows, -1 where it shows none; ``sizes`` (F,) how many small pixels each has;
    ``nearest`` and ``gap`` (h, w) say which facing is nearest and how many small pixels off."""

    left: int
    top: int
    right: int
    bottom: int
    scale: float
    facing: NDArray[np.int16]
    sizes: NDArray[np.int64]
    nearest: NDArray[np.int64]
    gap: NDArray[np.float32]

    @classmethod
    def of(cls, polygons: Sequence[Sequence[Pair]], width: int, height: int) -> Region:
        """For a frame of ``width`` by ``height`` pixels; ``polygons`` are the facings' corners, of
        which each has some within the frame."""
        shapes = [np.array(polygon, np.float64) for polygon in polygons]
        short = float(np.median([_short_side(shape) for shape in shapes]))
        corners = np.concatenate(shapes)
        least, most = corners.min(axis=0) - MARGIN * short, corners.max(axis=0) + MARGIN * short
        left, top = np.clip(np.floor(least), 0, (width - 1, height - 1)).astype(int).tolist()
        right, bottom = np.clip(np.ceil(most), (left + 1, top + 1), (width, height)).astype(int)
        long_side = max(right - left, bottom - top)
        scale = float(min(1.0, FACING_PX / max(short, 1.0), LONG_SIDE_PX / long_side))
        size = max(1, round((bottom - top) * scale)), max(1, round((right - left) * scale))
        facing = np.full(size, -1, np.int16)
        for number, shape in enumerate(shapes):
            moved = np.round((shape - (left, top)) * scale - 0.5).astype(np.int32)
            cv2.fillPoly(facing, [moved], number)
        sizes = np.bincount(facing[facing >= 0], minlength=len(shapes))
        return cls(left, top, int(right), int(bottom), scale, facing, sizes, *_nearest(facing))

    def small(self, bgr: Image) -> NDArray[np.float32]:
        """(h, w, 3) the region of a frame, small and without its noise."""
        part = bgr[self.top : self.bottom, self.left : self.right]
        height, width = self.facing.shape
        if (part.shape[1], part.shape[0]) != (width, height):
            # Down to half the size a point between four pixels is as good, and far cheaper.
            way = cv2.INTER_LINEAR if self.scale >= 0.5 else cv2.INTER_AREA
            part = np.asarray(cv2.resize(part, (width, height), interpolation=way), np.uint8)
        return np.asarray(cv2.blur(part, (3, 3)), np.float32)

    def boxes(self, xyxy: Floats) -> Floats:
        """(N, 4) boxes of the frame in pixels of the small picture."""
        return (xyxy - (self.left, self.top, self.left, self.top)) * self.scale

    def shares(
        self, which: NDArray[np.bool_], near: tuple[slice, slice] = np.s_[:, :]
    ) -> dict[int, float]:
        """The parts of facings that ``which`` (h, w), of the part ``near`` of the small picture,
        is, by the facing or the nearest: goods are seen from above too, beyond their front."""
        counts = np.bincount(self.nearest[near][which], minlength=len(self.sizes))
        return {int(f): float(counts[f] / self.sizes[f]) for f in np.flatnonzero(counts)}

    def shares_on_goods(self, which: NDArray[np.bool_]) -> dict[int, float]:
        """By the facing it is on, where much of it is on any: what stands deep on the shelf is
        seen beside it."""
        on = which & (self.facing >= 0)
        return self.shares(on if on.sum() > 0.2 * which.sum() else which)


def _short_side(polygon: Floats) -> float:
    """Of the smallest rectangle around it, however that is turned."""
    return float(min(cv2.minAreaRect(polygon.astype(np.float32))[1]))


def _nearest(facing: NDArray[np.int16]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(h, w) the facing nearest to each pixel, and how many pixels off it is."""
    gap, labels = cv2.distanceTransformWithLabels(
        (facing < 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    on = facing >= 0
    of = np.zeros(int(labels.max()) + 1, np.int64)
    of[labels[on]] = facing[on]
    return of[labels], np.asarray(gap, np.float32)


def middle_of(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """(x, y) of ``mask`` (h, w); far away where it is empty."""
    ys, xs = np.nonzero(mask)
    return (float(xs.mean()), float(ys.mean())) if len(xs) else (-1e3, -1e3)


def span_of(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """(width, height) of ``mask`` (h, w); 1 where it is empty."""
    ys, xs = np.nonzero(mask)
    return (float(np.ptp(xs) + 1), float(np.ptp(ys) + 1)) if len(xs) else (1.0, 1.0)
