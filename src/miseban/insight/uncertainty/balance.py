"""How many people may be inside at the end: the errors of both ways since it was last empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from miseban.insight.inside import at_least
from miseban.insight.uncertainty.accuracy import Accuracy
from miseban.insight.uncertainty.counts import WAYS, Span, beliefs_of, chance, seen_of
from miseban.insight.uncertainty.draws import truth_draws
from miseban.insight.uncertainty.shortest import shortest
from miseban.vocabulary.events import LineCrossed
from miseban.vocabulary.summary import Range

FEWEST = 100
"""With fewer draws than this that never fall below nobody, all are kept."""


def people_end_range(
    span: Span,
    entrances: Mapping[str, str | None],
    empty: Iterable[datetime],
    people_end: int,
    accuracy: Accuracy,
    present: Sequence[tuple[datetime, datetime]] = (),
) -> Range:
    """The interval of the people inside at the end of the recording. ``empty`` are moments at which
    nobody is, ``entrances`` the lines with the camera that counts there, ``present`` as in
    ``people_inside``: what puts the balance right there puts every draw right.

    A shop never holds fewer than nobody: draws in which it would at the end of an hour are not
    believed, which ties errors of the way in to those of the way out.
    """
    if accuracy.learned is None:
        return Range(low=people_end, high=people_end)
    since = max([span.start, *empty])
    past_s = span.seconds(since)
    span = replace(
        span,
        events=[e for e in span.events if e.time >= since],
        start=since,
        duration_s=span.duration_s - past_s,
    )
    hourly = np.zeros((1, 1), np.int64)
    steps: list[Step] = [
        (span.seconds(e.time), 1, 1 if e.direction == "in" else -1)
        for e in span.events
        if isinstance(e, LineCrossed) and e.line in entrances
    ]
    for line, camera in entrances.items():
        cells = span.cells(line, camera)
        if not cells:
            return Range(low=people_end, high=people_end)
        off = np.zeros((len(cells), 1), np.int64)
        for way in WAYS:
            sign = 1 if way == "in" else -1
            beliefs = beliefs_of(cells, camera, line, way, accuracy)
            rng = chance(camera or "", line, way)
            seen = seen_of(span, line, way)
            draws = truth_draws(seen, cells, beliefs, accuracy.learned.arrivals, rng)
            hours = np.zeros((1 + cells[-1].hour, draws.shape[1]), np.int64)
            np.add.at(hours, [cell.hour for cell in cells], draws)
            hourly = hourly + sign * hours
            last = len(cells) - 1
            counted = [seen.between(cell, i == last)[0] for i, cell in enumerate(cells)]
            off = off + sign * (draws - np.array(counted)[:, None])
        for cell, people in zip(cells, off, strict=True):
            # Whoever came unseen came before they were needed, whoever left unseen left after.
            steps.append((cell.from_s, 0, np.maximum(people, 0)))
            steps.append((cell.to_s, 3, np.minimum(people, 0)))
    there = [(span.seconds(moment), people) for moment, people in at_least(present)]
    steps += [(time_s, 2, people) for time_s, people in there if time_s >= 0]
    end = _end(steps, hourly.shape[1])
    possible = np.cumsum(hourly, axis=0).min(axis=0) >= 0
    low, high = shortest(end[possible] if possible.sum() >= FEWEST else end)
    return Range(low=low, high=high)


Step = tuple[float, int, "int | NDArray[np.int64]"]
"""When (seconds), in which order at the same time, and by how many people, one number or one of
each draw; of order 2, how many there are at least."""


def _end(steps: Sequence[Step], draws: int) -> NDArray[np.int64]:
    """(draws,) people at the end: the steps of ``people_inside`` with every draw's own errors."""
    inside = np.zeros(draws, np.int64)
    for _, order, people in sorted(steps, key=lambda step: step[:2]):
        inside = np.maximum(inside, people) if order == 2 else np.maximum(inside + people, 0)
    return inside
