"""Rates learned from counters whose truth is known, hour by hour.

First how p grows with the crowd (Poisson regression with each line's own level), then how alike
hours are (moments), then how alike lines are: the a, b, shape and exposure under which what all the
lines did is most likely (empirical Bayes; Gelman et al., Bayesian Data Analysis, 3rd edition, 2013,
section 5.3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

from miseban.insight.score.matching import pairs_within
from miseban.insight.uncertainty.cells import HOUR_S
from miseban.insight.uncertainty.draws import NEAR_S, Arrivals
from miseban.insight.uncertainty.rates import Rates
from miseban.insight.uncertainty.simulated import Counted

SAME_S = 10.0
"""A passage told so much too early or too late is not missed: the count is right."""
SURELY_MISSED, SURELY_FALSE = 300.0, 2000.0
"""A line may be better than every line seen so far, but no more passages than these speak for it
before somebody has looked: of misses, in which places differ, and of inventions."""
FEW = 100
"""A counter that fewer pass in all its days, as one at a closed till, tells nothing of a rate."""
LEAST = 0.5
"""A line that was never wrong is believed to have been so by half a passage (Jeffreys)."""
GAPS_S = (120.0, 300.0, 900.0, 1800.0)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hours:
    """One way over one line, by the hour: arrays (H,) of passages that were true, found, found of
    the true, and found by the line both ways."""

    true: Floats
    found: Floats
    both: Floats
    passed: Floats

    @property
    def missed(self) -> Floats:
        return self.true - self.both

    @property
    def false(self) -> Floats:
        return self.found - self.both


def hours_of(counted: Sequence[Counted]) -> list[Hours]:
    """Each of ``counted`` by the hour; beside it must stand the other way of the same line."""
    result = []
    for one in counted:
        hours = int(np.ceil(one.duration_s / HOUR_S))
        edges: Floats = np.arange(hours + 1, dtype=np.float64) * HOUR_S
        edges[-1] = np.inf
        either = np.sort(
            np.concatenate(
                [
                    c.found_s
                    for c in counted
                    if (c.shop, c.name, c.is_line) == (one.shop, one.name, one.is_line)
                ]
            )
        )
        true, found = _by_hour(one.true_s, edges), _by_hour(one.found_s, edges)
        both = [pairs_within(a, b, SAME_S) for a, b in zip(true, found, strict=True)]
        result.append(
            Hours(
                _sizes(true), _sizes(found), np.array(both, float), _sizes(_by_hour(either, edges))
            )
        )
    return result


def learn_rates(lines: Sequence[Sequence[Hours]], crowding: float | None = None) -> Rates:
    """The rates that lines have: of each line and way, all its days. With ``crowding`` that is
    taken as known, where days are too few to tell."""
    units = [_joined(days) for days in lines]
    units = [unit for unit in units if unit.passed.sum() >= FEW] or units
    crowding = _crowding(units) if crowding is None else crowding
    expected = [_expected(unit, crowding) for unit in units]
    missed, true = zip(*((u.missed.sum(), _weight(u, crowding).sum()) for u in units), strict=True)
    false, passed = zip(*((u.false.sum(), u.passed.sum()) for u in units), strict=True)
    return Rates(
        missed=_beta(np.array(missed), np.array(true)),
        false=_gamma(np.array(false), np.array(passed)),
        crowding=crowding,
        even_missed=_alike([u.missed for u in units], expected, [u.true for u in units]),
        even_false=_alike([u.false for u in units], [_level(u) for u in units], None),
    )


def learn_arrivals(days: Sequence[Counted]) -> Arrivals:
    """How well the minutes around a gap tell what was in it, from stretches left out of true
    passages: of squared errors, the part that grows with the count and the part with its square.
    """
    by_count, by_square, squared = [], [], []
    for one in days:
        for gap_s in GAPS_S:
            for from_s in np.arange(NEAR_S, one.duration_s - NEAR_S - gap_s, 3 * NEAR_S):
                ends = [from_s - NEAR_S, from_s, from_s + gap_s, from_s + gap_s + NEAR_S]
                before, inside, after = np.diff(np.searchsorted(one.true_s, ends))
                mean = (before + after) * gap_s / (2 * NEAR_S)
                by_count.append(mean * (1 + gap_s / (2 * NEAR_S)))
                by_square.append(mean**2)
                squared.append(float(inside - mean) ** 2)
    table = np.stack([by_count, by_square], axis=1)
    # Large counts err more: weighted by what they are expected to err.
    weight = 1 / np.maximum(table[:, :1] + table[:, 1:] / 30, 0.5)
    (burst, uneven), *_ = np.linalg.lstsq(table * weight, np.array(squared) * weight[:, 0])
    return Arrivals(burst=round(max(1.0, burst), 3), even=round(1 / max(uneven, 1e-3), 1))


def _by_hour(times: Floats, edges: Floats) -> list[Floats]:
    return np.split(times, np.searchsorted(times, edges[1:-1]))


def _sizes(parts: Sequence[Floats]) -> Floats:
    return np.array([len(part) for part in parts], np.float64)


def _joined(days: Sequence[Hours]) -> Hours:
    return Hours(*(np.concatenate([getattr(d, name) for d in days]) for name in Hours.__slots__))


def _weight(unit: Hours, crowding: float) -> Floats:
    return np.asarray(unit.true * (1 + crowding * unit.passed / 60))


def _expected(unit: Hours, crowding: float) -> Floats:
    weight = _weight(unit, crowding)
    return np.asarray(weight * unit.missed.sum() / max(weight.sum(), 1e-9))


def _level(unit: Hours) -> Floats:
    return np.asarray(unit.passed * unit.false.sum() / max(unit.passed.sum(), 1e-9))


def _crowding(units: Sequence[Hours]) -> float:
    """The growth that makes the missed of all hours most likely, each line with its own level."""

    def unlikely(crowding: float) -> float:
        total = 0.0
        for unit in units:
            expected = _expected(unit, crowding)
            some = expected > 0
            total -= float((unit.missed[some] * np.log(expected[some]) - expected[some]).sum())
        return total

    grid = np.linspace(0, 2, 41)
    return round(float(grid[np.argmin([unlikely(float(c)) for c in grid])]), 3)


def _alike(
    seen: Sequence[Floats], expected: Sequence[Floats], true: Sequence[Floats] | None
) -> float:
    """How alike hours are: for misses the concentration of a beta-binomial, else the shape of a
    gamma-Poisson. Squared errors beyond the chance of the draw, over what unlike hours add."""
    beyond, unlike = 0.0, 1e-9
    for i, (got, mean) in enumerate(zip(seen, expected, strict=True)):
        p = mean / np.maximum(true[i], 1) if true is not None else np.zeros(len(mean))
        chance = mean * (1 - p)
        beyond += float(((got - mean) ** 2 - chance).sum())
        unlike += float(
            (chance * np.maximum(true[i] - 1, 0)).sum() if true is not None else (mean**2).sum()
        )
    lowest = 1e-4 if true is not None else 1e-2
    part = min(max(beyond / unlike, lowest), 0.5)
    return round(1 / part - 1 if true is not None else 1 / part, 1)


def _beta(missed: Floats, true: Floats) -> tuple[float, float]:
    """a and b under which ``missed`` of ``true`` (U,) are most likely."""

    def likelihood(a: float, b: float) -> float:
        m = np.minimum(missed, true)
        return float((betaln(a + m, b + true - m) - betaln(a, b)).sum())

    mean = max(float(missed.sum()), 0.5) / max(float(true.sum()), 1.0)
    return _most_likely(
        likelihood, mean, lambda mean, size: (mean * size, (1 - mean) * size), SURELY_MISSED
    )


def _gamma(false: Floats, passed: Floats) -> tuple[float, float]:
    """shape and exposure under which ``false`` of ``passed`` (U,) are most likely."""

    def likelihood(shape: float, exposure: float) -> float:
        return float(
            (
                gammaln(shape + false)
                - gammaln(shape)
                + shape * np.log(exposure)
                - (shape + false) * np.log(exposure + passed)
            ).sum()
        )

    mean = max(float(false.sum()), 0.5) / max(float(passed.sum()), 1.0)
    return _most_likely(likelihood, mean, lambda mean, size: (mean * size, size), SURELY_FALSE)


def _most_likely(
    likelihood: Callable[[float, float], float],
    mean: float,
    pair: Callable[[float, float], tuple[float, float]],
    surely: float,
) -> tuple[float, float]:
    def unlikely(log: Floats) -> float:
        mean, size = (float(v) for v in np.exp(np.clip(log, -12, np.log(surely))))
        return -likelihood(*pair(min(mean, 0.9), size))

    best = minimize(unlikely, np.log([mean, 200.0]), method="Nelder-Mead")
    mean, size = (float(v) for v in np.exp(np.clip(best.x, -12, np.log(surely))))
    one, other = pair(min(mean, 0.9), size)
    if one < LEAST:  # the mean stays, as far as that is not too sure
        one, other = LEAST, min(other * LEAST / max(one, 1e-9), surely)
    return round(one, 4), round(other, 2)
