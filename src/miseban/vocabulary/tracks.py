"""Track rows: where each followed person was seen, and when. What ``vision`` hands to ``space``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNCONFIRMED = -1
"""Track number of a row that belongs to no confirmed track. Never counted (counting rule 1)."""

COLUMNS = ("camera", "time_s", "track", "x1", "y1", "x2", "y2", "score")
"""Header of ``tracks.csv``."""


@dataclass(frozen=True, slots=True)
class TrackRows:
    """Observations of one camera, in columns of equal length N.

    ``time_s`` (N,) float64, seconds since the start of the recording or session; ``track`` (N,)
    int64, a random number per followed person, negative while not confirmed; ``xyxy`` (N, 4)
    float64, left, top, right, bottom in pixels of the camera's resolution; ``score`` (N,)
    float64, 0 to 1; ``frame`` (N,) int64, number of the frame in the source, from 1 (0 where
    there is none, as in an imported tracks file).

    The rows of one track are in order of time. Rows of different tracks may be handed over
    late: a track's first rows arrive when it is confirmed.
    """

    time_s: Floats
    track: Ints
    xyxy: Floats
    score: Floats
    frame: Ints

    def __post_init__(self) -> None:
        n = len(self.time_s)
        if not (
            self.time_s.shape == self.track.shape == self.score.shape == self.frame.shape == (n,)
            and self.xyxy.shape == (n, 4)
        ):
            raise ValueError("TrackRows: columns must have equal length and xyxy shape (N, 4)")

    def __len__(self) -> int:
        return len(self.time_s)

    @classmethod
    def empty(cls) -> Self:
        return cls(
            np.empty(0),
            np.empty(0, np.int64),
            np.empty((0, 4)),
            np.empty(0),
            np.empty(0, np.int64),
        )

    @classmethod
    def concatenate(cls, parts: list[TrackRows]) -> Self:
        if not parts:
            return cls.empty()
        return cls(
            np.concatenate([p.time_s for p in parts]),
            np.concatenate([p.track for p in parts]),
            np.concatenate([p.xyxy for p in parts]),
            np.concatenate([p.score for p in parts]),
            np.concatenate([p.frame for p in parts]),
        )

    def take(self, index: NDArray[np.bool_] | Ints | slice) -> TrackRows:
        """The rows at ``index`` (a mask, positions or a slice), in that order."""
        return TrackRows(
            self.time_s[index],
            self.track[index],
            self.xyxy[index],
            self.score[index],
            self.frame[index],
        )
