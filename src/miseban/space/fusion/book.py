"""What is remembered of each visit until it ends: its number, pieces, cameras and certainty."""

from __future__ import annotations

from dataclasses import dataclass, field

from miseban.vocabulary.floor import EndedVisit

UNSEEN_BIRTH, UNSEEN_END = 0.5, 0.7
"""How sure it is that a visit is whole that began, or ended, where there is no door."""


@dataclass(slots=True)
class Entry:
    """``last`` is the camera's place and the track of its newest piece; ``certainty`` the product
    of the posteriors of its links."""

    number: int = -1
    pieces: int = 0
    cameras: set[int] = field(default_factory=set)
    last: tuple[int, int] = (-1, -1)
    certainty: float = 1.0

    def take(self, other: Entry, chance: float) -> None:
        """What ``other`` has is its own, with so much certainty."""
        self.pieces += other.pieces
        self.cameras |= other.cameras
        self.certainty *= other.certainty * chance


class Book:
    """Entries by uid, of visits and of those who may become one."""

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self._entries: dict[int, Entry] = {}
        self._numbers: dict[int, int] = {}
        self._visits = 0
        self._ended: list[EndedVisit] = []

    def entry(self, uid: int) -> Entry:
        return self._entries.setdefault(uid, Entry())

    def number_of(self, uid: int) -> int:
        """The visit of a uid, also of one that became part of another; -1 where it is nobody's."""
        return self._numbers.get(uid, -1)

    def name(self, uid: int, *, at_door: bool) -> int:
        """A new visit's number."""
        self._visits += 1
        entry = self.entry(uid)
        entry.number = self._numbers[uid] = self._visits
        if not at_door:
            entry.certainty *= UNSEEN_BIRTH
        return self._visits

    def join(self, kept: int, gone: int, chance: float) -> None:
        """What was ``gone``'s is ``kept``'s. If both are visits, ``gone`` ends."""
        entry, other = self.entry(kept), self._entries.pop(gone, Entry())
        if entry.number < 0 or other.number == entry.number:
            entry.number = max(entry.number, other.number)
        elif other.number >= 0:
            self._tell(other, 0.0)
        entry.take(other, chance if other.number < 0 or chance < 1 else 1.0)
        if entry.number >= 0:
            self._numbers[kept] = self._numbers[gone] = entry.number

    def forget(self, uid: int) -> None:
        self._entries.pop(uid, None)

    def end(self, uid: int, *, at_door: bool) -> None:
        entry = self._entries.pop(uid, Entry())
        if entry.number >= 0:
            self._tell(entry, entry.certainty * (1.0 if at_door else UNSEEN_END))

    def _tell(self, entry: Entry, certainty: float) -> None:
        cameras = tuple(sorted(self._names[k] for k in entry.cameras))
        sure = min(max(certainty, 0.0), 1.0)
        self._ended.append(EndedVisit(entry.number, max(entry.pieces, 1), cameras, sure))

    def ended(self) -> list[EndedVisit]:
        ended, self._ended = self._ended, []
        return ended

    def prune(self, waiting: set[int]) -> None:
        """Numbers of those who are over, and of whom nothing waits to be told, are forgotten."""
        self._numbers = {
            uid: number
            for uid, number in self._numbers.items()
            if uid in self._entries or uid in waiting
        }
