"""The network that tells goods from arms: how it is trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from miseban.learn.hands.material import Material
from miseban.vision.hands.judge import PieceJudge

Doubles = NDArray[np.float64]

HIDDEN = 16
DECAY = 3e-3
"""How much large weights cost beside the mean log loss."""
LEAST_SPREAD = 1e-2
"""Numbers that hardly differ are not made to."""
STEPS = 400


def fitted_together(material: Material, seeds: Sequence[int], decay: float) -> PieceJudge:
    """One network for two kinds that is the mean of those of ``seeds``, in log odds: where few
    moments are known, they differ by more than what is learnt of more units."""
    many = [fitted(material, seed, kinds=2, decay=decay) for seed in seeds]
    return PieceJudge(
        np.concatenate([one.first for one in many], axis=1),
        np.concatenate([one.bias for one in many]),
        np.asarray(np.concatenate([one.second for one in many]) / len(many), np.float32),
        np.asarray(np.mean([one.last for one in many], axis=0), np.float32),
    )


def fitted(material: Material, seed: int, kinds: int = 3, decay: float = DECAY) -> PieceJudge:
    """Cross-entropy, by L-BFGS; the first weights as He et al. (2015) draw them. The same ``seed``,
    the same weights."""
    rng = np.random.default_rng(seed)
    numbers = material.numbers.astype(np.float64)
    mean, spread = numbers.mean(axis=0), numbers.std(axis=0) + LEAST_SPREAD
    scaled, wide = (numbers - mean) / spread, numbers.shape[1]
    truth, weight = np.eye(kinds)[material.kind], material.weight / material.weight.sum()
    shapes = (wide, HIDDEN), (HIDDEN,), (HIDDEN, kinds), (kinds,)

    def loss(values: Doubles) -> tuple[float, Doubles]:
        first, bias, second, last = _parts(values, shapes)
        before = scaled @ first + bias
        middle = np.maximum(before, 0.0)
        odds = middle @ second + last
        likely = np.exp(odds - odds.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        value = -float(weight @ np.log((likely * truth).sum(axis=1) + 1e-12))
        value += decay / 2 * float((first**2).sum() + (second**2).sum())
        back = weight[:, None] * (likely - truth)
        deeper = (back @ second.T) * (before > 0)
        slopes = (
            scaled.T @ deeper + decay * first, deeper.sum(axis=0),
            middle.T @ back + decay * second, back.sum(axis=0),
        )  # fmt: skip
        return value, np.concatenate([slope.ravel() for slope in slopes])

    start = np.concatenate([
        rng.normal(0, np.sqrt(2 / wide), wide * HIDDEN), np.zeros(HIDDEN),
        rng.normal(0, np.sqrt(2 / HIDDEN), HIDDEN * kinds), np.zeros(kinds),
    ])  # fmt: skip
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    first, bias, second, last = _parts(np.asarray(found.x, np.float64), shapes)
    bias = bias - (mean / spread) @ first
    first = first / spread[:, None]
    return PieceJudge(*(np.asarray(part, np.float32) for part in (first, bias, second, last)))


def _parts(values: Doubles, shapes: tuple[tuple[int, ...], ...]) -> list[Doubles]:
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(values, ends), shapes, strict=True)]
