"""Where the shelf went when somebody bumped into the camera: the view beside how it was set up."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Image
from miseban.vision.sealed import Sealed

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]

LONG_SIDE_PX = 400
CLIP = 25.0
"""Grey levels beyond which an edge counts no more."""
MOVED_PX = 0.45
"""Of the small picture: less is noise."""
LASTS = 3
"""So many looks in a row must have found the view elsewhere before it is sought."""
BETTER = 0.03
"""By so much the details must be more alike once a shift is taken back."""
GOOD = 0.45
"""Correlation of the details from which it is the same view."""
FOLLOW = 0.02
"""Part by which the reference goes towards each look that lies where it should."""
ENLARGE = 0.1


class Registration(Sealed):
    """Follows the view of a camera of ``width`` x ``height`` pixels. Holds details of the empty
    shop in a small grey picture, in which nobody is: sealed.

    ``homography`` takes pixels as they were at the first look to those of the frame looked at last;
    None while nothing has moved. ``lost`` is whether the view is not found at present.
    """

    __slots__ = ("_away", "_known", "_scale", "_size", "_usual", "homography", "lost", "searches")

    def __init__(self, width: int, height: int) -> None:
        shrunk = min(1.0, LONG_SIDE_PX / max(width, height))
        self._size = (max(16, round(width * shrunk)), max(16, round(height * shrunk)))
        self._scale = np.array([self._size[0] / width, self._size[1] / height])
        self._usual: Floats = np.zeros(self._size[::-1], np.float32)
        self._known: Mask = np.zeros(self._size[::-1], np.bool_)
        self._away = 0
        self.homography: Doubles | None = None
        self.lost = False
        self.searches = 0

    def look(self, bgr: Image, people_xyxy: NDArray[np.float64]) -> None:
        """The next picture (H, W, 3), with people at ``people_xyxy`` (N, 4), in its pixels."""
        small = cv2.resize(bgr, self._size, interpolation=cv2.INTER_AREA)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.float32)
        detail = (grey - cv2.blur(grey, (15, 15))).clip(-CLIP, CLIP)
        free = self._free(people_xyxy)
        if not self._known.any():
            self._usual, self._known = np.where(free, detail, 0).astype(np.float32), free
            return
        here, seen = self._returned(detail, free, self.homography)
        both = seen & self._known
        if both.mean() < 0.15:
            return  # a crowd: nothing can be told
        alike = _correlation(self._usual, here, both)
        shift = self._shift(here, both)
        moved = float(np.hypot(*shift)) >= MOVED_PX and self._better(here, both, shift, alike)
        if alike >= GOOD and not moved:
            self._away, self.lost = 0, False
            self._learn(here, seen)
            return
        self._away += 1
        if self._away >= LASTS:
            self._search(detail, free, alike)

    def _better(self, here: Floats, both: Mask, shift: tuple[float, float], alike: float) -> bool:
        """Whether the view fits better once ``shift`` is taken back: goods that were sold make
        phase correlation uncertain."""
        back = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        returned = np.asarray(cv2.warpAffine(here, back, self._size, flags=flags), np.float32)
        return _correlation(self._usual, returned, both) >= alike + BETTER

    def _search(self, detail: Floats, free: Mask, alike: float) -> None:
        """Seeks the view anew, from where it was and from where it first was."""
        self.searches += 1
        best, best_alike = self.homography, alike
        for start in (self.homography, None):
            found = self._refined(detail, free, start)
            if found is not None and found[1] > best_alike + 0.02:
                best, best_alike = found
        self.homography, self.lost = best, best_alike < GOOD
        self._away = 0 if not self.lost else LASTS - 1

    def _refined(
        self, detail: Floats, free: Mask, start: Doubles | None
    ) -> tuple[Doubles, float] | None:
        """A homography near ``start`` and how alike the views are by it: phase correlation (Kuglin
        and Hines, 1975), then enhanced correlation (Evangelidis and Psarakis, 2008)."""
        here, seen = self._returned(detail, free, start)
        dx, dy = self._shift(here, seen & self._known)
        scale = np.diag([*self._scale, 1.0])
        small = scale @ (np.eye(3) if start is None else start) @ np.linalg.inv(scale)
        warp = (small @ np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1]])).astype(np.float32)
        soft = [cv2.GaussianBlur(picture, (5, 5), 1.2) for picture in (self._usual, detail)]
        stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-4)
        mask = free.astype(np.uint8) * 255
        try:
            _, turned = cv2.findTransformECC(
                soft[0], soft[1], warp, cv2.MOTION_HOMOGRAPHY, stop, mask, 5
            )
        except cv2.error:  # it says so when it finds nothing
            return None
        found = np.linalg.inv(scale) @ turned.astype(np.float64) @ scale
        found = found / found[2, 2]
        if not np.isfinite(found).all() or abs(np.linalg.det(found) - 1) > 0.3:
            return None
        here, seen = self._returned(detail, free, found)
        both = seen & self._known
        return (found, _correlation(self._usual, here, both)) if both.mean() > 0.15 else None

    def _returned(
        self, detail: Floats, free: Mask, homography: Doubles | None
    ) -> tuple[Floats, Mask]:
        """``detail`` and ``free`` as they would be had nobody moved the camera."""
        if homography is None:
            return detail, free
        scale = np.diag([*self._scale, 1.0])
        small = scale @ homography @ np.linalg.inv(scale)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        here = cv2.warpPerspective(detail, small, self._size, flags=flags)
        seen = cv2.warpPerspective(free.astype(np.uint8), small, self._size, flags=flags)
        return np.asarray(here, np.float32), np.asarray(seen, np.uint8) > 0

    def _shift(self, here: Floats, both: Mask) -> tuple[float, float]:
        """How far right and down ``here`` lies of where it should, in its pixels."""
        window = cv2.createHanningWindow(self._size, cv2.CV_32F)
        a, b = (np.where(both, p, 0).astype(np.float32) for p in (self._usual, here))
        (dx, dy), _ = cv2.phaseCorrelate(a, b, window)
        return float(dx), float(dy)

    def _learn(self, here: Floats, seen: Mask) -> None:
        fresh = seen & ~self._known
        weight = np.where(fresh, 1.0, FOLLOW * seen).astype(np.float32)
        self._usual = np.asarray(self._usual + weight * (here - self._usual), np.float32)
        self._known |= seen

    def _free(self, people_xyxy: NDArray[np.float64]) -> Mask:
        free = np.ones(self._size[::-1], np.bool_)
        size = people_xyxy[:, 2:] - people_xyxy[:, :2]
        larger = np.hstack(
            [people_xyxy[:, :2] - ENLARGE * size, people_xyxy[:, 2:] + ENLARGE * size]
        )
        for x1, y1, x2, y2 in larger * np.tile(self._scale, 2):
            free[max(0, int(y1)) : max(0, int(y2) + 1), max(0, int(x1)) : max(0, int(x2) + 1)] = (
                False
            )
        return free


def _correlation(a: Floats, b: Floats, where: Mask) -> float:
    """Pearson's, over ``where``."""
    x, y = a[where], b[where]
    x, y = x - x.mean(), y - y.mean()
    power = float(x @ x) * float(y @ y)
    return float(x @ y) / power**0.5 if power > 1e-6 else 0.0
