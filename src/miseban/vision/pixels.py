"""Pixels live in memory only (``privacy.md`` rule 1): no serialiser accepts these types."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn, SupportsIndex

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""(H, W, 3) BGR, 0 to 255."""


class Pixels:
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

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds pixels and cannot be serialised or copied")

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
