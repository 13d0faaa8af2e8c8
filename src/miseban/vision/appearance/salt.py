"""Vectors of two days, or of two processes, do not compare: each has a turn of its own, drawn in
memory."""

from __future__ import annotations

import secrets
from datetime import date

import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Appearance
from miseban.vision.sealed import Sealed


class Salt(Sealed):
    """A turn of the space of vectors, at random, for the ``day`` it was drawn for. Angles between
    vectors of one salt are what they were; between those of two they say nothing. It is never
    kept, so nobody can turn a vector back."""

    __slots__ = ("_turn", "day")

    def __init__(self, day: date, length: int) -> None:
        rng = np.random.default_rng(secrets.randbits(128))
        turn, upper = np.linalg.qr(rng.standard_normal((length, length)))
        self._turn = (turn * np.sign(np.diag(upper))).astype(np.float32)
        self.day = day

    def seal(self, vector: NDArray[np.float32]) -> Appearance:
        """``vector`` (D,), not all zero, turned."""
        return Appearance(self._turn @ vector)
