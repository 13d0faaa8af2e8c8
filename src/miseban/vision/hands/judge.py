"""Whether a piece that changed is goods, and whether they came or went: a small network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WEIGHTS = "pieces.npz"
"""Beside this file; made by ``python -m miseban.learn.hands``."""


@dataclass(frozen=True, slots=True)
class PieceJudge:
    """Two layers: ``first`` (I, H) with ``bias`` (H,), of which the larger of what comes out and
    zero counts, then ``second`` (H, 3) with ``last`` (3,)."""

    first: Floats
    bias: Floats
    second: Floats
    last: Floats

    def chances(self, numbers: Floats) -> Floats:
        """(N, 3) of pieces like ``numbers`` (N, I), each row 1 in sum: no goods, gone, come."""
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
    return read(files("miseban.vision.hands").joinpath(WEIGHTS).read_bytes())
