"""Ids as numbers of 64 bits: a day of them takes a tenth of the memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray


def hashed(text: str) -> int:
    """The same number for the same id in every process. Among a hundred million ids two are the
    same with a chance of one in four thousand."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


class Once:
    """Ids that have been, 8 bytes each."""

    def __init__(self) -> None:
        self._numbers = array("Q")  # in order

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, text: str) -> bool:
        """Whether it is new."""
        number = hashed(text)
        at = bisect_left(self._numbers, number)
        if at < len(self._numbers) and self._numbers[at] == number:
            return False
        self._numbers.insert(at, number)
        return True


class Moments:
    """When each of many ids was last heard of, for those who may be heard of once more. Kept in
    sorted arrays of ``_TOGETHER`` entries or more, 16 bytes an id."""

    _TOGETHER = 20_000

    def __init__(self) -> None:
        self._parts: list[tuple[NDArray[np.uint64], NDArray[np.int64]]] = []

    def add(self, ids: list[int], micros: list[int]) -> None:
        """Moments in microseconds since 1970."""
        if not ids:
            return
        new = np.array(ids, np.uint64), np.array(micros, np.int64)
        if self._parts and len(self._parts[-1][0]) < self._TOGETHER:
            last = self._parts.pop()
            new = np.concatenate([last[0], new[0]]), np.concatenate([last[1], new[1]])
        order = np.argsort(new[0], kind="stable")
        self._parts.append((new[0][order], new[1][order]))

    def get(self, one: int) -> int | None:
        """The newest moment of ``one``."""
        wanted, found = np.uint64(one), None
        for ids, micros in self._parts:
            at = int(np.searchsorted(ids, wanted))
            while at < len(ids) and ids[at] == wanted:
                found = max(int(micros[at]), found or 0)
                at += 1
        return found

    def forget(self, before: int) -> None:
        """Those of before that moment."""
        kept = []
        for ids, micros in self._parts:
            if micros.min() < before:
                some = micros >= before
                ids, micros = ids[some], micros[some]
            if len(ids):
                kept.append((ids, micros))
        self._parts = kept
