"""Where the visits of a shop are on its floor: what the fusion of cameras hands to the facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FloorRows:
    """Positions of visits, in columns of equal length N and in order of time. The first rows of a
    visit may be handed over later than rows of others with later times.

    ``time_s`` (N,) seconds since the start of the recording or session, in the shop's common
    clock; ``visit`` (N,) the visit's number, given once and never again; ``xy`` (N, 2) metres on
    the floor; ``spread_m`` (N,) the radius of the position's error, one standard deviation in the
    worst direction; ``cameras`` (N,) how many cameras saw the person at that moment: 0 where the
    place is only reckoned between two sights.
    """

    time_s: Floats
    visit: Ints
    xy: Floats
    spread_m: Floats
    cameras: Ints

    def __post_init__(self) -> None:
        n = len(self.time_s)
        flat = (self.time_s, self.visit, self.spread_m, self.cameras)
        if not (all(column.shape == (n,) for column in flat) and self.xy.shape == (n, 2)):
            raise ValueError("FloorRows: columns must have equal length and xy shape (N, 2)")

    def __len__(self) -> int:
        return len(self.time_s)

    @classmethod
    def empty(cls) -> Self:
        none, number = np.empty(0), np.empty(0, np.int64)
        return cls(none, number, np.empty((0, 2)), none, number)

    @classmethod
    def concatenate(cls, parts: Sequence[FloorRows]) -> Self:
        if not parts:
            return cls.empty()
        return cls(
            np.concatenate([p.time_s for p in parts]),
            np.concatenate([p.visit for p in parts]),
            np.concatenate([p.xy for p in parts]),
            np.concatenate([p.spread_m for p in parts]),
            np.concatenate([p.cameras for p in parts]),
        )

    def take(self, index: NDArray[np.bool_] | Ints | slice) -> FloorRows:
        """The rows at ``index`` (a mask, positions or a slice), in that order."""
        return FloorRows(
            self.time_s[index],
            self.visit[index],
            self.xy[index],
            self.spread_m[index],
            self.cameras[index],
        )


@dataclass(frozen=True, slots=True)
class EndedVisit:
    """A visit that is over: no more rows of it will come.

    ``pieces`` is the number of camera tracks it was put together from, ``cameras`` the ids of
    those that saw it, ``certainty`` (0 to 1) how sure it is that all the pieces are of one person
    and that no other piece is missing.
    """

    number: int
    pieces: int
    cameras: tuple[str, ...]
    certainty: float
