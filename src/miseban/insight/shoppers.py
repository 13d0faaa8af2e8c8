"""Events without those who work here: what zones, queues and ways are added up from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.events import (
    Event,
    QueueState,
    VisitEnded,
    ZoneEntered,
    ZoneLeft,
    ZoneOccupancy,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Stays:
    """Stays in one zone: from ``since`` (N,) to ``until`` (N,), Unix seconds, by ``since``."""

    since: Floats
    until: Floats

    @classmethod
    def of(cls, stays: Iterable[ZoneLeft]) -> _Stays:
        pairs = sorted((s.time.timestamp() - s.dwell_s, s.time.timestamp()) for s in stays)
        both = np.array(pairs, float).reshape(-1, 2)
        return cls(both[:, 0], both[:, 1])

    def during(self, since_s: float, until_s: float) -> _Stays:
        some = (self.until > since_s) & (self.since < until_s)
        return _Stays(self.since[some], self.until[some])

    def at(self, time_s: float) -> Floats:
        """When each of those who are there at ``time_s`` came."""
        return self.since[(self.since <= time_s) & (self.until > time_s)]

    def most(self, since_s: float, until_s: float) -> int:
        """How many there were at once, at the fullest moment of the period."""
        some = self.during(since_s, until_s)
        moments = np.concatenate([[since_s], some.since[some.since > since_s]])
        return max(len(some.at(moment)) for moment in moments.tolist())


def shoppers_only(events: Sequence[Event], staff: Set[str]) -> list[Event]:
    """``events`` without stays and visits of ``staff``; what counts people in zones and queues, and
    names no visit, is told without them too. Passages of lines stay: they are everybody's."""
    if not staff:
        return list(events)
    left: dict[tuple[str, bool], list[ZoneLeft]] = defaultdict(list)
    for event in events:
        if isinstance(event, ZoneLeft):
            left[event.zone, event.visit in staff].append(event)
    crew = {zone: _Stays.of(stays) for (zone, works), stays in left.items() if works}
    others = {zone: _Stays.of(left[zone, False]) for zone in crew}
    kept: list[Event] = []
    for event in events:
        if isinstance(event, ZoneEntered | ZoneLeft | VisitEnded):
            if event.visit not in staff:
                kept.append(event)
        elif isinstance(event, ZoneOccupancy) and event.zone in crew:
            kept.append(_occupancy(event, crew[event.zone], others[event.zone]))
        elif isinstance(event, QueueState) and event.zone in crew:
            kept.append(_queue(event, crew[event.zone], others[event.zone]))
        else:
            kept.append(event)
    return kept


def _occupancy(event: ZoneOccupancy, crew: _Stays, others: _Stays) -> ZoneOccupancy:
    until_s = event.time.timestamp()
    since_s = until_s - event.period_s
    there = crew.during(since_s, until_s)
    if not len(there.since):
        return event
    spent_s = np.minimum(there.until, until_s) - np.maximum(there.since, since_s)
    # The moment itself belongs to those who stay beyond it.
    working = int((there.until > until_s).sum())
    return event.model_copy(
        update={
            "people": max(0, event.people - working),
            "people_max": min(event.people_max, others.most(since_s, until_s)),
            "person_s": max(0.0, event.person_s - float(spent_s.sum())),
        }
    )


def _queue(event: QueueState, crew: _Stays, others: _Stays) -> QueueState:
    time_s = event.time.timestamp()
    working = len(crew.at(time_s))
    if not working:
        return event
    length = max(0, event.length - working)
    first_s = others.at(time_s).min(initial=time_s)
    return event.model_copy(
        update={"length": length, "waiting_s": float(time_s - first_s) if length else 0.0}
    )
