"""Who is there: visits in progress, and stays in zones that have not ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from miseban.hub.live.window import LOST_S
from miseban.vocabulary.events import (
    LineCrossed,
    Role,
    VisitEnded,
    VisitLabelled,
    ZoneEntered,
    ZoneLeft,
    ZoneOccupancy,
)

_LOST = timedelta(seconds=LOST_S)
_ENTERED: Final = 0
_LEFT: Final = 1  # of the same moment: a stay that began has ended


class Labels:
    """Who works here, as far as anybody has told. What became known later stands (as in
    ``insight.labels``), whatever is heard first."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[tuple[bool, datetime, str], Role | None]] = {}
        self._staff: set[str] = set()

    @property
    def staff(self) -> Set[str]:
        return self._staff

    def take(self, event: VisitEnded | VisitLabelled) -> bool:
        """Whether it changed who works here."""
        labelled = isinstance(event, VisitLabelled)
        if event.role is None and not labelled:
            return False
        rank = (labelled, event.time, event.id)
        held = self._said.get(event.visit)
        if held is not None and held[0] >= rank:
            return False
        self._said[event.visit] = rank, event.role
        works = event.role == "staff"
        if works == (event.visit in self._staff):
            return False
        if works:
            self._staff.add(event.visit)
        else:
            self._staff.discard(event.visit)
        return True

    def forget(self, before: datetime) -> list[str]:
        """What was told before that moment; the visits of staff among it."""
        old = [visit for visit, (rank, _) in self._said.items() if rank[1] < before]
        worked = [visit for visit in old if visit in self._staff]
        for visit in old:
            del self._said[visit]
        self._staff.difference_update(worked)
        return worked


@dataclass(slots=True)
class _Visit:
    """``last`` is when it was last heard of other than going out, ``out`` when it last went out."""

    last: datetime | None = None
    out: datetime | None = None
    ended: datetime | None = None

    @property
    def newest(self) -> datetime:
        return max(one for one in (self.last, self.out, self.ended) if one is not None)

    @property
    def going(self) -> bool:
        return (
            self.last is not None
            and self.last == self.newest
            and self.last
            not in (
                self.out,
                self.ended,
            )
        )


class Visits:
    """Visits by id, and by zone who has come and not gone."""

    def __init__(self, entrances: Set[str]) -> None:
        self._entrances = entrances
        self._visits: dict[str, _Visit] = {}
        self._stays: defaultdict[str, dict[str, tuple[datetime, int]]] = defaultdict(dict)
        self._inside: defaultdict[str, set[str]] = defaultdict(set)  # by zone, not left
        self._going: set[str] = set()
        self._nobody: dict[str, datetime] = {}  # by zone, when it was last said to be empty

    def crossed(self, event: LineCrossed) -> None:
        visit = self._visit(event.visit)
        if event.line in self._entrances and event.direction == "out":
            visit.out = _later(visit.out, event.time)
        else:
            visit.last = _later(visit.last, event.time)
        self._sort(event.visit, visit)

    def seen(self, visit_id: str, time: datetime) -> None:
        visit = self._visit(visit_id)
        visit.last = _later(visit.last, time)
        self._sort(visit_id, visit)

    def ended(self, event: VisitEnded) -> None:
        visit = self._visit(event.visit)
        visit.ended = _later(visit.ended, event.time)
        self._sort(event.visit, visit)

    def stay(self, event: ZoneEntered | ZoneLeft) -> None:
        self.seen(event.visit, event.time)
        stays = self._stays[event.zone]
        step = (event.time, _ENTERED if isinstance(event, ZoneEntered) else _LEFT)
        held = stays.get(event.visit)
        if held is not None and held >= step:
            return
        stays[event.visit] = step
        if step[1] == _ENTERED:
            self._inside[event.zone].add(event.visit)
        else:
            self._inside[event.zone].discard(event.visit)

    def occupancy(self, event: ZoneOccupancy) -> None:
        """Where nobody was at ``time``, all who had come before have gone, seen or not."""
        if event.people == 0:
            self._nobody[event.zone] = max(self._nobody.get(event.zone, event.time), event.time)

    def there(self, zone: str, now: datetime) -> dict[str, datetime]:
        """Who is in ``zone``, and since when."""
        nobody = self._nobody.get(zone, now - _LOST)
        stays = self._stays[zone]
        found = {}
        for visit in self._inside[zone]:
            since = stays[visit][0]
            ended = self._visits[visit].ended
            if since > nobody and since >= now - _LOST and (ended is None or since > ended):
                found[visit] = since
        return found

    def anybody(self, zone: str, since: datetime, staff: Set[str]) -> bool:
        """Whether a shopper came to ``zone`` or left it after ``since``, no longer ago than
        ``LOST_S``."""
        stays = self._stays[zone]
        return any(time > since and visit not in staff for visit, (time, _) in stays.items())

    def in_progress(self, now: datetime, staff: Set[str]) -> int:
        """Visits that were heard of, have not gone out and have not ended."""
        lasts = [self._visits[one].last for one in self._going if one not in staff]
        return sum(last is not None and last >= now - _LOST for last in lasts)

    def forget(self, now: datetime) -> None:
        """What is older than ``LOST_S`` counts for nothing any more."""
        before = now - _LOST
        for visit_id in [v for v, visit in self._visits.items() if visit.newest < before]:
            del self._visits[visit_id]
            self._going.discard(visit_id)
        for zone, stays in self._stays.items():
            for visit_id in [v for v, (time, _) in stays.items() if time < before]:
                del stays[visit_id]
                self._inside[zone].discard(visit_id)

    def _visit(self, visit_id: str) -> _Visit:
        visit = self._visits.get(visit_id)
        if visit is None:
            visit = self._visits[visit_id] = _Visit()
        return visit

    def _sort(self, visit_id: str, visit: _Visit) -> None:
        if visit.going:
            self._going.add(visit_id)
        else:
            self._going.discard(visit_id)


def _later(held: datetime | None, time: datetime) -> datetime:
    return time if held is None or time > held else held
