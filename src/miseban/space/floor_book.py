"""The floor's visits under way: the fusion has put them together, this only keeps them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.visit import Visit
from miseban.vocabulary.identifiers import VisitIds

Floats = NDArray[np.float64]


class FloorBook:
    """Visits by the fusion's number (``by_number``, number to slot).

    ``last_s`` (C,), ``last_xy`` (C, 2) metres, ``last_spread`` (C,) metres, ``observations`` (C,)
    and ``codes`` (C, Z) are of each visit's last sight; ``awaited`` (C,) whether facts of any kind
    from ``last_s`` on may yet come. Of the visits ``absent`` only stays that are open may still
    turn out to have lasted. Free slots are neither. What happened in a time unseen, ``gap`` (C, 2)
    from and to, may still be told ``doubt_s`` after it.
    """

    def __init__(self, zones: int, ids: VisitIds, doubt_s: float) -> None:
        self._ids, self._doubt_s = ids, doubt_s
        self.by_number: dict[int, int] = {}
        self._visits: list[Visit | None] = []
        self._free: list[int] = []
        self.absent: set[int] = set()
        self.last_s: Floats = np.empty(0)
        self.last_xy: Floats = np.empty((0, 2))
        self.last_spread: Floats = np.empty(0)
        self.observations: NDArray[np.int64] = np.empty(0, np.int64)
        self.codes: NDArray[np.int8] = np.empty((0, zones), np.int8)
        self.awaited: NDArray[np.bool_] = np.empty(0, bool)
        self._gap: Floats = np.empty((0, 2))
        self._grow(16)

    def _grow(self, by: int) -> None:
        n = len(self._visits)
        self.last_s = np.concatenate([self.last_s, np.zeros(by)])
        self.last_xy = np.concatenate([self.last_xy, np.zeros((by, 2))])
        self.last_spread = np.concatenate([self.last_spread, np.zeros(by)])
        self.observations = np.concatenate([self.observations, np.zeros(by, np.int64)])
        self.codes = np.concatenate([self.codes, np.zeros((by, self.codes.shape[1]), np.int8)])
        self.awaited = np.concatenate([self.awaited, np.zeros(by, bool)])
        self._gap = np.concatenate([self._gap, np.full((by, 2), -np.inf)])
        self._visits.extend([None] * by)
        self._free.extend(reversed(range(n, n + by)))

    def at(self, slot: int) -> Visit:
        """The visit in a slot that is in use."""
        visit = self._visits[slot]
        assert visit is not None  # noqa: S101 - slots handed out are in use until ``close``
        return visit

    def begin(self, number: int, time_s: float, xy: Floats) -> int:
        """Opens the visit of that number, seen first at ``time_s`` and ``xy`` (2,)."""
        if not self._free:
            self._grow(len(self._visits))
        slot = self._free.pop()
        mark = (time_s, float(xy[0]), float(xy[1]))
        self._visits[slot] = Visit(self._ids.next(), number, time_s, (mark, mark))
        self.by_number[number] = slot
        self.last_s[slot], self.last_xy[slot] = time_s, xy
        self.observations[slot], self.codes[slot], self.awaited[slot] = 0, 0, False
        self._gap[slot] = -np.inf
        return slot

    def scale(self, slot: int) -> float:
        """How uncertain the last place was, in metres."""
        return float(self.last_spread[slot])

    def waits_since_s(self) -> Floats:
        """(Z,): when the one who is missing longest, of whom facts about the zone may yet come,
        was last seen; infinite without anybody."""
        last_s = np.where(self._doubted(self.last_s), self._gap[:, 0], self.last_s)
        least = float(last_s[self.awaited].min(initial=np.inf))
        since = np.full(self.codes.shape[1], least)
        for slot in self.absent:
            for z in self.at(slot).stays:
                since[z] = min(since[z], float(self.last_s[slot]))
        return since

    def found(self, slot: int, from_s: float, to_s: float) -> None:
        """The visit was not seen between these moments."""
        if not self._doubted(np.full(len(self._gap), from_s))[slot]:
            self._gap[slot, 0] = from_s
        self._gap[slot, 1] = to_s

    def _doubted(self, at_s: Floats) -> NDArray[np.bool_]:
        doubted: NDArray[np.bool_] = at_s - self._gap[:, 1] < self._doubt_s
        return doubted

    def silent(self, before_s: float) -> list[int]:
        """Slots of those awaited that were not seen since ``before_s``, longest silent first."""
        slots = np.flatnonzero(self.awaited & (self.last_s < before_s))
        ordered: list[int] = slots[np.argsort(self.last_s[slots], kind="stable")].tolist()
        return ordered

    def close(self, number: int) -> None:
        """Forgets the visit of that number."""
        slot = self.by_number.pop(number)
        self._visits[slot] = None
        self.awaited[slot] = False
        self.absent.discard(slot)
        self._free.append(slot)
