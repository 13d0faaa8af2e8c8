"""People in zones on average over a minute, minute by minute."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from miseban.insight.score.figures import OccupancyScore
from miseban.insight.score.folder import Recording
from miseban.insight.score.gaps import Gaps
from miseban.vocabulary.events import Event, ZoneOccupancy

MINUTE_S = 60.0
_END_S = 1e-3  # a period that ends with the minute belongs to it


def score_occupancy(
    truth: Recording, result: Recording, zones: Sequence[str], gaps: Gaps
) -> dict[str, OccupancyScore]:
    """Zone by zone, where there is a minute that both saw."""
    scores = {}
    for zone in zones:
        score = _zone(truth, result, zone)
        if score is None:
            gaps.add(f"occupancy {zone}", "no minute that both saw is told of")
        else:
            scores[zone] = score
    return scores


def _zone(truth: Recording, result: Recording, zone: str) -> OccupancyScore | None:
    """Minutes that both saw; None when there are none."""
    true, found = (_people_by_minute(side.events, zone) for side in (truth, result))
    minutes = sorted(true.keys() & found.keys())
    if not minutes:
        return None
    error = np.array([found[minute] - true[minute] for minute in minutes])
    return OccupancyScore(
        minutes=len(minutes),
        mean_abs_error=float(np.abs(error).mean()),
        bias=float(error.mean()),
        worst=float(error[np.argmax(np.abs(error))]),
    )


def _people_by_minute(events: Sequence[Event], zone: str) -> dict[int, float]:
    """People on average over the covered part of each minute since 1970."""
    person_s: dict[int, float] = {}
    covered_s: dict[int, float] = {}
    for event in events:
        if isinstance(event, ZoneOccupancy) and event.zone == zone and event.coverage > 0:
            minute = int((event.time.timestamp() - _END_S) // MINUTE_S)
            person_s[minute] = person_s.get(minute, 0.0) + event.person_s
            covered_s[minute] = covered_s.get(minute, 0.0) + event.period_s * event.coverage
    return {minute: person_s[minute] / covered_s[minute] for minute in person_s}
