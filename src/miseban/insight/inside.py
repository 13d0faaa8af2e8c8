"""People in the shop: what came in less what went out, and how far that drifts (rule 10)."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from miseban.vocabulary.events import Event, LineCrossed
from miseban.vocabulary.summary import Correction, InsideSummary


def people_inside(
    events: Iterable[Event], entrances: Set[str], empty: Iterable[datetime] = ()
) -> InsideSummary | None:
    """The balance over the lines ``entrances``; None when there are none.

    ``empty`` are moments at which nobody is inside: whatever the balance says then is drift, is
    reported and taken off. Somebody who leaves an empty shop came in unseen: that too is drift,
    so the number inside is never negative, and nothing is hidden.
    """
    if not entrances:
        return None
    passages = sorted(
        (event for event in events if isinstance(event, LineCrossed) and event.line in entrances),
        key=lambda event: event.time,
    )
    moments = sorted(empty)
    corrections: list[Correction] = []
    entered = left = inside = most = drift = 0

    def correct(when: datetime, people: int) -> None:
        nonlocal drift, inside
        drift += people
        inside -= people
        corrections.append(Correction(time=when, people=people))

    for passage in passages:
        while moments and moments[0] <= passage.time:
            when = moments.pop(0)
            if inside:
                correct(when, inside)
        if passage.direction == "in":
            entered, inside = entered + 1, inside + 1
        else:
            left, inside = left + 1, inside - 1
            if inside < 0:
                correct(passage.time, inside)
        most = max(most, inside)
    for when in moments:
        if inside:
            correct(when, inside)
    return InsideSummary(
        entered=entered,
        left=left,
        people_end=inside,
        people_max=most,
        drift=drift,
        corrections=corrections,
    )


def empty_moments(
    hours: Iterable[str], timezone: str, start: datetime, duration_s: float
) -> list[datetime]:
    """The middles of the daily ``hours`` ("HH:MM-HH:MM", local time, may pass midnight) that lie
    within ``duration_s`` seconds of ``start``, in order."""
    zone = ZoneInfo(timezone)
    end = start + timedelta(seconds=duration_s)
    moments: list[datetime] = []
    day = start.astimezone(zone).date() - timedelta(days=1)
    while day <= end.astimezone(zone).date():
        for text in hours:
            begin, stop = (time.fromisoformat(part) for part in text.split("-"))
            opens = datetime.combine(day, begin, zone)
            closes = datetime.combine(day + timedelta(days=stop <= begin), stop, zone)
            moment = opens + (closes - opens) / 2
            if start <= moment <= end:
                moments.append(moment)
        day += timedelta(days=1)
    return sorted(moments)
