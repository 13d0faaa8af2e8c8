"""How memory grows: the slope of Theil and Sen, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP_S = 60.0
"""Samples of a minute become their median."""
BLOCK = 10
"""Minutes that are drawn together: what a process takes now depends on what it took before."""
DRAWS = 500
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Slope:
    """MB (10**6 bytes) an hour, ``low`` to ``high`` with 95 %. ``noise_mb`` is how far samples lie
    off the line (1.4826 times the median of the distances), ``first`` and ``last`` medians of the
    first and last quarter; ``minutes`` of data, of ``processes`` of this role."""

    value: float
    low: float
    high: float
    noise_mb: float
    first_mb: float
    last_mb: float
    minutes: int
    processes: int


def slope(times_s: Numbers, megabytes: Numbers, pids: NDArray[np.int64]) -> Slope | None:
    """The median slope over all pairs of minutes of the same process (Sen 1968,
    https://doi.org/10.1080/01621459.1968.10480934); the interval by drawing blocks of minutes
    with replacement (the moving-block bootstrap, Kuensch 1989). None for less than half an hour."""
    minutes = _by_minute(times_s, megabytes, pids)
    if len(minutes) < 30:
        return None
    hours, values, who = minutes.T
    value = _median_slope(hours, values, who)
    chance = np.random.default_rng(1)
    starts = len(values) - BLOCK + 1
    drawn = []
    for _ in range(DRAWS):
        first = chance.integers(0, starts, size=-(-len(values) // BLOCK))
        index = (first[:, None] + np.arange(BLOCK)).ravel()[: len(values)]
        drawn.append(_median_slope(hours[index], values[index], who[index]))
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    quarter = max(1, len(values) // 4)
    centre = {one: np.median((values - value * hours)[who == one]) for one in np.unique(who)}
    off = values - value * hours - np.array([centre[one] for one in who])
    return Slope(
        value, float(low), float(high), 1.4826 * float(np.median(np.abs(off))),
        float(np.median(values[:quarter])), float(np.median(values[-quarter:])), len(values),
        len(centre),
    )  # fmt: skip


def _by_minute(times_s: Numbers, megabytes: Numbers, pids: NDArray[np.int64]) -> Numbers:
    """(M, 3): hours, the median of the minute, the process; in order of time."""
    number = (times_s // STEP_S).astype(np.int64)
    found = []
    for minute, pid in sorted(set(zip(number.tolist(), pids.tolist(), strict=True))):
        of_it = (number == minute) & (pids == pid)
        found.append((minute * STEP_S / 3600, float(np.median(megabytes[of_it])), float(pid)))
    return np.array(found, np.float64).reshape(-1, 3)


def _median_slope(hours: Numbers, values: Numbers, who: Numbers) -> float:
    a, b = np.triu_indices(len(hours), 1)
    pairs = (who[a] == who[b]) & (hours[a] != hours[b])
    a, b = a[pairs], b[pairs]
    return float(np.median((values[b] - values[a]) / (hours[b] - hours[a]))) if len(a) else np.nan
