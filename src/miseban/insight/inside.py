"""People in the shop: what came in less what went out, and how far that drifts (rule 10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from miseban.insight.labels import labels
from miseban.vocabulary.events import Event, LineCrossed
from miseban.vocabulary.summary import Correction, InsideSummary

SURE_S = 60.0
"""Who has been inside for so long is no ghost of two cameras that disagree for a moment."""


def people_inside(
    events: Iterable[Event],
    entrances: Set[str],
    empty: Iterable[datetime] = (),
    *,
    present: Sequence[tuple[datetime, datetime]] = (),
) -> InsideSummary | None:
    """The balance over the lines ``entrances``, without staff where they are told apart; None when
    there are no such lines.

    ``empty`` are moments at which nobody is inside: whatever the balance says then is drift, is
    reported and taken off. Somebody who leaves an empty shop came in unseen: that too is drift,
    so the number inside is never negative, and nothing is hidden. ``present`` are the times in
    which visits are known to be inside, where cameras follow people through the shop: when for
    ``SURE_S`` more of them were there than the balance says, it is put right upwards.
    """
    if not entrances:
        return None
    events = list(events)
    staff = labels(events).staff
    passages = sorted(
        (
            event
            for event in events
            if isinstance(event, LineCrossed)
            and event.line in entrances
            and event.visit not in staff
        ),
        key=lambda event: event.time,
    )
    balance = _Balance()
    steps: list[tuple[datetime, int, LineCrossed | int]] = []
    steps += [(passage.time, 1, passage) for passage in passages]
    steps += [(moment, 0, 0) for moment in empty]
    steps += [(moment, 2, people) for moment, people in at_least(present)]
    for when, kind, what in sorted(steps, key=lambda step: step[:2]):
        if isinstance(what, LineCrossed):
            balance.passed(what)
        elif kind == 0:
            balance.correct(when, balance.inside)
        elif what > balance.inside:
            balance.correct(when, balance.inside - what)
    return InsideSummary(
        entered=balance.entered,
        left=balance.left,
        people_end=balance.inside,
        people_max=balance.most,
        drift=sum(correction.people for correction in balance.corrections),
        corrections=balance.corrections,
    )


@dataclass(slots=True)
class _Balance:
    entered: int = 0
    left: int = 0
    inside: int = 0
    most: int = 0
    corrections: list[Correction] = field(default_factory=list)

    def passed(self, passage: LineCrossed) -> None:
        if passage.direction == "in":
            self.entered, self.inside = self.entered + 1, self.inside + 1
        else:
            self.left, self.inside = self.left + 1, self.inside - 1
            self.correct(passage.time, min(self.inside, 0))
        self.most = max(self.most, self.inside)

    def correct(self, when: datetime, people: int) -> None:
        if people:
            self.inside -= people
            self.most = max(self.most, self.inside)
            self.corrections.append(Correction(time=when, people=people))


def at_least(present: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, int]]:
    """Moments at which so many have been there for ``SURE_S``, when that number rises."""
    sure = timedelta(seconds=SURE_S)
    changes: list[tuple[datetime, int]] = []
    for since, until in present:
        if until - since > sure:
            changes += [(since + sure, 1), (until, -1)]
    found, people = [], 0
    for when, change in sorted(changes):
        people += change
        if change > 0:
            found.append((when, people))
    return found


def empty_moments(
    hours: Iterable[str], timezone: str, start: datetime, duration_s: float
) -> list[datetime]:
    """The middles of the daily ``hours`` ("HH:MM-HH:MM", local time, may pass midnight) that lie
    within ``duration_s`` seconds of ``start``, in order."""
    hours, zone = list(hours), ZoneInfo(timezone)
    end = start + timedelta(seconds=duration_s)
    moments: list[datetime] = []
    day = start.astimezone(zone).date() - timedelta(days=1)
    while day <= end.astimezone(zone).date():
        for since, until in empty_hours(hours, timezone, day):
            moment = since + (until - since) / 2
            if start <= moment <= end:
                moments.append(moment)
        day += timedelta(days=1)
    return sorted(moments)


def empty_hours(
    hours: Iterable[str], timezone: str, day: date
) -> Iterator[tuple[datetime, datetime]]:
    """The daily ``hours`` ("HH:MM-HH:MM", may pass midnight) that begin on ``day``, in its zone."""
    zone = ZoneInfo(timezone)
    for text in hours:
        begin, stop = (time.fromisoformat(part) for part in text.split("-"))
        closes = datetime.combine(day + timedelta(days=stop <= begin), stop, zone)
        yield datetime.combine(day, begin, zone), closes
