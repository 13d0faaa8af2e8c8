"""Where a picture differs from an earlier one, on a small grey copy, by more than it always does.

Both are taken at the same exposure: what the whole picture does together (a lamp's flicker, the
camera's gain) is no change. The difference is averaged over 3 x 3 small pixels, signed, so that
noise cancels and a body does not. A pixel has changed when that exceeds its threshold: a floor, or
a multiple of the picture's own noise, times the pixel's own *dullness*, from 1 upwards, which
grows where the picture changes again and again though nobody is there (a screen, a fan, leaves).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Image
from miseban.vision.sealed import Sealed

Floats = NDArray[np.float32]
Boxes = NDArray[np.float64]

MEDIAN_TO_SIGMA = 1.4826
"""Of absolute values: the standard deviation of a normal distribution with that median."""
LEARN_S = 1.0
"""The noise is looked at so often: it changes slowly."""
ROOM = 0.6
"""What reaches this part of its threshold dulls it."""


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """Grey levels out of 255, seconds, and pixels of the small picture."""

    long_side_px: int = 160
    """Size of the small picture: in one of 640 x 360 a pixel is 4 x 4."""

    least_levels: float = 5.0
    """What differs by less is no change, however quiet the picture is."""

    noise_sigmas: float = 6.0
    """And less than so many standard deviations of the noise is none either."""

    noise_memory_s: float = 5.0
    """Time constant with which the noise is learnt."""

    most_dull: float = 4.0
    """Largest dullness."""

    dull_s: float = 20.0
    """A pixel that changes all the time, with nobody there, doubles its dullness in this time."""

    keen_s: float = 300.0
    """One that does not halves it in this time."""

    most_exposure: float = 1.25
    """A picture brighter or darker than this by its median has changed: somebody put out the
    light, or covered the lens."""


class Change(Sealed):
    """Compares a camera's pictures with a reference that ``keep`` chooses. ``width`` and ``height``
    of the frames in pixels. Small pictures with people in them are held: sealed."""

    __slots__ = (
        "_apart", "_compared", "_dull", "_learnt_s", "_noise", "_reference", "_scale", "_seen",
        "_stride", "height", "settings", "width",
    )  # fmt: skip

    def __init__(self, width: int, height: int, settings: ChangeSettings | None = None) -> None:
        self.settings = settings or ChangeSettings()
        scale = min(1.0, self.settings.long_side_px / max(width, height))
        self.width = max(1, round(width * scale))
        self.height = max(1, round(height * scale))
        self._scale = np.array([self.width / width, self.height / height] * 2)
        # Of a large picture every n-th pixel is enough: 16 to a small one average noise away.
        self._stride = max(1, int(0.25 / scale))
        self._seen: Floats | None = None
        self._reference: Floats | None = None
        self._apart = np.zeros((self.height, self.width), np.float32)
        self._dull = np.ones((self.height, self.width), np.float32)
        self._noise = 0.0
        self._compared = 0
        self._learnt_s = float("-inf")

    @property
    def threshold(self) -> float:
        """Grey levels from which a pixel that is not dull has changed."""
        settings = self.settings
        return max(settings.least_levels, settings.noise_sigmas * self._noise)

    def look(self, bgr: Image, time_s: float) -> float:
        """Takes in the next picture, (H, W, 3) BGR: how strongly it differs from the reference,
        1 and more for a change somewhere. Infinite where there is no reference."""
        step = self._stride
        # Green alone: most of the brightness, and with the least noise and compression.
        part = bgr if step == 1 else np.ascontiguousarray(bgr[step // 2 :: step, step // 2 :: step])
        green = cv2.extractChannel(part, 1)
        size = (self.width, self.height)
        seen = cv2.resize(green, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        before, self._seen = self._seen, seen
        if before is not None and not 0 <= time_s - self._learnt_s < LEARN_S:
            self._learn_noise(before, seen, abs(time_s - self._learnt_s))
            self._learnt_s = time_s
        if self._reference is None:
            return float("inf")
        exposure = _exposure(self._reference, seen)
        most = self.settings.most_exposure
        self._apart = _apart(self._reference, seen, min(max(exposure, 1 / most), most))
        if not 1 / most <= exposure <= most:
            return float("inf")
        return float((self._apart / self._dull).max()) / self.threshold

    def changed(self) -> NDArray[np.bool_]:
        """Which pixels of the small picture differ from the reference, at the last look."""
        return np.asarray(self._apart >= self.threshold * self._dull)

    def dull(self, people_xyxy: Boxes, elapsed_s: float) -> None:
        """Learns where the picture changes by itself: at a look ``elapsed_s`` after the last such,
        ``people_xyxy`` (N, 4) is where people are or were, in pixels of the frame."""
        settings = self.settings
        up = 2.0 ** min(1.0, elapsed_s / settings.dull_s)
        down = 2.0 ** -min(1.0, elapsed_s / settings.keen_s)
        # Learnt with room to spare: at the threshold itself noise would often exceed it.
        active = self._apart >= ROOM * self.threshold * self._dull
        factor = np.where(active, np.float32(up), np.float32(down))
        for x1, y1, x2, y2 in people_xyxy * self._scale:
            rows = slice(max(0, int(y1) - 2), max(0, int(y2) + 3))
            factor[rows, max(0, int(x1) - 2) : max(0, int(x2) + 3)] = 1.0
        self._dull = np.clip(self._dull * factor, 1.0, settings.most_dull)

    def keep(self) -> None:
        """The picture looked at last is the reference from now on."""
        self._reference = self._seen

    def _learn_noise(self, before: Floats, seen: Floats, elapsed_s: float) -> None:
        """From one picture to the next most pixels show nothing but noise."""
        apart = _apart(before[::2, ::2], seen[::2, ::2], _exposure(before, seen))
        noise = MEDIAN_TO_SIGMA * float(np.median(apart))
        self._compared += 1
        weight = min(1.0, max(elapsed_s / self.settings.noise_memory_s, 1 / self._compared))
        self._noise += weight * (noise - self._noise)


def _exposure(reference: Floats, seen: Floats) -> float:
    """How many times as bright the picture has become: the median over its pixels."""
    ratio = (seen[::4, ::4] + 1) / (reference[::4, ::4] + 1)
    return float(np.median(ratio))


def _apart(reference: Floats, seen: Floats, exposure: float) -> Floats:
    """How far pixels and their neighbours differ together, in grey levels, (h, w)."""
    difference = cv2.scaleAdd(reference, -exposure, seen)
    # Nothing lies beyond the edge: a mirrored border would count its noise twice.
    together = cv2.blur(difference, (3, 3), borderType=cv2.BORDER_CONSTANT)
    return np.abs(together, dtype=np.float32)
