"""What every detector returns, and the Protocol it follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Frame


@dataclass(frozen=True, slots=True)
class Detections:
    """People found in one frame.

    ``xyxy`` (N, 4) float64, left, top, right, bottom in pixels of the frame, clipped to it;
    ``score`` (N,) float64, 0 to 1.
    """

    xyxy: NDArray[np.float64]
    score: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.xyxy.shape != (len(self.score), 4) or self.score.ndim != 1:
            raise ValueError(f"expected (N, 4) and (N,), got {self.xyxy.shape} {self.score.shape}")

    def __len__(self) -> int:
        return len(self.score)

    @classmethod
    def none(cls) -> Self:
        return cls(np.empty((0, 4)), np.empty(0))


class Detector(Protocol):
    """Finds people in a frame. Safe to call from one thread at a time."""

    name: str

    def detect(self, frame: Frame) -> Detections:
        """People with a score of at least the detector's lowest (0.1), after suppression of
        duplicates, best first."""
        ...

    def close(self) -> None: ...


def needs_every_frame(detector: Detector) -> bool:
    """Whether ``detector`` learns from one frame to the next, and so must see them all: it then has
    an attribute ``every_frame`` that is true."""
    return bool(getattr(detector, "every_frame", False))
