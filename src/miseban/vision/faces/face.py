"""What every face detector returns, and the Protocol it follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Pixels

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Face:
    """Where a face is: ``xyxy`` (4,) left, top, right, bottom in pixels of the picture it was
    looked for in; ``score`` 0 to 1; ``points`` (5, 2) both eyes, nose and both corners of the
    mouth, each pair from the picture's left to its right, or None where the detector finds none."""

    xyxy: Floats
    score: float
    points: Floats | None = None

    @property
    def size(self) -> float:
        """The longer side, in pixels."""
        return float(np.max(self.xyxy[2:] - self.xyxy[:2]))

    @property
    def centre(self) -> tuple[float, float]:
        x, y = ((self.xyxy[:2] + self.xyxy[2:]) / 2).tolist()
        return x, y

    @property
    def turn(self) -> float:
        """How far the nose is from the middle of the eyes, along their line and in distances
        between them: 0 from the front, about 0.5 and more in profile; 0 where nothing is known."""
        if self.points is None:
            return 0.0
        eyes = self.points[1] - self.points[0]
        apart = float(np.hypot(*eyes))
        if apart < 1e-6:
            return np.inf
        middle = (self.points[0] + self.points[1]) / 2
        return float(abs((self.points[2] - middle) @ eyes) / apart**2)

    def moved(self, left: float, top: float) -> Face:
        """The same face in a picture of which this one is a piece that begins at (left, top)."""
        shift = np.array([left, top], float)
        points = None if self.points is None else self.points + shift
        return Face(self.xyxy + np.tile(shift, 2), self.score, points)


class FaceDetector(Protocol):
    """Finds faces in a picture or a piece of one. Safe to call from one thread at a time."""

    name: str

    def faces(self, pixels: Pixels) -> list[Face]:
        """The faces of ``pixels``, the surest first."""
        ...
