"""The weights that judge facings by the numbers of a look."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from miseban.learn.people.fitting import fit
from miseban.vision.shelf import FEATURES

Doubles = NDArray[np.float64]

SIGNS = dict.fromkeys(FEATURES, -1) | {
    "always": 0, "empty_known": 0, "brighter": 0, "edges_when_full": 0, "fits_empty": 1,
    "off_full": 1,
}  # fmt: skip
"""Whether more of it may speak for empty or low (1), only against (-1), or both (0). What speaks
the wrong way in drawn pictures, by chance, would do so on shelves of another kind."""
LOW = 1 / 3 + 1e-6
"""A facing is low that is at most so full."""
COUNTS = 2000.0
"""So many looks all of them count as, beside the ridge of one."""
NEAR = 0.02
"""Errors of the fill count by their size, and less the smaller they are below this."""


def judged(numbers: Doubles, fill: Doubles, weight: Doubles) -> dict[str, tuple[float, ...]]:
    """By feature the weights for "empty", for "low or empty" and for the fill, of looks like
    ``numbers`` (N, D) at facings so full, ``fill`` (N,), which count ``weight`` (N,)."""
    share = weight * (COUNTS / weight.sum())
    empty = fit(numbers, fill <= 0, share, SIGNS)
    low = fit(numbers, fill <= LOW, share, SIGNS)
    part = _filled(numbers, fill, weight)
    return {
        name: (empty[name], low[name], round(float(part[n]), 4)) for n, name in enumerate(FEATURES)
    }


def _filled(numbers: Doubles, fill: Doubles, weight: Doubles) -> Doubles:
    """(D,) the weights whose sum is nearest to the fill, on average without sign (Huber's loss,
    1964), and a little ridge; sums beyond 0 and 1 are as good as these."""
    scale = np.maximum(numbers.std(axis=0), 1e-3)
    scale[0] = 1.0
    scaled = numbers / scale
    share = weight / weight.sum()
    full = np.where(fill >= 1, np.inf, fill)
    none = np.where(fill <= 0, -np.inf, fill)

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        told = scaled @ weights
        off = told - np.clip(told, none, full)
        size = np.sqrt(off**2 + NEAR**2)
        value = float(share @ (size - NEAR)) + 1e-4 * float(weights[1:] @ weights[1:])
        slope = scaled.T @ (share * off / size)
        slope[1:] += 2e-4 * weights[1:]
        return value, slope

    found = minimize(loss, np.zeros(numbers.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / scale, np.float64)
