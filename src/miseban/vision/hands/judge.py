"""Small networks: whether a piece that changed is goods, and whether they came or went; whether
what is held out to a facing is a hand at the goods."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WEIGHTS = "pieces.npz"
HAND_WEIGHTS = "hands.npz"
"""Beside this file; made by ``python -m miseban.learn.hands``."""


@dataclass(frozen=True, slots=True)
class PieceJudge:
    """Two layers: ``first`` (I, H) with ``bias`` (H,), of which the larger of what comes out and
    zero counts, then ``second`` (H, K) with ``last`` (K,). K is 3 for pieces: no goods, gone, come;
    2 for what is held out: no hand, a hand."""

    first: Floats
    bias: Floats
    second: Floats
    last: Floats

    def chances(self, numbers: Floats) -> Floats:
        """(N, K) of what is like ``numbers`` (N, I), each row 1 in sum."""
        odds = np.maximum(numbers @ self.first + self.bias, 0.0) @ self.second + self.last
        likely = np.exp(odds - odds.max(axis=1, keepdims=True))
        return np.asarray(likely / likely.sum(axis=1, keepdims=True), np.float32)

    def written(self) -> bytes:
        """What ``read`` reads."""
        file = BytesIO()
        np.savez_compressed(
            file, allow_pickle=False,
            first=self.first, bias=self.bias, second=self.second, last=self.last,
        )  # fmt: skip
        return file.getvalue()


def read(data: bytes) -> PieceJudge:
    with np.load(BytesIO(data), allow_pickle=False) as kept:
        first, bias, second, last = (
            np.asarray(kept[name], np.float32) for name in ("first", "bias", "second", "last")
        )
    return PieceJudge(first, bias, second, last)


@cache
def judge() -> PieceJudge:
    """The one that all facings share."""
    return _kept(WEIGHTS)


@cache
def hand_judge() -> PieceJudge:
    """The one for hands, which they share too."""
    return _kept(HAND_WEIGHTS)


def _kept(name: str) -> PieceJudge:
    return read(files("miseban.vision.hands").joinpath(name).read_bytes())
