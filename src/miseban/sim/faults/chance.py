"""Chance that does not depend on the order of the questions."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_GOLDEN = 0x9E3779B97F4A7C15
_EVENLY = 2.0**-53


def uniform(name: str, number: NDArray[np.int64]) -> NDArray[np.float64]:
    """(N,) one value from [0, 1) for each ``number`` of the sequence called ``name``.

    The output function of SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, *Fast splittable
    pseudorandom number generators*, OOPSLA 2014) over a counter.
    """
    start = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    z = number.astype(np.uint64) * np.uint64(_GOLDEN) + np.uint64(start)  # wraps round
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return np.asarray((z >> np.uint64(11)).astype(np.float64) * _EVENLY, np.float64)


class Outages:
    """A camera that goes away and comes back from ``from_s`` to ``to_s``: away first, then there,
    each time for half to one and a half times ``mean_s``, drawn evenly."""

    def __init__(self, from_s: float, to_s: float, mean_s: float, name: str) -> None:
        self._to_s, self._mean_s = to_s, mean_s
        self._rng = random.Random(f"{name}/flap/{from_s}")
        self._edges = [from_s]  # away from the first, there from the second, and so on

    def away(self, time_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """(N,) whether the camera is away at these times."""
        if not len(time_s):
            return np.zeros(0, bool)
        self._draw(float(time_s.max()))
        passed = np.searchsorted(np.array(self._edges), time_s, side="right")
        mask: NDArray[np.bool_] = (passed % 2 == 1) & (time_s < self._to_s)
        return mask

    def before(self, until_s: float) -> Sequence[tuple[float, float]]:
        """Each time away that begins before ``until_s``, cut there, from and to."""
        last_s = min(until_s, self._to_s)
        self._draw(last_s)
        pairs = zip(self._edges[::2], self._edges[1::2], strict=False)
        return [(begin, min(end, last_s)) for begin, end in pairs if begin < last_s]

    def _draw(self, until_s: float) -> None:
        """Draws on beyond ``until_s``: the same values whoever asks, and when."""
        last_s = min(until_s, self._to_s)
        while self._edges[-1] <= last_s:
            step_s = self._mean_s * (0.5 + self._rng.random())
            self._edges.append(self._edges[-1] + step_s)
