"""A count beside that of earlier weeks: how much more, and how sure that is.

The share is count / mean of the earlier counts - 1. Two things are not sure: how many really came
then and now (each count's standard error is its 95 % interval through 2 x 1.96), and how good a few
weeks are as a normal one: the variance of their mean is that between them through their number, and
at least what chance arrivals would have (Poisson: the mean itself, and the counts' own errors).
Relative errors add in squares (the delta method for a ratio, e.g. Oehlert 1992), and the ends are
those of the logarithm, so that they never fall below -1. That all counts come from one counter,
whose faults partly cancel, makes it wider than it need be; few weeks alike by luck, narrower.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from miseban.insight.digest.report import Compared, Figure

Z: Final = 1.959964
WEEKS: Final = 4
"""A normal time is the mean of up to so many weeks."""
LEAST_SEEN: Final = 0.9
"""Of less than this a count is not compared: what is missing would look like fewer people."""
LEAST_PEOPLE: Final = 20
"""Of fewer people a percentage says nothing."""
ENOUGH_TIMES: Final = 3
"""From so many on, being beyond all of them means something."""


@dataclass(frozen=True)
class Earlier:
    """The count of an earlier time that began on ``first``."""

    first: date
    count: Figure


def seen_enough(count: Figure) -> bool:
    """Whether it can stand beside others. Where nothing tells how much was seen, a count of nobody
    is no count."""
    if count.value is None:
        return False
    return count.value > 0 if count.coverage is None else count.coverage >= LEAST_SEEN


def compared(count: Figure, earlier: Sequence[Earlier]) -> Compared | None:
    """``count`` beside those of ``earlier`` that were seen well enough; none where it cannot stand
    beside them (``LEAST_SEEN``, ``LEAST_PEOPLE``), or none is there."""
    told = [
        (one, one.count.value)
        for one in earlier
        if one.count.value is not None and seen_enough(one.count)
    ]
    if count.value is None or not seen_enough(count) or not told:
        return None
    values = [value for _, value in told]
    mean = math.fsum(values) / len(values)
    if min(count.value, mean) < LEAST_PEOPLE:
        return None
    ratio = count.value / mean
    ends = _ends(ratio, count, count.value, [one.count for one, _ in told], mean)
    low, high = ends if ends else (None, None)
    surely_low = count.value if count.low is None else count.low
    surely_high = count.value if count.high is None else count.high
    return Compared(
        mean=mean,
        least=min(values),
        most=max(values),
        times=tuple(one.first for one, _ in told),
        share=ratio - 1,
        low=low,
        high=high,
        beyond=len(values) >= ENOUGH_TIMES
        and (surely_low > max(values) or surely_high < min(values)),
    )


def _ends(
    ratio: float, count: Figure, value: float, others: Sequence[Figure], mean: float
) -> tuple[float, float] | None:
    own = _error(count)
    errors = [_error(one) for one in others]
    known = [one for one in errors if one is not None]
    if own is None or len(known) < len(errors):
        return None
    n = len(known)
    chance = mean + math.fsum(one**2 for one in known) / n
    values = [one.value for one in others if one.value is not None]
    between = math.fsum((one - mean) ** 2 for one in values) / max(1, n - 1)
    relative = math.hypot(own / value, math.sqrt(max(chance, between) / n) / mean)
    return ratio * math.exp(-Z * relative) - 1, ratio * math.exp(Z * relative) - 1


def _error(count: Figure) -> float | None:
    """The standard error of a count by its interval."""
    if count.low is None or count.high is None:
        return None
    return (count.high - count.low) / (2 * Z)
