"""The network that tells bare columns from others: how it is trained."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from miseban.vision.shelf.columns import ColumnModel

Floats = NDArray[np.float32]

HIDDEN = (32, 16)
EPOCHS = 6
BATCH = 1024
RATE = 3e-3
DECAY = 1e-5
LEAST_SPREAD = 1e-2
"""Numbers that hardly differ are not made to."""


def trained(numbers: Floats, taken: Floats, seed: int) -> ColumnModel:
    """Columns that look like ``numbers`` (N, D), of which packages take the part ``taken`` (N,), 0
    to 1. Log loss, by Adam (Kingma and Ba, 2015), with a rate that falls as a cosine; the first
    weights as He et al. (2015) draw them. The same ``seed``, the same weights."""
    rng = np.random.default_rng(seed)
    mean = numbers.mean(axis=0, dtype=np.float64).astype(np.float32)
    spread = (numbers.std(axis=0, dtype=np.float64) + LEAST_SPREAD).astype(np.float32)
    sizes = (numbers.shape[1], *HIDDEN, 1)
    weights = [rng.normal(0, np.sqrt(2 / a), (a, b)).astype(np.float32) for a, b in pairwise(sizes)]
    biases = [np.zeros(size, np.float32) for size in sizes[1:]]
    adam = _Adam([*weights, *biases])
    steps = EPOCHS * (len(numbers) // BATCH)
    for step in range(steps):
        if step % (len(numbers) // BATCH) == 0:
            order = rng.permutation(len(numbers))
        which = order[step % (len(numbers) // BATCH) * BATCH :][:BATCH]
        slopes = _slopes((numbers[which] - mean) / spread, taken[which], weights, biases)
        adam.step(slopes, RATE / 2 * (1 + np.cos(np.pi * step / steps)))
    biases[0] = biases[0] - (mean / spread) @ weights[0]
    weights[0] = weights[0] / spread[:, None]
    return ColumnModel(tuple(weights), tuple(biases))


def _slopes(
    numbers: Floats, taken: Floats, weights: Sequence[Floats], biases: Sequence[Floats]
) -> list[Floats]:
    """How the mean loss grows with each weight, and then with each bias."""
    layers = [numbers]
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        layers.append(np.maximum(layers[-1] @ weight + bias, 0.0))
    odds = (layers[-1] @ weights[-1] + biases[-1])[:, 0]
    likely = 1 / (1 + np.exp(-np.clip(odds, -30.0, 30.0)))
    back = np.asarray(((likely - taken) / len(taken))[:, None], np.float32)
    by_weight: list[Floats] = []
    by_bias: list[Floats] = []
    for layer, weight in zip(reversed(layers), reversed(weights), strict=True):
        by_weight.append(layer.T @ back + DECAY * weight)
        by_bias.append(back.sum(axis=0))
        back = (back @ weight.T) * (layer > 0)
    return [*reversed(by_weight), *reversed(by_bias)]


class _Adam:
    """Changes ``values`` in place."""

    def __init__(self, values: Sequence[Floats]) -> None:
        self._values = values
        self._mean = [np.zeros_like(value) for value in values]
        self._square = [np.zeros_like(value) for value in values]
        self._steps = 0

    def step(self, slopes: Sequence[Floats], rate: float) -> None:
        self._steps += 1
        early, late = 1 - 0.9**self._steps, 1 - 0.999**self._steps
        for value, slope, mean, square in zip(
            self._values, slopes, self._mean, self._square, strict=True
        ):
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope * slope - square)
            value -= np.asarray(rate * (mean / early) / (np.sqrt(square / late) + 1e-8), np.float32)
