"""What is held out to drawn shelves, with the truth about which of it are hands at the goods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from miseban.learn.hands.filming import Deed, Film
from miseban.learn.hands.material import Material
from miseban.vision.hands import HandsWatch
from miseban.vision.hands.judge import PieceJudge
from miseban.vision.hands.outstretched import NUMBERS
from miseban.vocabulary.hands import HandSeen

Floats = NDArray[np.float32]

SOONEST_S, LATEST_S = 0.3, 1.45
"""A hand is at the goods so long after its arm was stretched out."""
AFTER_S = 2.2
"""What was held out so long before may be the same arm: it is not learnt from. What begins at a
deed or after it is an arm on its way back: no hand, as much as anything else."""
REACH_WEIGHT, DEED_WEIGHT = 2.5, 0.7
"""A hand that takes nothing is told by this network alone, the others by what changed too."""


def held_out(film: Film, judge: PieceJudge) -> Material:
    """All that was held out in ``film``, facing by facing: kind 1 where a hand was at the goods,
    whatever it did there, else 0. ``judge`` tells goods, as it will later."""
    teacher = _Teacher(film)
    watch = HandsWatch(
        [facing.polygon for facing in film.facings], *film.size,
        judge=lambda pieces: judge.chances(np.stack([piece.numbers for piece in pieces])),
        hands=teacher.chances,
    )  # fmt: skip
    for look in film.looks:
        small = look.small.astype(np.float32)
        watch.look_at(small, look.time_s, look.people, look.boxes, look.tracks)
    return teacher.material()


class _Teacher:
    """Notes what was held out, and what it was by the truth of ``film``."""

    def __init__(self, film: Film) -> None:
        self._deeds = film.deeds
        self._numbers: list[Floats] = []
        self._kinds: list[int] = []
        self._weights: list[float] = []

    def material(self) -> Material:
        return Material(
            np.concatenate([np.empty((0, NUMBERS), np.float32), *self._numbers]),
            np.array(self._kinds, np.int64), np.array(self._weights, np.float32),
        )  # fmt: skip

    def chances(self, numbers: Floats, hands: Sequence[HandSeen]) -> Floats:
        """(N,) nothing is a hand: what is told is of no use here."""
        self._numbers.append(numbers)
        for hand in hands:
            kind, weight = _truth(hand, self._deeds)
            self._kinds.append(kind)
            self._weights.append(weight)
        return np.zeros(len(hands), np.float32)


def _truth(hand: HandSeen, deeds: Sequence[Deed]) -> tuple[int, float]:
    """Whether ``hand`` is one, and how much it counts."""
    after = [(d.time_s - hand.since_s, d.kind) for d in deeds if d.facing == hand.facing]
    done = [kind for late_s, kind in after if SOONEST_S <= late_s <= LATEST_S]
    if done:
        return 1, REACH_WEIGHT if "reach" in done else DEED_WEIGHT
    if any(LATEST_S < late_s < AFTER_S for late_s, _ in after):
        return 0, 0.0
    return 0, 1.0
