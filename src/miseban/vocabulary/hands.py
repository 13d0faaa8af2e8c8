"""What a camera tells of hands at its facings, frame by frame: numbers, and no pixel."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

REMEMBERED = 2000
"""Changes and hands that may be referred to later; who is told of for months forgets older ones."""


@dataclass(frozen=True, slots=True)
class ArmSeen:
    """An arm. ``facing`` is the number of the facing at its hand, -1 where none is near; ``x`` and
    ``y`` are where the hand is and ``length`` how far from the body, in heights of the body whose
    it is; ``hand`` how large it looks there, with whatever it holds, in any unit; ``track`` whose
    it is, None where nobody is known near. ``rests_s`` is for how long the same has been seen at
    the hand: a hand comes from somewhere, what lies on a shelf was there."""

    facing: int
    x: float
    y: float
    length: float
    hand: float
    track: int | None
    rests_s: float = 0.0


@dataclass(frozen=True, slots=True)
class HandSeen:
    """Something was held out to facing number ``facing`` from ``since_s`` until ``until_s``, by
    ``track``, None where nobody is known near; ``sure`` is how likely it is a hand at the goods."""

    facing: int
    since_s: float
    until_s: float
    track: int | None
    sure: float


@dataclass(frozen=True, slots=True)
class ShelfChange:
    """Something on the shelf looks different from ``until_s`` on than it did up to ``from_s``.

    ``shares`` are the parts of the facings, by number, that changed. ``number`` counts changes;
    ``undoes`` is that of the one that this takes back, None where the shelf has not looked like
    this before. ``detail`` is the logarithm of how much more detail is seen there than before:
    goods have more of it than the board behind them. ``track`` is who is nearest, None where nobody
    is near. ``more`` is how likely there is more there than before and ``sure`` how likely it is
    goods that changed, both by how it looked the moment it came; ``sure`` is 0 for what was told
    only when nobody hid it any more.
    """

    number: int
    from_s: float
    until_s: float
    shares: dict[int, float]
    undoes: int | None
    detail: float
    track: int | None = None
    more: float = 0.5
    sure: float = 0.0


@dataclass(frozen=True, slots=True)
class HandsLook:
    """One frame, ``time_s`` seconds into the stream. ``hidden`` (F,) is the part of each facing
    that somebody stands or reaches in front of; ``hands`` are those that are over, and
    ``somebody`` says whether a body is near enough for hands to be told so."""

    time_s: float
    arms: list[ArmSeen] = field(default_factory=list)
    changes: list[ShelfChange] = field(default_factory=list)
    hidden: Floats = field(default_factory=lambda: np.empty(0))
    hands: list[HandSeen] = field(default_factory=list)
    somebody: bool = False
