"""Keys of 64 bits of many ids, in one piece of memory: small to hold, quick to look for."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]
Found = NDArray[np.bool_]


def keys_of(names: Iterable[str]) -> Keys:
    """Python's hash of a text is keyed anew in each process, so nobody can make two ids that meet;
    by chance, an event among a million of its day is taken for another once in
    10 000 000 000 000."""
    return np.fromiter(map(hash, names), np.int64)


class KeySet:
    """Keys in runs that are each in order, every run more than twice as long as the next: a set of
    n is a dozen of runs for a million, and each key is moved no more than log2(n) times (the
    logarithmic method, Bentley and Saxe 1980, https://doi.org/10.1016/0196-6774(80)90015-2).
    As texts in a set, ids of minutes lay all over the heap and held pages open that were else
    empty."""

    def __init__(self, step: int = 4_096) -> None:
        """Takes room for a multiple of ``step`` keys: 32 KB, which come from the system and go
        back to it (``miseban.camera.process.memory``)."""
        self._step = step
        self._room = np.empty(0, np.int64)
        self._ends: list[int] = []

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @property
    def room(self) -> int:
        """For how many keys there is."""
        return len(self._room)

    @property
    def all(self) -> Keys:
        """In no order; as they are until the next change."""
        return self._room[: len(self)]

    def add(self, keys: Keys) -> None:
        """Keys that are not among them."""
        if not len(keys):
            return
        n = len(self)
        self._hold(n + len(keys))
        self._room[n : n + len(keys)] = keys
        self._room[n : n + len(keys)].sort()
        self._ends.append(n + len(keys))
        self._merge()

    def among(self, asked: Keys) -> Found:
        """Which of ``asked`` are there; (N,)."""
        found = np.zeros(len(asked), bool)
        first = 0
        for end in self._ends:
            run = self._room[first:end]
            at = np.searchsorted(run, asked)
            at[at == len(run)] = 0
            found |= run[at] == asked
            first = end
        return found

    def drop(self, keys: Keys) -> None:
        """Those are not among them any more."""
        left = np.setdiff1d(self.all, keys, assume_unique=True)
        self._room[: len(left)] = left
        self._room[: len(left)].sort()
        self._ends = [len(left)] if len(left) else []

    def fit(self) -> None:
        """There will hardly be more: only as much room as is needed."""
        self._step = 1
        if self.room > len(self):
            self._room = self.all.copy()

    def expect(self, step: int) -> None:
        """There will be many: room is taken for multiples of ``step`` from now on."""
        self._step = step

    def _hold(self, n: int) -> None:
        if n > self.room:
            larger = np.empty(-(-n // self._step) * self._step, np.int64)
            larger[: len(self)] = self.all
            larger[len(self) :] = 0  # memory that nobody has written to is not there yet
            self._room = larger

    def _merge(self) -> None:
        """The last runs become one while the one before is no more than twice as long."""
        ends = self._ends
        while len(ends) > 1:
            first = ends[-3] if len(ends) > 2 else 0
            if ends[-2] - first > 2 * (ends[-1] - ends[-2]):
                return
            del ends[-2]
            self._room[first : ends[-1]].sort(kind="stable")  # which merges runs in order
