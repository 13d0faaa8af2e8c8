"""Which minutes somebody looks at: drawn by chance, half of them where most people are.

The minutes of a recording fall into two strata: those of busy hours, which together hold half of
all passages or a little more, and the others. From each, half of the wanted minutes are drawn
without replacement (stratified sampling; Cochran, Sampling Techniques, 3rd edition, 1977, chapter
5), so every drawn minute stands for a known number of minutes of its stratum.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from miseban.insight.uncertainty.cells import Cell, Condition

MINUTE_S = 60.0
EDGE_S = 2.0
"""Nobody should be on the line when a minute begins or ends: it is moved by some seconds until no
counted passage is nearer than this."""
MOST_MOVED_S = 20.0

Stratum = Literal["busy", "quiet"]
SAME_S = 1.0
"""A start that was written and read again is the same within this."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Minute:
    """From ``from_s`` to ``to_s`` seconds since the start of the recording, at ``start``; it stands
    for ``weight`` minutes of its ``stratum`` (None: it was not drawn now). ``condition`` is that of
    the camera."""

    from_s: float
    to_s: float
    start: datetime
    stratum: Stratum | None
    weight: float
    condition: Condition

    def holds(self, time_s: float) -> bool:
        return self.from_s <= time_s < self.to_s


def draw_minutes(
    cells: Sequence[Cell],
    passages_s: Floats,
    start: datetime,
    wanted: int,
    seed: int,
    seen: Collection[float] = (),
) -> list[Minute]:
    """``wanted`` minutes, or all there are, in order of time.

    ``cells`` are the stretches of the recording; minutes lie within one that is no gap.
    ``passages_s`` (N,) are the counted passages of the camera's lines, in order. Minutes that begin
    within a minute of one of ``seen`` (timestamps) were looked at before, and are not drawn again.
    """
    where = [(from_s, cell) for cell in cells for from_s in _whole_minutes(cell)]
    busy = _busy_hours(cells, passages_s)
    strata: dict[Stratum, list[tuple[float, Cell]]] = {"busy": [], "quiet": []}
    for from_s, cell in where:
        strata["busy" if cell.hour in busy else "quiet"].append((from_s, cell))
    fresh = {
        name: [
            (from_s, cell)
            for from_s, cell in places
            if all(abs(start.timestamp() + from_s - other) >= MINUTE_S for other in seen)
        ]
        for name, places in strata.items()
    }
    shares = _shares(wanted, {name: len(places) for name, places in fresh.items()})
    rng = random.Random(seed)  # noqa: S311 - which minutes is no secret
    drawn = []
    for name, places in fresh.items():
        many = min(shares[name], len(places))
        for from_s, cell in rng.sample(places, many):
            at_s = _between_people(from_s, cell, passages_s)
            weight = len(strata[name]) / many
            moment = start + timedelta(seconds=at_s)
            drawn.append(Minute(at_s, at_s + MINUTE_S, moment, name, weight, cell.condition))
    return sorted(drawn, key=lambda minute: minute.from_s)


def minute_at(cells: Sequence[Cell], at_s: float, moment: datetime, weight: float) -> Minute | None:
    """The minute from ``at_s`` on, which is ``moment``; None where it does not lie within one of
    ``cells`` that is no gap."""
    for cell in cells:
        within = cell.from_s - SAME_S <= at_s and at_s + MINUTE_S <= cell.to_s + SAME_S
        if within and cell.condition != "gap":
            return Minute(at_s, at_s + MINUTE_S, moment, None, weight, cell.condition)
    return None


def _whole_minutes(cell: Cell) -> Iterable[float]:
    if cell.condition == "gap":
        return ()
    return (cell.from_s + MINUTE_S * n for n in range(int((cell.to_s - cell.from_s) // MINUTE_S)))


def _busy_hours(cells: Sequence[Cell], passages_s: Floats) -> set[int]:
    """The fewest hours that hold half of the passages."""
    by_hour: dict[int, int] = {}
    for cell in cells:
        first, last = np.searchsorted(passages_s, (cell.from_s, cell.to_s))
        by_hour[cell.hour] = by_hour.get(cell.hour, 0) + int(last - first)
    half, held, busy = sum(by_hour.values()) / 2, 0, set()
    for hour in sorted(by_hour, key=lambda hour: (-by_hour[hour], hour)):
        if held >= half:
            break
        busy.add(hour)
        held += by_hour[hour]
    return busy


def _shares(wanted: int, there: dict[Stratum, int]) -> dict[Stratum, int]:
    """Half of each, or more of the other where one has too few."""
    busy = min(there["busy"], max(wanted - there["quiet"], (wanted + 1) // 2))
    return {"busy": busy, "quiet": min(there["quiet"], wanted - busy)}


def _between_people(from_s: float, cell: Cell, passages_s: Floats) -> float:
    """The minute moved to where neither of its ends is near a passage, if there is such a place."""
    for moved_s in sorted(np.arange(-MOST_MOVED_S, MOST_MOVED_S + 1), key=abs):
        at_s = from_s + float(moved_s)
        if at_s < cell.from_s or at_s + MINUTE_S > cell.to_s:
            continue
        ends = np.array([at_s, at_s + MINUTE_S])
        if all(not len(passages_s) or np.abs(passages_s - end).min() >= EDGE_S for end in ends):
            return at_s
    return from_s
