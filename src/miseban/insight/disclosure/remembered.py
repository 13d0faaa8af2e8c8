"""What may be told of the floor in times that are over, worked out once for each reader."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from miseban.insight.disclosure.stretches import Stretches
from miseban.journal.reader import JournalReader, Rollups

Ints = NDArray[np.int64]
MOST_CELLS: Final = 2_000_000
"""Of all parts that one reader keeps: some 80 MB."""


@dataclass(frozen=True)
class FloorPart:
    """``cells`` (K, 2) bands and columns, and of each the rest, (K,) as ``FloorTold`` has it, and
    ``dark`` besides: in none is nobody, told or not. ``less`` says whether anything is left out,
    here or in times that are not kept any more."""

    cells: NDArray[np.int32]
    seconds: Ints
    visits: Ints
    blocks: Ints
    hours: Ints
    spread: NDArray[np.float64]
    hidden: NDArray[np.bool_]
    dark: Ints
    less: bool


class Remembered:
    """Parts by what was asked, with what the roll-ups were that they are made from: a part counts
    only as long as these are the same, so that late events, and what is forgotten, take it away.
    May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts = OrderedDict[tuple[bytes, bytes, int], tuple[Rollups, FloorPart]]()
        self._cells = 0

    def get(self, asked: Stretches, k: int, rollups: Rollups) -> FloorPart | None:
        key = _key(asked, k)
        with self._lock:
            if key not in self._parts:
                return None
            if self._parts[key][0] != rollups:
                self._drop(key)
                return None
            self._parts.move_to_end(key)
            return self._parts[key][1]

    def put(self, asked: Stretches, k: int, rollups: Rollups, part: FloorPart) -> None:
        key = _key(asked, k)
        with self._lock:
            self._drop(key)
            self._parts[key] = rollups, part
            self._cells += _weight(part)
            while self._cells > MOST_CELLS:
                self._drop(next(iter(self._parts)))

    def _drop(self, key: tuple[bytes, bytes, int]) -> None:
        found = self._parts.pop(key, None)
        self._cells -= 0 if found is None else _weight(found[1])


def _key(asked: Stretches, k: int) -> tuple[bytes, bytes, int]:
    return asked.edges.tobytes(), asked.wanted.tobytes(), k


def _weight(part: FloorPart) -> int:
    return len(part.seconds) + 100


_OF_READERS: Final = WeakKeyDictionary[JournalReader, Remembered]()
_LOCK: Final = threading.Lock()


def remembered(reader: JournalReader) -> Remembered:
    with _LOCK:
        return _OF_READERS.setdefault(reader, Remembered())
