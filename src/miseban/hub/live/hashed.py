"""Ids as numbers of 64 bits: a day of them takes a tenth of the memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray


def hashed(text: str) -> int:
    """The same number for the same id in every process. Among a hundred million ids two are the
    same with a chance of one in four thousand."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


class Once:
    """Ids that have been, 8 bytes each, in order. Room for ``ROOM`` is there from the start, half a
    megabyte, and for as many more whenever that is full: what a hub takes is to be what it will
    take at night."""

    ROOM: Final = 65_536

    def __init__(self) -> None:
        self._n = 0
        self._numbers = array("Q", bytes(8 * self.ROOM))

    def add(self, text: str) -> bool:
        """Whether it is new."""
        number, end = hashed(text), self._n
        at = bisect_left(self._numbers, number, 0, end)
        if at < end and self._numbers[at] == number:
            return False
        if end == len(self._numbers):
            self._numbers.frombytes(bytes(8 * self.ROOM))
        with memoryview(self._numbers) as all_:
            all_[at + 1 : end + 1] = all_[at:end]
        self._numbers[at] = number
        self._n += 1
        return True

    def clear(self) -> None:
        """None has been."""
        self._n = 0


class Moments:
    """When each of many ids was last heard of, for those who may be heard of once more. Kept in
    sorted arrays of up to ``_TOGETHER`` entries, 16 bytes an id, each made in full."""

    _TOGETHER = 20_000

    def __init__(self) -> None:
        self._parts: list[_Part] = []

    def add(self, ids: list[int], micros: list[int]) -> None:
        """Moments in microseconds since 1970."""
        at = 0
        while at < len(ids):
            if not self._parts or not self._parts[-1].room:
                self._parts.append(_Part(self._TOGETHER))
            some = slice(at, at + self._parts[-1].room)
            self._parts[-1].add(ids[some], micros[some])
            at = some.stop

    def get(self, one: int) -> int | None:
        """The newest moment of ``one``."""
        wanted, found = np.uint64(one), None
        for part in self._parts:
            ids = part.ids
            at = int(np.searchsorted(ids, wanted))
            while at < len(ids) and ids[at] == wanted:
                found = max(int(part.micros[at]), found or 0)
                at += 1
        return found

    def forget(self, before: int) -> None:
        """Those of before that moment."""
        for part in self._parts:
            part.forget(before)
        self._parts = [part for part in self._parts if len(part.ids)]


class _Part:
    """Room for ``most`` entries, all of it written to at once."""

    def __init__(self, most: int) -> None:
        self._ids, self._micros = np.full(most, 0, np.uint64), np.full(most, 0, np.int64)
        self._n = 0

    @property
    def room(self) -> int:
        return len(self._ids) - self._n

    @property
    def ids(self) -> NDArray[np.uint64]:
        """In order."""
        return self._ids[: self._n]

    @property
    def micros(self) -> NDArray[np.int64]:
        return self._micros[: self._n]

    def add(self, ids: list[int], micros: list[int]) -> None:
        at, self._n = self._n, self._n + len(ids)
        self._ids[at : self._n], self._micros[at : self._n] = ids, micros
        order = np.argsort(self.ids, kind="stable")
        self.ids[:], self.micros[:] = self.ids[order], self.micros[order]

    def forget(self, before: int) -> None:
        stay = self.micros >= before
        if stay.all():
            return
        ids, micros = self.ids[stay], self.micros[stay]
        self._n = len(ids)
        self.ids[:], self.micros[:] = ids, micros
