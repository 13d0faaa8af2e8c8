"""Queues: length over time, waiting, and who was served or gave up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from miseban.insight.durations import spread
from miseban.insight.intervals import gaps_s
from miseban.vocabulary.events import (
    Event,
    QueueState,
    ZoneEntered,
    ZoneLeft,
)
from miseban.vocabulary.summary import QueueSummary

TO_COUNTER_S = 30.0
"""Who reaches the counter within this time after leaving the queue was served."""


def length_steps(
    events: Sequence[Event], queue: str, start: datetime, end: datetime
) -> list[tuple[float, float, int]]:
    """The queue's length as steps (from, to, length), seconds since ``start``, in order.

    Before the first report the queue is empty. Time in which the camera saw nothing is left out:
    the length is not known there (rule 12).
    """
    end_s = (end - start).total_seconds()
    states = [e for e in events if isinstance(e, QueueState) and e.zone == queue]
    changes = [(0.0, 0)]
    changes += [((e.time - start).total_seconds(), e.length) for e in states]
    unseen = gaps_s(events, start)
    steps: list[tuple[float, float, int]] = []
    for i, (since, length) in enumerate(changes):
        until = changes[i + 1][0] if i + 1 < len(changes) else end_s
        pieces = [(max(0.0, since), min(until, end_s))]
        for gap_from, gap_to, _ in unseen:
            pieces = [
                piece
                for a, b in pieces
                for piece in ((a, min(b, gap_from)), (max(a, gap_to), b))
                if piece[1] > piece[0]
            ]
        steps += [(a, b, length) for a, b in pieces if b > a]
    return sorted(steps)


def summarise_queue(
    events: Sequence[Event], queue: str, services: set[str], start: datetime, end: datetime
) -> QueueSummary:
    """``events`` in order of time; ``services`` the zones at which this queue is served, may be
    empty: then who was served is not known.

    Whoever left the queue in the last ``TO_COUNTER_S`` seconds without reaching the counter yet
    may still be on the way: neither served nor given up.
    """
    steps = length_steps(events, queue, start, end)
    seen_s = sum(b - a for a, b, _ in steps)
    stays = [e for e in events if isinstance(e, ZoneLeft) and e.zone == queue]
    summary = QueueSummary(
        visits=sum(isinstance(e, ZoneEntered) and e.zone == queue for e in events),
        length_mean=sum((b - a) * n for a, b, n in steps) / seen_s if seen_s > 0 else 0.0,
        length_max=max((n for _, _, n in steps), default=0),
        waiting_s=spread([e.dwell_s for e in stays]),
    )
    if not services:
        return summary
    served_visits: set[str] = set()
    gave_up: set[str] = set()
    reach = timedelta(seconds=TO_COUNTER_S)
    arrivals: dict[str, list[datetime]] = {}
    for event in events:
        if isinstance(event, ZoneEntered) and event.zone in services:
            arrivals.setdefault(event.visit, []).append(event.time)
    for stay in stays:
        # The counter's zone may begin inside the queue's: an arrival during the wait counts.
        joined = stay.time - timedelta(seconds=stay.dwell_s)
        reached = arrivals.get(stay.visit, [])
        if any(joined < arrival <= stay.time + reach for arrival in reached):
            served_visits.add(stay.visit)
        elif stay.time + reach <= end:
            gave_up.add(stay.visit)
    # Only those who queued: the crew also stands at the counter.
    service = [
        e.dwell_s
        for e in events
        if isinstance(e, ZoneLeft) and e.zone in services and e.visit in served_visits
    ]
    return summary.model_copy(
        update={
            "service_s": spread(service),
            "served": len(served_visits),
            "left": len(gave_up - served_visits),
        }
    )
