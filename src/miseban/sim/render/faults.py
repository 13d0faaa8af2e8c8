"""What a picture suffers between the lens and the wire: poor light, glare, dirt, noise, JPEG."""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.errors import BadInput

BANK = 64  # pixels by which the stored noise is larger than the picture, to be shifted about


@dataclass(frozen=True, slots=True)
class Conditions:
    """How bad it is. ``low_light``, ``glare`` and ``dirt`` run from 0 (none) to 1 (hardly usable).

    ``noise`` is the standard deviation in grey levels out of 255; low light adds to it.
    ``sharpening`` is what cameras do to edges before they compress, from 0 to 1.
    ``jpeg_quality`` from 1 to 100, or None for no compression. A nudged camera is another pose:
    ``Pose.nudged``. Raises ``BadInput`` outside the ranges.
    """

    low_light: float = 0.0
    glare: float = 0.0
    dirt: float = 0.0
    noise: float = 3.0
    sharpening: float = 0.6
    jpeg_quality: int | None = 80

    def __post_init__(self) -> None:
        highest = {"noise": 100.0, "jpeg_quality": 100.0}
        for field in fields(self):
            value = getattr(self, field.name)
            least = 1 if field.name == "jpeg_quality" else 0
            most = highest.get(field.name, 1.0)
            if value is not None and not least <= value <= most:
                raise BadInput(
                    "bad-conditions",
                    f"{field.name} of a rendered camera",
                    f"expected {least} to {most:g}, found {value:g}",
                )


CLEAN = Conditions(noise=0.0, sharpening=0.0, jpeg_quality=None)


class Spoiler:
    """Applies conditions to one camera's pictures. Same seed, time and picture: same result."""

    def __init__(self, conditions: Conditions, size: tuple[int, int], seed: int) -> None:
        self.conditions = conditions
        self._seed = seed
        width, height = size
        rng = np.random.default_rng([seed, 0xFA17])
        dark = 1 - 0.90 * conditions.low_light
        grey = 255 * dark * (np.arange(256) / 255) ** (1 + 0.25 * conditions.low_light)
        self._dimming = np.clip(grey + 0.5, 0, 255).astype(np.uint8)
        self._noise: NDArray[np.int16] | None = None
        sigma = conditions.noise + 9.0 * conditions.low_light
        if sigma > 0:
            shape = (height + BANK, width + BANK, 3)
            plain = rng.standard_normal(shape, np.float32) * np.float32(sigma)
            self._noise = np.rint(cv2.GaussianBlur(plain, (3, 3), 0.5) * 1.4).astype(np.int16)
        self._glow = self._glare(rng, width, height) if conditions.glare else None
        self._dirt = self._smears(rng, width, height) if conditions.dirt else None

    def apply(self, picture: NDArray[np.uint8], time_s: float) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 BGR to the same, a new array."""
        seen: NDArray[np.uint8] = picture
        if self._dirt is not None:
            smear = cv2.GaussianBlur(seen, (0, 0), 6) * np.float32(0.72) + np.float32(20)
            mixed = seen + (smear - seen) * self._dirt + np.float32(0.5)
            seen = np.asarray(mixed, np.uint8)
        if self.conditions.low_light:
            seen = np.asarray(cv2.LUT(seen, self._dimming), np.uint8)
        if self._glow is not None:
            seen = np.asarray(cv2.add(seen, self._glow), np.uint8)
        if self._noise is not None:
            moment = round(time_s * 1000)
            rng = np.random.default_rng([self._seed, abs(moment), moment < 0])
            y, x = (int(v) for v in rng.integers(0, BANK, 2))
            height, width = seen.shape[:2]
            grain = self._noise[y : y + height, x : x + width]
            seen = np.asarray(cv2.add(seen, grain, dtype=cv2.CV_8U), np.uint8)
        if self.conditions.sharpening:
            more = self.conditions.sharpening
            soft = cv2.GaussianBlur(seen, (5, 5), 1.2)
            seen = np.asarray(cv2.addWeighted(seen, 1 + more, soft, -more, 0), np.uint8)
        if self.conditions.jpeg_quality is not None:
            quality = [cv2.IMWRITE_JPEG_QUALITY, int(self.conditions.jpeg_quality)]
            _, packed = cv2.imencode(".jpg", seen, quality)
            seen = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
        return seen if seen is not picture else picture.copy()

    def _glare(self, rng: np.random.Generator, width: int, height: int) -> NDArray[np.uint8]:
        """A lamp or the low sun in the lens: a bright spot, a streak, a veil over everything."""
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        at_x, at_y = rng.uniform(0.15, 0.85) * width, rng.uniform(0.0, 0.45) * height
        far = np.hypot(x - at_x, y - at_y) / (0.30 * width)
        streak = np.exp(-(((y - at_y) / (0.03 * height)) ** 2) - np.abs(x - at_x) / (0.5 * width))
        glow = 230 * np.exp(-(far**2)) + 70 * streak + 45
        tone = np.array([0.85, 0.95, 1.0], np.float32)
        seen = self.conditions.glare * glow[..., None] * tone
        return np.asarray(np.clip(seen, 0, 255), np.uint8)

    def _smears(self, rng: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
        """(H, W, 1): how much of each pixel is smeared, from 0 to 1."""
        mask = np.zeros((height, width), np.float32)
        for _ in range(14):
            at = (int(rng.integers(width)), int(rng.integers(height)))
            size = (int(width * rng.uniform(0.02, 0.12)), int(width * rng.uniform(0.02, 0.08)))
            cv2.ellipse(mask, at, size, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), width * 0.012), np.float32)
        return np.asarray(mask * np.float32(self.conditions.dirt), np.float32)[..., None]
