"""Weights from examples: logistic regression whose signs are given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Floats = NDArray[np.float64]

RIDGE = 1.0


def fit(
    x: Floats, y: NDArray[np.bool_], weight: Floats, signs: Mapping[str, int]
) -> dict[str, float]:
    """The weights by feature that make ``y`` (N,) likeliest given ``x`` (N, K), K the features of
    ``signs``; examples count ``weight`` (N,). A small ridge keeps weights finite where the
    examples can be told apart perfectly (D. W. Hosmer, S. Lemeshow and R. X. Sturdivant, *Applied
    Logistic Regression*, 3rd ed. 2013). The first feature is the constant: it has no ridge."""
    scale = x.std(axis=0)
    scale[0] = 1.0
    z = x / np.where(scale > 0, scale, 1.0)
    ridge = np.full(x.shape[1], RIDGE)
    ridge[0] = 0.0

    def loss(w: Floats) -> tuple[float, Floats]:
        score = z @ w
        value = weight @ (np.logaddexp(0.0, score) - y * score) + 0.5 * ridge @ w**2
        return float(value), z.T @ (weight * (expit(score) - y)) + ridge * w

    bounds = [{1: (0.0, None), -1: (None, 0.0)}.get(sign, (None, None)) for sign in signs.values()]
    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds)
    weights = np.where(scale > 0, found.x / np.where(scale > 0, scale, 1.0), 0.0)
    return {name: round(float(w), 2) for name, w in zip(signs, weights, strict=True)}
