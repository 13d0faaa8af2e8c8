"""How many people may be inside at the end: the errors of both ways since it was last empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np

from miseban.insight.uncertainty.accuracy import Accuracy
from miseban.insight.uncertainty.cells import cells_of
from miseban.insight.uncertainty.counts import WAYS, Span, beliefs_of, chance, seen_of
from miseban.insight.uncertainty.draws import truth_draws
from miseban.insight.uncertainty.shortest import shortest
from miseban.vocabulary.summary import Range

FEWEST = 100
"""With fewer draws than this that never fall below nobody, all are kept, and cut at nobody."""


def people_end_range(
    span: Span,
    entrances: Mapping[str, str | None],
    empty: Iterable[datetime],
    people_end: int,
    accuracy: Accuracy,
) -> Range:
    """The interval of the people inside at the end of the recording. ``empty`` are moments at which
    nobody is, ``entrances`` the lines with the camera that counts there.

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
    balance = np.zeros((1, 1))
    for line, camera in entrances.items():
        cells = cells_of(span.events, span.start, span.duration_s, span.zone, camera)
        if not cells:
            return Range(low=people_end, high=people_end)
        for way in WAYS:
            beliefs = beliefs_of(cells, camera, line, way, accuracy)
            rng = chance(camera or "", line, way)
            seen = seen_of(span, line, way)
            draws = truth_draws(seen, cells, beliefs, accuracy.learned.arrivals, rng)
            hours = np.zeros((1 + cells[-1].hour, draws.shape[1]))
            np.add.at(hours, [cell.hour for cell in cells], draws)
            balance = balance + (hours if way == "in" else -hours)
    over_time = np.cumsum(balance, axis=0)
    possible = over_time.min(axis=0) >= 0
    end = over_time[-1, possible] if possible.sum() >= FEWEST else np.maximum(over_time[-1], 0)
    low, high = shortest(end.astype(np.int64))
    return Range(low=low, high=high)
