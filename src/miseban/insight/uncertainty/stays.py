"""Intervals of what zones tell: visits, the mean dwell, people on average.

A stay is missed, or comes twice as two short ones; one that reaches to the end of the recording or
into a gap was longer than was seen. Each draw takes the stays it believes to be halves together
(the time is the same, the visits fewer), adds missed ones that are like those seen, and lets those
cut off go on as long as such stays go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.insight.uncertainty.accuracy import Accuracy
from miseban.insight.uncertainty.cells import Cell, Condition
from miseban.insight.uncertainty.counts import Span, chance
from miseban.insight.uncertainty.draws import Seen, truth_draws
from miseban.insight.uncertainty.rates import Belief
from miseban.insight.uncertainty.shortest import middle, shortest
from miseban.vocabulary.events import ZoneEntered, ZoneLeft
from miseban.vocabulary.summary import Range

CUT_OFF_S = 2.0
"""A stay that ends so near the end of the recording, or the beginning of a gap, was cut off."""

TIME_OFF = 0.004
"""Standard deviation of the time measured in a zone, as a part of it: in simulated konbini (30
mornings of zones, seeds 1 to 6) it was between 0.2 % too little and 1.3 % too much."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StayRanges:
    """The 95 % intervals of a zone: of ``visits``, the mean dwell in seconds, and the people on
    average over the whole recording."""

    visits: Range
    dwell_mean_s: Range | None
    people_mean: Range


def stay_ranges(span: Span, zone: str, camera: str | None, accuracy: Accuracy) -> StayRanges | None:
    """None where everything is exact, or the recording has no length."""
    cells = span.cells(zone, camera)
    if accuracy.learned is None or not cells:
        return None
    entered = [
        span.seconds(e.time) for e in span.events if isinstance(e, ZoneEntered) and e.zone == zone
    ]
    left = [e for e in span.events if isinstance(e, ZoneLeft) and e.zone == zone]
    dwell = np.array([e.dwell_s for e in left], float)
    times = np.sort(np.array(entered, float))
    rng = chance(camera or "", zone)
    beliefs: dict[Condition, Belief] = {
        cell.condition: accuracy.zone_belief(cell.condition)
        for cell in cells
        if cell.condition != "gap"
    }
    seen = Seen(times, times)
    visits = truth_draws(seen, cells, beliefs, accuracy.learned.arrivals, rng).sum(axis=0)
    low, high = shortest(visits)
    whole = Range(low=low, high=high)
    if not len(dwell):
        # Nobody was seen to leave: nothing tells how long those unseen stayed.
        nobody = Range(low=0.0, high=0.0) if high == 0 else None
        return StayRanges(whole, None, nobody) if nobody else None
    cut = sum(_cut_off(span.seconds(e.time), cells) for e in left)
    longer = rng.gamma(cut, dwell.mean(), len(visits)) if cut else np.zeros(len(visits))
    more = np.maximum(visits - len(times), 0)
    measured = dwell.sum() * (1 + rng.normal(0.0, TIME_OFF, len(visits)))
    total = measured + longer + _like_those(dwell, more, rng)
    mean = total / np.maximum(visits, 1)
    people = total / max(span.duration_s, 1e-9)
    return StayRanges(whole, _range(mean), _range(people))


def _like_those(dwell: Floats, more: NDArray[np.int64], rng: np.random.Generator) -> Floats:
    """(S,) seconds that ``more`` (S,) unseen stays took, each drawn from those seen."""
    every = rng.choice(dwell, int(more.sum()))
    ends = np.cumsum(more)
    sums = np.concatenate([[0.0], np.cumsum(every)])
    return np.asarray(sums[ends] - sums[ends - more], np.float64)


def _cut_off(left_s: float, cells: Sequence[Cell]) -> bool:
    ends = [cell.from_s for cell in cells if cell.condition == "gap"] + [cells[-1].to_s]
    return any(abs(left_s - end_s) <= CUT_OFF_S for end_s in ends)


def _range(draws: Floats) -> Range:
    low, high = middle(draws)
    return Range(low=low, high=high)
