"""Pieces of drawn shelves that changed, with the truth about what they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.learn.hands.filming import Film
from miseban.vision.hands import HandsWatch
from miseban.vision.hands.judge import PieceJudge
from miseban.vision.hands.pieces import NUMBERS, Piece
from miseban.vocabulary.hands import HandSeen

Floats = NDArray[np.float32]

EARLY_S, LATE_S = 0.06, 0.36
"""What changed so long before a deed, or after, was changed by it."""
UNSURE_S = 1.3
"""... and what changed up to here perhaps: it is not learnt from."""
BESIDE = 1.3
"""Goods of a facing may be seen in front of one so many widths off, and then count less."""
BESIDE_WEIGHT = 0.3


@dataclass(frozen=True)
class Material:
    """``numbers`` (N, D) of pieces, what they were, ``kind`` (N,): 0 no goods, 1 goods that went, 2
    goods that came; and how much each counts, ``weight`` (N,)."""

    numbers: Floats
    kind: NDArray[np.int64]
    weight: Floats


def material(film: Film, judge: PieceJudge | None = None) -> Material:
    """All pieces that came to rest in ``film``. What is taken for goods is by the truth, or by
    ``judge``: the shelf looks other after a mistake."""
    teacher = _Teacher(film, judge)
    polygons = [facing.polygon for facing in film.facings]
    watch = HandsWatch(polygons, *film.size, judge=teacher.chances, hands=_none)
    for look in film.looks:
        small = look.small.astype(np.float32)
        watch.look_at(small, look.time_s, look.people, look.boxes, look.tracks)
    return teacher.material()


def _none(numbers: Floats, hands: Sequence[HandSeen]) -> Floats:
    """Hands are learnt later, and of no use here."""
    del numbers
    return np.zeros(len(hands), np.float32)


def joined(many: Sequence[Material]) -> Material:
    return Material(
        np.concatenate([one.numbers for one in many]), np.concatenate([one.kind for one in many]),
        np.concatenate([one.weight for one in many]),
    )  # fmt: skip


class _Teacher:
    """Notes every piece, and what it was by the truth of ``film``."""

    def __init__(self, film: Film, judge: PieceJudge | None) -> None:
        shapes = [np.array(facing.polygon) for facing in film.facings]
        self._middles = np.array([shape.mean(axis=0) for shape in shapes])
        self._width = float(np.median([np.ptp(shape[:, 0]) for shape in shapes]))
        self._deeds = [deed for deed in film.deeds if deed.kind != "reach"]
        self._judge = judge
        self._numbers: list[Floats] = []
        self._what: list[int] = []
        self._weights: list[float] = []

    def material(self) -> Material:
        return Material(
            np.array(self._numbers, np.float32).reshape(-1, NUMBERS),
            np.array(self._what, np.int64), np.array(self._weights, np.float32),
        )  # fmt: skip

    def chances(self, pieces: Sequence[Piece]) -> Floats:
        """(N, 3) what is to be taken for goods."""
        for piece in pieces:
            what, weight = self._truth(piece)
            self._numbers.append(piece.numbers)
            self._what.append(what)
            self._weights.append(weight)
        if self._judge is not None:
            return self._judge.chances(np.stack([piece.numbers for piece in pieces]))
        return np.eye(3, dtype=np.float32)[self._what[-len(pieces) :]]

    def _truth(self, piece: Piece) -> tuple[int, float]:
        what, weight = 0, 1.0
        for deed in self._deeds:
            late_s = piece.since_s - deed.time_s
            if -EARLY_S <= late_s <= LATE_S and self._near(deed.facing, piece.facing):
                what = 2 if deed.kind == "put_back" else 1
                if deed.facing == piece.facing:
                    return what, 1.0
                weight = BESIDE_WEIGHT
            elif LATE_S < late_s <= UNSURE_S and not what and deed.facing == piece.facing:
                weight = 0.0
        return what, weight

    def _near(self, one: int, other: int) -> bool:
        across, down = np.abs(self._middles[one] - self._middles[other])
        return bool(across < BESIDE * self._width and down < 0.05 * self._width)
