"""From what the truth may be to two ends: the set that is right 95 times in 100, not more often.

A count is a whole number, and a good counter is right most of the time: {n} alone may hold the
truth 97 times in 100. An interval that must reach 95 % in every single case then holds it 99 times
on average, and tells people that they know less than they do. So a value at the border is taken in
only while half of its chance is still missing: the mid-P rule (Lancaster, JASA 56, 1961; Agresti
and Coull, The American Statistician 52, 1998, on why coverage should be right on average).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95


def shortest(draws: NDArray[np.int64], level: float = LEVEL) -> tuple[int, int]:
    """The ends of the shortest run of whole numbers that holds ``level`` of ``draws`` (S,), by
    the mid-P rule. It begins at the most frequent value and grows to the likelier side."""
    lowest = int(draws.min())
    chance = np.bincount(draws - lowest) / len(draws)
    first = last = int(chance.argmax())
    held = float(chance[first])
    while first > 0 or last < len(chance) - 1:
        below = float(chance[first - 1]) if first > 0 else -1.0
        above = float(chance[last + 1]) if last < len(chance) - 1 else -1.0
        if held + max(below, above, 0.0) / 2 >= level:
            break
        if above >= below:
            last, held = last + 1, held + above
        else:
            first, held = first - 1, held + below
    return lowest + first, lowest + last


def middle(draws: NDArray[np.float64], level: float = LEVEL) -> tuple[float, float]:
    """The ends between which the middle ``level`` of ``draws`` (S,) lie."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
