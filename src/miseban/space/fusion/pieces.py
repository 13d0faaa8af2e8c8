"""Camera tracks and whose they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Pieces:
    """Every track of every camera as a small number, for as long as it is seen.

    ``holder`` (M,) is the place in the table of whom the piece belongs to, -1 for nobody's;
    ``misfits`` (M,) how many sights in a row did not fit; ``seen_s`` (M,) the last sight.
    """

    def __init__(self) -> None:
        self._by_track: dict[tuple[int, int], int] = {}
        self._free: list[int] = []
        self._keys: list[tuple[int, int]] = []
        self.holder = np.full(256, -1)
        self.misfits = np.zeros(256, np.int64)
        self.seen_s = np.full(256, -np.inf)

    def numbers(self, camera: int, track: Ints, until_s: float) -> Ints:
        """(N,) the pieces of tracks (N,) of a camera, last seen at ``until_s``."""
        names, which = np.unique(track, return_inverse=True)
        found = np.array([self._number((camera, name)) for name in names.tolist()], np.int64)
        self.seen_s[found] = np.maximum(self.seen_s[found], until_s)
        return found[which]

    def _number(self, key: tuple[int, int]) -> int:
        number = self._by_track.get(key)
        if number is not None:
            return number
        if self._free:
            number = self._free.pop()
            self._keys[number] = key
        else:
            number = len(self._keys)
            self._keys.append(key)
            if number == len(self.holder):
                more = len(self.holder)
                self.holder = np.concatenate([self.holder, np.full(more, -1)])
                self.misfits = np.concatenate([self.misfits, np.zeros(more, np.int64)])
                self.seen_s = np.concatenate([self.seen_s, np.full(more, -np.inf)])
        self._by_track[key] = number
        self.holder[number], self.misfits[number] = -1, 0
        self.seen_s[number] = -np.inf
        return number

    def of(self, holder: int) -> list[tuple[int, int]]:
        """The camera's place and the track of each piece of ``holder``'s."""
        return [self._keys[piece] for piece in np.flatnonzero(self.holder == holder).tolist()]

    def forget(self, before_s: float) -> None:
        """Tracks not seen since; their numbers are given again."""
        for number in np.flatnonzero(np.isfinite(self.seen_s) & (self.seen_s < before_s)).tolist():
            del self._by_track[self._keys[number]]
            self._free.append(number)
            self.holder[number], self.seen_s[number] = -1, -np.inf

    def release(self, holder: int, to: int = -1) -> None:
        """What belonged to ``holder`` is ``to``'s."""
        self.holder[self.holder == holder] = to
