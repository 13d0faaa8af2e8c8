"""Pixels live in memory only (``privacy.md`` rule 1): no serialiser accepts these types."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from miseban.vision.sealed import Sealed

Image = NDArray[np.uint8]
"""(H, W, 3) BGR, 0 to 255."""


class Pixels(Sealed):
    """Holds an image that must not leave memory. Cannot be pickled, copied or printed."""

    __slots__ = ("_bgr",)

    def __init__(self, bgr: Image) -> None:
        if bgr.ndim != 3 or bgr.shape[2] != 3 or bgr.dtype != np.uint8:
            raise ValueError(f"expected (H, W, 3) uint8, got {bgr.shape} {bgr.dtype}")
        self._bgr = bgr

    @property
    def bgr(self) -> Image:
        """(H, W, 3) uint8, BGR. The array itself: a detector must not change it."""
        return self._bgr

    @property
    def width(self) -> int:
        return int(self._bgr.shape[1])

    @property
    def height(self) -> int:
        return int(self._bgr.shape[0])

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.width}x{self.height}>"

    def __array__(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds pixels: use .bgr on purpose")


class Frame(Pixels):
    """One frame of a source.

    ``number`` counts the source's frames from 1 in decoding order, also those that were skipped;
    ``time_s`` is seconds since the start of the recording or session, from the stream's own
    timestamps; ``utc`` the same moment as an aware datetime.
    """

    __slots__ = ("number", "time_s", "utc")

    def __init__(self, bgr: Image, number: int, time_s: float, utc: datetime) -> None:
        super().__init__(bgr)
        self.number = number
        self.time_s = time_s
        self.utc = utc


class Crop(Pixels):
    """A piece of a frame: somebody's body, head or face.

    ``left`` and ``top`` are where its first pixel lies in the frame. It holds its own pixels, so
    that a crop that is kept for a moment does not keep the whole frame.
    """

    __slots__ = ("left", "top")

    def __init__(self, bgr: Image, left: int = 0, top: int = 0) -> None:
        super().__init__(bgr.copy())
        self.left = left
        self.top = top

    @classmethod
    def of(cls, pixels: Pixels, xyxy: NDArray[np.float64]) -> Crop | None:
        """What ``pixels`` show in the box ``xyxy`` (4,), cut to the picture; None where nothing is
        left of it."""
        x1, y1 = np.floor(np.maximum(xyxy[:2], 0)).astype(int).tolist()
        x2, y2 = np.ceil(np.minimum(xyxy[2:], (pixels.width, pixels.height))).astype(int).tolist()
        if x2 <= x1 or y2 <= y1:
            return None
        return cls(pixels.bgr[y1:y2, x1:x2], x1, y1)


class Appearance(Sealed):
    """How somebody looks, as a vector that only compares (``privacy.md`` rule 2): it never says
    what it is made of, and lives in memory for minutes."""

    __slots__ = ("_unit",)

    def __init__(self, vector: NDArray[np.float32]) -> None:
        """``vector`` (D,), finite and not all zero; kept at length 1."""
        length = float(np.linalg.norm(vector))
        if vector.ndim != 1 or not np.isfinite(length) or length == 0:
            raise ValueError(f"expected a finite vector (D,) that is not zero, got {vector.shape}")
        self._unit = (vector / length).astype(np.float32)

    def blended(self, other: Appearance, part: float) -> Appearance:
        """The mean of both, in which ``other`` has the weight ``part``, 0 to 1."""
        return Appearance((1 - part) * self._unit + part * other._unit)

    def similarity(self, other: Appearance) -> float:
        """Cosine of the angle between both, -1 to 1."""
        return float(np.clip(self._unit @ other._unit, -1.0, 1.0))
