"""From the numbers of a look to an opinion: logistic weights, at first the same for all facings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.shelf.judge import Opinion

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ShelfModel:
    """Weights (D,) of a look's numbers, in log odds, for "it is empty" and "it is low or empty",
    and those of the fill, whose sum is the fill itself."""

    empty: Doubles
    low: Doubles
    fill: Doubles

    def opinion(self, numbers: Doubles) -> Opinion:
        """Of one look, ``numbers`` (D,)."""
        empty, low = chance(float(numbers @ self.empty)), chance(float(numbers @ self.low))
        return Opinion(empty, max(empty, low), min(max(float(numbers @ self.fill), 0.0), 1.0))


def chance(odds: float) -> float:
    return 1 / (1 + float(np.exp(-np.clip(odds, -30.0, 30.0))))


def fitted(
    numbers: Doubles,
    answers: Doubles,
    prior: Doubles,
    stiff: Doubles | float,
    steps: int = 12,
    counts: Doubles | float = 1.0,
) -> Doubles:
    """Logistic weights (D,) for ``answers`` (N,), 0 or 1 (or between), to ``numbers`` (N, D), each
    of which counts as so many, ``counts`` (N,): the likeliest under a normal distribution around
    ``prior`` (D,) of precision ``stiff``, by Newton's method (Bishop, *Pattern Recognition and
    Machine Learning*, 2006, 4.3.3 and 4.5)."""
    weights = prior.copy()
    each = np.broadcast_to(np.asarray(counts, np.float64), answers.shape)
    precision = np.broadcast_to(np.asarray(stiff, np.float64), prior.shape)
    for _ in range(steps):
        likely = 1 / (1 + np.exp(-np.clip(numbers @ weights, -30, 30)))
        slope = numbers.T @ (each * (answers - likely)) - precision * (weights - prior)
        curve = (numbers * (each * likely * (1 - likely))[:, None]).T @ numbers + np.diag(precision)
        step = np.linalg.solve(curve, slope)
        length = float(np.abs(step).max())
        weights += step * min(1.0, 3.0 / max(length, 1e-9))
        if length < 1e-6:
            break
    return weights
