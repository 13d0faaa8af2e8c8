"""The interval of a count that comes from a roll-up, without its single passages.

The model is that of ``uncertainty.draws``: of a line's rates, drawn a few hundred times, each draw
gives the truth of every stretch a mean and a variance in closed form; the interval is that of the
mixture, taken to be normal. The chance that somebody was missed or invented is what it is there;
what passed in a gap is as many as passed around it, with as much doubt as there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.insight.uncertainty.accuracy import Accuracy
from miseban.insight.uncertainty.cells import Condition
from miseban.insight.uncertainty.counts import chance
from miseban.insight.uncertainty.draws import MOST_MISSED, Arrivals
from miseban.insight.uncertainty.rates import Belief

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DRAWS = 200
Z = 1.959964
"""Of 95 %."""
LEAST_SEEN = 0.25
"""Where less of a stretch was seen, nobody can say how many there were in it."""


@dataclass(frozen=True)
class Moments:
    """Of the truth in N stretches, for each of S draws of the rates: ``mean`` and ``variance``
    (N, S). Not a number where too little was seen."""

    mean: Floats
    variance: Floats

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.mean + other.mean, self.variance + other.variance)

    def ends(self) -> tuple[Floats, Floats]:
        """(N,) each: the whole numbers between which the truth lies 95 times in 100."""
        mean = self.mean.mean(axis=1)
        deviation = np.sqrt(self.variance.mean(axis=1) + self.mean.var(axis=1))
        return np.maximum(np.round(mean - Z * deviation), 0.0), np.round(mean + Z * deviation)


def line_moments(
    n: Ints,
    passed: Ints,
    seconds: Floats,
    coverage: Floats | None,
    condition: Sequence[Condition],
    names: tuple[str | None, str, str],
    accuracy: Accuracy,
) -> Moments | None:
    """Of ``n`` (N,) passages of one way in stretches of ``seconds`` (N,), of which the part
    ``coverage`` (N,) was seen, in ``condition`` (N); ``passed`` (N,) went by either way. ``names``
    are camera, line and way. None where every count is exact, and where nobody can tell how much
    was seen."""
    if accuracy.learned is None or coverage is None:
        return None
    beliefs: dict[Condition, Belief] = {
        one: accuracy.belief(*names, one) for one in dict.fromkeys(condition)
    }
    return _moments(
        n, passed, seconds, coverage, condition, beliefs, accuracy.learned.arrivals, names
    )


def zone_moments(
    n: Ints, seconds: Floats, coverage: Floats | None, zone: str, accuracy: Accuracy
) -> Moments | None:
    """Of ``n`` (N,) stays in a zone."""
    if accuracy.learned is None or coverage is None:
        return None
    well: Condition = "well"
    beliefs = {well: accuracy.zone_belief(well)}
    arrivals = accuracy.learned.arrivals
    return _moments(n, n, seconds, coverage, [well] * len(n), beliefs, arrivals, (None, zone, ""))


def _moments(
    n: Ints,
    passed: Ints,
    seconds: Floats,
    coverage: Floats,
    condition: Sequence[Condition],
    beliefs: dict[Condition, Belief],
    arrivals: Arrivals,
    names: tuple[str | None, str, str],
) -> Moments:
    mean, variance = np.zeros((len(n), DRAWS)), np.zeros((len(n), DRAWS))
    seen = np.clip(np.nan_to_num(coverage, nan=1.0), 0, 1)
    seen_s = seconds * seen
    for one, belief in beliefs.items():
        at = np.array([i for i, c in enumerate(condition) if c == one], np.int64)
        rng = chance(*(name or "" for name in names), one)
        found = _corrected(n[at], passed[at], seen_s[at], belief, rng)
        mean[at], variance[at] = found
    gap = _unseen(n, seen_s, seconds - seen_s, arrivals)
    mean, variance = mean + gap[0][:, None], variance + gap[1][:, None]
    unknown = (seen < LEAST_SEEN) & (seconds > 0)
    mean[unknown] = np.nan
    return Moments(mean, variance)


def _corrected(
    n: Ints, passed: Ints, seconds: Floats, belief: Belief, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Mean and variance (N, S) of what there was where ``n`` were counted: those kept of them, and
    of those missed a negative binomial with kept + 1/2, its chance in this stretch beta around the
    line's (mean a / (b - 1) of the odds, and so on)."""
    line = belief.drawn(rng, DRAWS)
    per_minute = (passed / np.maximum(seconds / 60, 1.0))[:, None]
    missed = np.clip(line.missed * (1 + line.crowding * per_minute), 1e-9, MOST_MISSED)
    a, b = missed * line.even_missed, np.maximum((1 - missed) * line.even_missed, 2.5)
    odds = a / (b - 1)
    odds_variance = a * (a + b - 1) / ((b - 2) * (b - 1) ** 2)
    count = n[:, None].astype(np.float64)
    false = np.minimum(line.false * passed[:, None], count)
    false_variance = false + false**2 / line.even_false
    kept = count - false
    some = kept + 0.5 * (count > 0)
    mean = kept + some * odds
    spread = odds + odds_variance + odds**2  # of the odds with their square: of one passage
    return mean, false_variance * (1 + odds) ** 2 + some * spread + some**2 * odds_variance


def _unseen(n: Ints, seen_s: Floats, gap_s: Floats, arrivals: Arrivals) -> tuple[Floats, Floats]:
    """Mean and variance (N,) of who passed in the gaps: as often as in the same stretch and those
    beside it."""
    around, around_s = _with_those_beside(n), _with_those_beside(seen_s)
    shape = around / arrivals.burst + 0.5
    rate = shape * arrivals.burst / np.maximum(around_s, 60.0)
    mean = rate * np.maximum(gap_s, 0.0)
    doubt = 1 / shape + 1 / arrivals.even
    return mean, arrivals.burst * mean + mean**2 * doubt


def _with_those_beside(values: Floats | Ints) -> Floats:
    padded = np.pad(np.asarray(values, np.float64), 1)
    return padded[:-2] + padded[1:-1] + padded[2:]
