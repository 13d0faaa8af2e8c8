"""What was taken or brought, and what of a change on the shelf tells which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from miseban.space.hands.settings import HandlingSettings
from miseban.space.hands.stretch import Stretch
from miseban.vocabulary.events import Touch
from miseban.vocabulary.hands import REMEMBERED, ShelfChange

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Deed:
    """A piece was taken or brought at ``time_s``; ``shares`` are the parts of the facings, by
    number, that changed until ``until_s``, ``track`` whose deed it was, None where nobody knows."""

    time_s: float
    until_s: float
    track: int | None
    shares: dict[int, float]
    kind: Touch

    @property
    def facing(self) -> int:
        """Where most of it was."""
        return max(self.shares, key=self.shares.__getitem__)


def is_second(
    change: ShelfChange, more: bool, deeds: Sequence[Deed], settings: HandlingSettings
) -> bool:
    """Whether the same was done at the same facing a moment ago."""
    facing = max(change.shares, key=change.shares.__getitem__)
    return any(
        deed.facing == facing and (deed.kind == "put_back") == more
        and abs(change.until_s - deed.time_s) < settings.twice_s
        for deed in deeds
    )  # fmt: skip


def is_rest(change: ShelfChange, deeds: Sequence[Deed], settings: HandlingSettings) -> bool:
    """Whether ``change`` is the rest of one that was told: the same piece, of which parts are
    seen, at once or as soon as nobody hides them any more: what the hand hid is seen when it has
    left."""
    once_s = settings.once_s
    left_s = once_s if change.sure else settings.left_s
    return any(
        change.from_s - left_s < deed.until_s < change.until_s + once_s
        and _common(change.shares, deed.shares) > settings.common_part
        for deed in deeds
    )


def _common(one: Mapping[int, float], other: Mapping[int, float]) -> float:
    """How much of the smaller of two changes is at the same facings: who takes a piece beside
    another may brush what stands there."""
    both = sum(min(share, other.get(facing, 0.0)) for facing, share in one.items())
    return both / max(min(sum(one.values()), sum(other.values())), 1e-9)


def more_than_before(
    change: ShelfChange, one: Stretch | None, known: Mapping[int, bool], settings: HandlingSettings
) -> bool:
    """Whether there is more on the shelf after ``change``."""
    score = -0.8  # customers take
    if change.undoes is not None and change.undoes in known:
        score += -4.0 if known[change.undoes] else 4.0
    if one is not None:
        at_s = (change.from_s + change.until_s) / 2
        time_s, hand = np.array(one.time_s), np.array(one.hand)
        before, after = hand[time_s < at_s], hand[time_s > at_s]
        if len(before) > 1 and len(after) > 1:
            grown = float(np.log((np.median(after) + 5) / (np.median(before) + 5)))
            score -= float(np.clip(grown, -1.0, 1.0))
    # Where most of a facing changed, goods have more edges than the board behind them; where
    # one piece of many went, the gap has as many as the piece had.
    large = max(change.shares.values(), default=0.0) >= settings.large_part
    score += (2.0 if large else 0.2) * float(np.clip(change.detail, -1.0, 1.0))
    return score > 0


def forget(held: dict[K, V]) -> None:
    """The oldest of more than ``REMEMBERED``."""
    while len(held) > REMEMBERED:
        del held[next(iter(held))]
