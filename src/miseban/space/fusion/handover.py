"""Who was lost and who appears: how likely it is one person, by time, way, direction and height."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.settings import FusionSettings

Floats = NDArray[np.float64]

_POPULATION_M = 0.15  # standard deviation of how tall people are, children among them


def likelihood(
    lost_xy: Floats,
    lost_v: Floats,
    gap_s: Floats,
    new_xy: Floats,
    settings: FusionSettings,
) -> Floats:
    """(N,) the logarithm of the density in 1/m² with which somebody who was last seen at ``lost_xy``
    (N, 2), with velocity ``lost_v`` (N, 2), is seen again ``gap_s`` (N,) later at ``new_xy``
    (N, 2); minus infinity beyond what can be walked.

    A mixture: stayed there, walked on, or went somewhere.
    """
    way = new_xy - lost_xy
    far = np.hypot(*way.T)
    on = way - lost_v * np.minimum(gap_s, 4.0)[:, None]
    stay = _normal(far, np.full(len(far), 0.3))
    go = _normal(np.hypot(*on.T), 0.3 + 0.4 * gap_s)
    wander = _normal(far, np.minimum(0.5 + 0.5 * gap_s, 8.0))
    going = 0.4 * np.exp(-gap_s / 4)
    total = (1 - going) * (0.4 * stay + 0.6 * wander) + going * go
    with np.errstate(divide="ignore"):
        result: Floats = np.log(total)
    result[far > 0.6 + settings.speed_mps * gap_s] = -np.inf
    return result


def tallness(one: Floats, error_one: Floats, other: Floats, error_other: Floats) -> Floats:
    """(N,) log likelihood ratio that two measured statures are of one person; 0 where one is not
    known."""
    difference = np.square(one - other)
    same = np.square(error_one) + np.square(error_other) + 0.03**2
    any_two = same + 2 * _POPULATION_M**2
    ratio = (difference / any_two - difference / same + np.log(any_two / same)) / 2
    return np.where(np.isfinite(ratio), np.clip(ratio, -6.0, 3.0), 0.0)


def _normal(distance: Floats, sigma: Floats) -> Floats:
    """Density of a round two-dimensional normal distribution."""
    result: Floats = np.exp(-np.square(distance / sigma) / 2) / (2 * np.pi * np.square(sigma))
    return result
