"""Who was lost and who appears: how likely it is one person, by time, way, direction and height."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.settings import FusionSettings

Floats = NDArray[np.float64]

_POPULATION_M = 0.15  # standard deviation of how tall people are, children among them
_LASTING_M = 0.02  # of what more sights do not mend
_STOOPS = 0.02


def likelihood(
    way: Floats, speed: Floats, gap_s: Floats, error_m2: Floats, settings: FusionSettings
) -> Floats:
    """(N,) the logarithm of the density in 1/m² with which somebody last seen with velocity
    ``speed`` (N, 2) is seen again ``gap_s`` (N,) later and ``way`` (N, 2) away, where both places
    together are uncertain by ``error_m2`` (N,) square metres; minus infinity beyond what can be
    walked.

    A mixture: who stood still stays or walks off some time; who walked goes on, turns, or stops
    somewhere not far.
    """
    s = settings
    far2 = np.square(way).sum(axis=1)
    pace = np.hypot(*speed.T)
    on2 = np.square(way - speed * np.minimum(gap_s, 14.0)[:, None]).sum(axis=1)
    stood = 1 / (1 + np.exp(np.clip((pace - 0.25) / 0.05, -30, 30)))
    stayed = 0.95 * np.exp(-gap_s / 90.0)
    going = 0.7 * np.exp(-np.square(gap_s / 16.0))
    stay = _normal(far2, error_m2 + s.sway_m**2 + 0.01**2 * np.minimum(gap_s, 30.0))
    turn = _normal(far2, error_m2 + np.square(0.1 + np.minimum(0.7 * gap_s, 6.0)))
    rest = _normal(far2, error_m2 + np.square(np.minimum(0.1 + 0.4 * gap_s, 1.5)))
    go = _normal(on2, error_m2 + np.square(0.1 + 0.25 * gap_s))
    still = stayed * stay + (1 - stayed) * (0.5 * turn + 0.5 * rest)
    moving = going * go + (1 - going) * (0.5 * turn + 0.5 * rest)
    with np.errstate(divide="ignore"):
        result: Floats = np.log(stood * still + (1 - stood) * moving)
    result[far2 > np.square(s.reach_base_m + s.speed_mps * np.maximum(gap_s, 0.0))] = -np.inf
    return result


def direction(way: Floats, pace: Floats) -> Floats:
    """(N,) log likelihood ratio that somebody who now walks with velocity ``pace`` (N, 2) has come
    ``way`` (N, 2): who comes from far goes on the same way, mostly."""
    far, fast = np.hypot(*way.T), np.hypot(*pace.T)
    cosine = (way * pace).sum(axis=1) / np.maximum(far * fast, 1e-9)
    # Evenly spread directions have a mean of 1.
    ratio = 0.2 + 0.8 * np.square((1 + cosine) / 2) * 8 / 3
    weight = np.clip(far - 1.0, 0.0, 1.0) * np.clip((fast - 0.3) / 0.3, 0.0, 1.0)
    result: Floats = weight * np.log(ratio)
    return result


def tallness(one: Floats, error_one: Floats, other: Floats, error_other: Floats) -> Floats:
    """(N,) log likelihood ratio that two measured statures, each with its error, are of one person;
    0 where one is not known. Now and then somebody stoops: then statures say nothing."""
    same = np.square(error_one) + np.square(error_other) + _LASTING_M**2
    any_two = same + 2 * _POPULATION_M**2
    square = np.square(one - other)
    ratio = np.exp(-square / same / 2 + square / any_two / 2) * np.sqrt(any_two / same)
    result: Floats = np.log((1 - _STOOPS) * np.where(np.isfinite(ratio), ratio, 1.0) + _STOOPS)
    return result


def _normal(distance2: Floats, variance: Floats) -> Floats:
    """Density of a round two-dimensional normal distribution."""
    result: Floats = np.exp(-distance2 / variance / 2) / (2 * np.pi * variance)
    return result
