"""How people move: a Kalman filter for all visits at once, position and velocity on the floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


CALM, BRISK_MPS = 0.25, 0.5
"""Who stands is pushed so much less than who walks so fast."""


SWAY_M2S = 0.002
"""Variance in a second of who stands."""


class Motion:
    """Velocity that forgets itself in ``turn_s`` and is driven by white noise of ``push`` m²/s³ (an
    Ornstein-Uhlenbeck process: Y. Bar-Shalom, X. Li and T. Kirubarajan, *Estimation with
    Applications to Tracking and Navigation*, 2001, 8.2). States are (V, 4): x, y and their speeds.
    """

    def __init__(self, step_s: float, turn_s: float, push: float) -> None:
        self._step_s = step_s
        fade = float(np.exp(-step_s / turn_s))
        self._move = np.eye(4)
        self._move[[0, 1], [2, 3]] = turn_s * (1 - fade)
        self._move[[2, 3], [2, 3]] = fade
        self._noise = np.zeros((4, 4))
        for k in (0, 1):
            self._noise[k, k] = push * step_s**3 / 3
            self._noise[k, k + 2] = self._noise[k + 2, k] = push * step_s**2 / 2
            self._noise[k + 2, k + 2] = push * step_s

    def predict(self, x: Floats, p: Floats) -> tuple[Floats, Floats]:
        """States (V, 4) and covariances (V, 4, 4) one step later."""
        # Who stands goes on standing, mostly.
        pace = np.hypot(x[:, 2], x[:, 3])
        push = CALM + (1 - CALM) * np.minimum(pace / BRISK_MPS, 1.0)
        noise = self._noise * push[:, None, None]
        return x @ self._move.T, self._move @ p @ self._move.T + noise

    def rest(self, x: Floats, p: Floats, at: Ints) -> None:
        """Those at places ``at`` (K,) stood when they were last seen: they stay, and sway."""
        x[at, 2:] = 0.0
        p[at[:, None], [0, 1], [0, 1]] += SWAY_M2S * self._step_s


def correct(x: Floats, p: Floats, rest: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """After sights that lie ``rest`` (V, 2) from the predicted places, with errors (V, 2, 2)."""
    gain = p[:, :, :2] @ inverse(p[:, :2, :2] + spread)
    x = x + (gain @ rest[:, :, None])[:, :, 0]
    p = p - gain @ p[:, :2, :]
    return x, (p + p.transpose(0, 2, 1)) / 2


def inverse(m: Floats) -> Floats:
    """Of symmetric matrices (N, 2, 2)."""
    a, b, d = m[:, 0, 0], m[:, 0, 1], m[:, 1, 1]
    scale = 1 / (a * d - b * b)
    result = np.empty_like(m)
    result[:, 0, 0], result[:, 1, 1] = d * scale, a * scale
    result[:, 0, 1] = result[:, 1, 0] = -b * scale
    return result


def distance2(rest: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """(N,) squared Mahalanobis distances of (N, 2) under (N, 2, 2), and (N,) the logarithm of the
    determinants."""
    a, b, d = spread[:, 0, 0], spread[:, 0, 1], spread[:, 1, 1]
    det = a * d - b * b
    x, y = rest[:, 0], rest[:, 1]
    return (d * x * x - 2 * b * x * y + a * y * y) / det, np.log(det)
