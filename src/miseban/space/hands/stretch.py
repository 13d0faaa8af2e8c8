"""An arm stretched out to one place, and the touch that it may turn out to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from miseban.vocabulary.events import Touch
from miseban.vocabulary.hands import ShelfChange

SOON_S = 1.0
"""A hand is at the goods so long after its arm was stretched out, if it stays for longer."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A hand was at facing number ``facing`` at ``time_s``; ``track`` whose it was."""

    facing: int
    kind: Touch
    time_s: float
    track: int | None
    confidence: float


@dataclass(slots=True)
class Stretch:
    """An arm stretched out to one place; ``fresh`` if what is seen at its hand came with it."""

    track: int | None
    x: float
    y: float
    time_s: list[float] = field(default_factory=list)
    hand: list[float] = field(default_factory=list)
    facings: list[int] = field(default_factory=list)
    hidden: list[float] = field(default_factory=list)
    length: float = 0.0
    somebody: bool = False
    fresh: bool = True
    told: bool = False
    changed: int = -1
    open_since_s: float | None = None

    @property
    def begin_s(self) -> float:
        return self.time_s[0]

    @property
    def end_s(self) -> float:
        return self.time_s[-1]

    @property
    def there_s(self) -> float:
        """When the hand was at the goods: halfway, and soon where it stays."""
        return self.begin_s + min((self.end_s - self.begin_s) / 2, SOON_S)

    def facing(self) -> int:
        """Where most of it was; -1 for no facing."""
        return max(set(self.facings), key=self.facings.count)

    def part_at(self, facing: int) -> float:
        return self.facings.count(facing) / len(self.facings)

    def fits(self, change: ShelfChange, beside_s: float) -> bool:
        """Whether the arm was out while ``change`` came, give or take ``beside_s``."""
        return self.begin_s - beside_s <= change.until_s and self.end_s + beside_s >= change.from_s

    def distance(self, change: ShelfChange) -> tuple[float, float]:
        """How little it was where ``change`` is, and how far off in time; the least fits best."""
        there = sum(self.part_at(f) * (share > 0) for f, share in change.shares.items())
        middle_s = (change.from_s + change.until_s) / 2
        outside_s = max(0.0, self.begin_s - middle_s, middle_s - self.end_s)
        return -round(there, 1), outside_s


def doubt(change: ShelfChange, past: Sequence[Stretch], beside_s: float) -> tuple[float, ...]:
    """How unsure it is which of the ``past`` made ``change``, the surest first; then the small."""
    by = [one.distance(change) for one in past if one.fits(change, beside_s)]
    return (*min(by, default=(1.0, 0.0)), -sum(change.shares.values()))
