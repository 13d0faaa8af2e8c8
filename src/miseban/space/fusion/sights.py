"""What cameras see of people, on the floor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sights:
    """N sights on the floor, in columns: ``time_s`` (N,); ``camera`` (N,) its place among the
    cameras; ``track`` (N,) its number in the camera and ``piece`` (N,) in the fusion; ``xy`` (N, 2)
    metres; ``spread`` (N, 2, 2) square metres, the covariance of the error; ``stature`` (N,)
    metres, how tall, NaN where it cannot be told."""

    time_s: Floats
    camera: Ints
    track: Ints
    piece: Ints
    xy: Floats
    spread: Floats
    stature: Floats

    def __len__(self) -> int:
        return len(self.time_s)

    @classmethod
    def concatenate(cls, parts: list[Sights]) -> Self:
        if not parts:
            none = np.empty(0, np.int64)
            empty = np.empty(0)
            return cls(empty, none, none, none, np.empty((0, 2)), np.empty((0, 2, 2)), empty)
        return cls(
            np.concatenate([p.time_s for p in parts]),
            np.concatenate([p.camera for p in parts]),
            np.concatenate([p.track for p in parts]),
            np.concatenate([p.piece for p in parts]),
            np.concatenate([p.xy for p in parts]),
            np.concatenate([p.spread for p in parts]),
            np.concatenate([p.stature for p in parts]),
        )

    def take(self, index: NDArray[np.bool_] | Ints | slice) -> Sights:
        return Sights(
            self.time_s[index],
            self.camera[index],
            self.track[index],
            self.piece[index],
            self.xy[index],
            self.spread[index],
            self.stature[index],
        )
