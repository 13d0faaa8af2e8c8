"""What may really have happened, given what was counted: draws from the posterior.

For each draw a line's rates are drawn once, then in each cell the hour's own, then how many of the
counted were none and how many went by uncounted. Sums over hours, ways and lines are sums of the
same draws, so that parts and totals agree, and what is common to all hours (a bad angle) does not
average out. With a fixed seed the same result gives the same interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy.special import gammaln

from miseban.insight.uncertainty.cells import Cell, Condition
from miseban.insight.uncertainty.rates import Belief

DRAWS = 4000
NEAR_S = 1800.0
"""So much time on both sides of a gap tells of the rate in it."""
MOST_MISSED = 0.95
FEW = 20
"""Beyond so many it matters no more that fewer are likelier beforehand."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Arrivals(BaseModel):
    """How people come. ``burst``: the variance of counts over their mean, 1 when each comes
    alone. ``even``: how well the rate of half an hour tells that of the next: 1 / even is the
    squared relative error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    burst: float = Field(default=1.5, ge=1)
    even: float = Field(default=30.0, gt=0)


@dataclass(frozen=True, slots=True)
class Seen:
    """One way over one line: ``times_s`` (N,) of its passages since the start, in order, and
    ``either_s`` (M,) of those both ways."""

    times_s: Floats
    either_s: Floats

    def between(self, cell: Cell, last: bool) -> tuple[int, int]:
        """How many in ``cell``, this way and either way. The ``last`` cell keeps its end."""
        ends = (cell.from_s, np.inf if last else cell.to_s)
        own, either = (
            int(np.diff(np.searchsorted(times, ends))[0]) for times in (self.times_s, self.either_s)
        )
        return own, either


def truth_draws(
    seen: Seen,
    cells: Sequence[Cell],
    beliefs: Mapping[Condition, Belief],
    arrivals: Arrivals,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> Ints:
    """(C, ``draws``) passages that may really have been in each of the C cells. ``beliefs`` has
    every condition of the cells but gaps."""
    truth = np.zeros((len(cells), draws), np.int64)
    counted = [seen.between(cell, i == len(cells) - 1) for i, cell in enumerate(cells)]
    for condition in dict.fromkeys(cell.condition for cell in cells):
        at = [i for i, cell in enumerate(cells) if cell.condition == condition]
        if condition == "gap":
            for i in at:
                truth[i] = counted[i][0] + _unseen(seen.times_s, i, cells, arrivals, rng, draws)
            continue
        n = np.array([counted[i][0] for i in at])[:, None]
        passed = np.array([counted[i][1] for i in at])[:, None]
        minutes = np.array([max(1.0, cells[i].minutes) for i in at])[:, None]
        truth[at] = _corrected(n, passed, passed / minutes, beliefs[condition], rng, draws)
    return truth


def _corrected(
    n: Ints, passed: Ints, per_minute: Floats, belief: Belief, rng: np.random.Generator, draws: int
) -> Ints:
    """(C, draws) the truth of C cells of one condition. With a prior of 1 / sqrt(rate) on how many
    come (Jeffreys), those missed of K kept ones follow a negative binomial with K + 1/2."""
    line = belief.drawn(rng, draws)
    missed = np.clip(line.missed * (1 + line.crowding * per_minute), 1e-9, MOST_MISSED)
    alike = line.even_missed
    own = np.clip(rng.beta(missed * alike, (1 - missed) * alike), 0.0, MOST_MISSED)
    false = line.false * rng.gamma(line.even_false, 1 / line.even_false, (len(n), draws))
    kept = _as_likely(n - np.minimum(rng.poisson(false * passed), n), rng)
    return np.asarray(kept + rng.negative_binomial(kept + 0.5, 1 - own), np.int64)


def _as_likely(kept: Ints, rng: np.random.Generator) -> Ints:
    """(C, S) drawn again so that few are as much likelier than many as the prior says: who is seen
    at a door that nobody uses may well be nobody."""
    for i in np.flatnonzero((kept.max(axis=1) <= FEW) & (kept.max(axis=1) > kept.min(axis=1))):
        chance = np.exp(gammaln(kept[i] + 0.5) - gammaln(kept[i] + 1.0))
        kept[i] = rng.choice(kept[i], len(kept[i]), p=chance / chance.sum())
    return kept


def _unseen(
    times_s: Floats,
    at: int,
    cells: Sequence[Cell],
    arrivals: Arrivals,
    rng: np.random.Generator,
    draws: int,
) -> Ints:
    """(draws,) who may have passed in the gap ``cells[at]``: the rate of the minutes around it,
    with as much doubt as few people, groups and a changing day leave."""
    gap = cells[at]
    near_s, near = 0.0, 0
    for cell in cells:
        from_s = max(cell.from_s, gap.from_s - NEAR_S)
        to_s = min(cell.to_s, gap.to_s + NEAR_S)
        if cell.condition == "gap" or to_s <= from_s:
            continue
        near_s += to_s - from_s
        near += int(np.diff(np.searchsorted(times_s, (from_s, to_s)))[0])
    burst = arrivals.burst
    # Where nothing is known of the time around, as many as may come in an hour of one's own: few.
    rate = rng.gamma(near / burst + 0.5, burst / max(near_s, 60.0), draws)
    rate = rate * rng.gamma(arrivals.even, 1 / arrivals.even, draws)
    mean = np.maximum(rate * (gap.to_s - gap.from_s), 1e-9)
    if burst > 1:
        # Variance burst times the mean.
        return np.asarray(rng.negative_binomial(mean / (burst - 1), 1 / burst), np.int64)
    return np.asarray(rng.poisson(mean), np.int64)
