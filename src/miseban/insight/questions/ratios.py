"""How many times as often something happened in one time as in another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

SURE = 0.95


class Ratio(NamedTuple):
    """``value`` is none where nothing was counted in the other time; ``high`` is then infinite."""

    value: float | None
    low: float
    high: float


def rate_ratio(n: int, seconds: float, other_n: int, other_seconds: float) -> Ratio | None:
    """The ratio of two Poisson rates, ``n`` events in ``seconds`` to ``other_n`` in
    ``other_seconds``, with its 95 % interval: given their sum, how many of the events fell into the
    first time is binomial, whose exact interval is that of C. J. Clopper and E. S. Pearson
    (Biometrika 26, 1934; J. Przyborowski and H. Wilenski, Biometrika 31, 1940, for the ratio).

    None where there was nothing at all, or one of the times has no length.
    """
    if n + other_n == 0 or seconds <= 0 or other_seconds <= 0:
        return None
    tail = (1 - SURE) / 2
    low = float(betaincinv(n, other_n + 1, tail)) if n else 0.0
    high = float(betaincinv(n + 1, other_n, 1 - tail)) if other_n else 1.0
    per = other_seconds / seconds
    value = per * n / other_n if other_n else None
    return Ratio(value, per * _odds(low), per * _odds(high))


def share_ends(
    some: NDArray[np.float64] | NDArray[np.int64], of: NDArray[np.float64] | NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ends (N,) of the exact 95 % interval (Clopper and Pearson, as above) of the chance that
    ``some`` (N,) ``of`` (N,) people did it: how sure a share of so few people is, whatever may be
    wrong with the counts. Not a number where nobody was there, or more than were."""
    x, n = np.asarray(some, np.float64), np.asarray(of, np.float64)
    tail = (1 - SURE) / 2
    known = (n > 0) & (x >= 0) & (x <= n)
    x, n = np.where(known, x, 0.0), np.where(known, n, 1.0)
    low = np.where(x > 0, betaincinv(np.maximum(x, 1e-9), n - x + 1, tail), 0.0)
    high = np.where(x < n, betaincinv(x + 1, np.maximum(n - x, 1e-9), 1 - tail), 1.0)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else float("inf")
