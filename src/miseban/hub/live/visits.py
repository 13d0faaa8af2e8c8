"""Who is there: visits in progress, and stays in zones that have not ended."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from miseban.hub.live.balance import micros, moment
from miseban.hub.live.hashed import Moments, hashed
from miseban.hub.live.window import LOST_S, OPEN_S
from miseban.vocabulary.events import (
    LineCrossed,
    Role,
    ShelfTouched,
    VisitEnded,
    VisitLabelled,
    ZoneEntered,
    ZoneLeft,
    ZoneOccupancy,
)

_LOST = timedelta(seconds=LOST_S)
_SERVED = timedelta(seconds=1.5 * OPEN_S)
_OVER = timedelta(seconds=60.0)
"""So long after a visit is over it is held as it is. Each is a dozen small pieces of memory, and
those of a quarter of an hour, with events that came and went between them, keep many pages."""
MOST: Final = 200_000
"""Visits in progress; more are no visits but a fault, and the oldest are forgotten."""
_ENTERED: Final = 0
_LEFT: Final = 1  # of the same moment: a stay that began has ended


class Labels:
    """Who works here, as far as anybody has told. What became known later stands (as in
    ``insight.labels``), whatever is heard first."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[tuple[bool, datetime, str], Role | None]] = {}
        self._staff: set[str] = set()
        self._hashes: set[int] = set()

    @property
    def staff(self) -> Set[str]:
        return self._staff

    @property
    def hashes(self) -> Set[int]:
        """The same, hashed."""
        return self._hashes

    def take(self, event: VisitEnded | VisitLabelled) -> bool:
        """Whether it changed who works here."""
        labelled = type(event) is VisitLabelled
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
            self._hashes.add(hashed(event.visit))
        else:
            self._staff.discard(event.visit)
            self._hashes.discard(hashed(event.visit))
        return True

    def forget(self, before: datetime, now: datetime) -> list[str]:
        """What was told of staff before that moment, and of others ``LOST_S`` before ``now``: that
        only orders what is told of one visit. The visits of staff among it."""
        others = max(before, now - _LOST)
        old = [
            visit
            for visit, (rank, _) in self._said.items()
            if rank[1] < (before if visit in self._staff else others)
        ]
        worked = [visit for visit in old if visit in self._staff]
        for visit in old:
            del self._said[visit]
        self._staff.difference_update(worked)
        self._hashes.difference_update(map(hashed, worked))
        return worked


@dataclass(slots=True)
class _Visit:
    """``last`` is when it was last heard of other than going out, ``out`` when it last went out.
    In microseconds since 1970: a time as an object is two small pieces of memory, of minutes, that
    hold pages open which are else empty."""

    last: int | None = None
    out: int | None = None
    ended: int | None = None

    @property
    def newest(self) -> int:
        return max(one for one in (self.last, self.out, self.ended) if one is not None)

    @property
    def going(self) -> bool:
        if self.ended is not None or self.last is None:
            return False
        return self.out is None or self.last > self.out


class Visits:
    """Visits by id, and by zone who has come and not gone."""

    def __init__(self, entrances: Set[str], counters: Set[str] = frozenset()) -> None:
        """``counters`` are zones of which ``anybody`` is asked."""
        self._entrances = entrances
        self._served = {zone: _Served() for zone in counters}
        self._visits: dict[str, _Visit] = {}
        self._stays: defaultdict[str, dict[str, int]] = defaultdict(dict)  # time and kind, as one
        self._inside: defaultdict[str, set[str]] = defaultdict(set)  # by zone, not left
        self._going: set[str] = set()
        # Visits of which no more is kept: nobody comes back by an old event, or after the end.
        self._out, self._ended = Moments(), Moments()
        self._nobody: dict[str, datetime] = {}  # by zone, when it was last said to be empty

    def crossed(self, event: LineCrossed) -> None:
        visit = self._visit(event.visit, event.time)
        if visit is None:
            return
        if event.line in self._entrances and event.direction == "out":
            visit.out = _later(visit.out, event.time)
        else:
            visit.last = _later(visit.last, event.time)
        self._sort(event.visit, visit)

    def seen(self, visit_id: str, time: datetime) -> bool:
        """Whether that is not known to be over."""
        visit = self._visit(visit_id, time)
        if visit is None:
            return False
        visit.last = _later(visit.last, time)
        self._sort(visit_id, visit)
        return True

    def touched(self, event: ShelfTouched) -> None:
        if event.visit is not None:
            self.seen(event.visit, event.time)

    def ended(self, event: VisitEnded) -> None:
        visit = self._visit(event.visit, event.time)
        if visit is not None:
            visit.ended = _later(visit.ended, event.time)
            self._sort(event.visit, visit)

    def stay(self, event: ZoneEntered | ZoneLeft) -> None:
        served = self._served.get(event.zone)
        if served is not None:
            served.add(event.time, event.visit)
        if not self.seen(event.visit, event.time):
            return
        stays = self._stays[event.zone]
        left = type(event) is not ZoneEntered
        step = 2 * micros(event.time) + (_LEFT if left else _ENTERED)
        held = stays.get(event.visit)
        if held is not None and held >= step:
            return
        stays[event.visit] = step
        if left:
            self._inside[event.zone].discard(event.visit)
        else:
            self._inside[event.zone].add(event.visit)

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
            since_us = stays[visit] // 2
            since = moment(since_us)
            if since > nobody and since >= now - _LOST and self._still(visit, since_us):
                found[visit] = since
        return found

    def _still(self, visit_id: str, since: int) -> bool:
        visit = self._visits.get(visit_id)
        return visit is None or (visit.ended is None and (visit.out is None or since > visit.out))

    def anybody(self, counter: str, since: datetime, staff: Set[int]) -> bool:
        """Whether a shopper came to ``counter`` or left it after ``since``, no longer ago than
        ``OPEN_S``; ``staff`` are hashed visits."""
        return self._served[counter].anybody(since, staff)

    def in_progress(self, now: datetime, staff: Set[str]) -> int:
        """Visits that were heard of, have not gone out and have not ended."""
        first = micros(now - _LOST)
        lasts = [self._visits[one].last for one in self._going if one not in staff]
        return sum(last is not None and last >= first for last in lasts)

    def forget(self, now: datetime) -> None:
        """What counts for nothing any more: of visits that are over, a while later, all but that
        they are; after ``LOST_S`` that too."""
        before, lately = micros(now - _LOST), micros(now - _OVER)
        over: list[str] = []
        for visit_id, visit in self._visits.items():
            newest = visit.newest
            if newest < before or (newest < lately and not visit.going):
                over.append(visit_id)
        if len(self._going) > MOST:
            over += sorted(self._going, key=lambda one: self._visits[one].newest)[:-MOST]
        gone = {visit_id: self._visits.pop(visit_id) for visit_id in dict.fromkeys(over)}
        self._going.difference_update(gone)
        for moments, is_end in ((self._out, False), (self._ended, True)):
            some = {
                hashed(visit_id): visit.newest
                for visit_id, visit in gone.items()
                if (visit.ended is not None) == is_end
            }
            moments.add(list(some), list(some.values()))
            moments.forget(before)
        for served in self._served.values():
            served.forget(now - _SERVED)
        for zone, stays in self._stays.items():
            for visit_id in [v for v in stays if v in gone]:
                del stays[visit_id]
                self._inside[zone].discard(visit_id)

    def _visit(self, visit_id: str, time: datetime) -> _Visit | None:
        """None for one that is over, or was out by then."""
        visit = self._visits.get(visit_id)
        if visit is None:
            number = hashed(visit_id)
            out = self._out.get(number)
            if self._ended.get(number) is not None or (out is not None and micros(time) <= out):
                return None
            visit = self._visits[visit_id] = _Visit(out=out)
        return visit

    def _sort(self, visit_id: str, visit: _Visit) -> None:
        if visit.going:
            self._going.add(visit_id)
        else:
            self._going.discard(visit_id)


class _Served:
    """Who came or left lately, and when."""

    def __init__(self) -> None:
        self._micros, self._visits = array("q"), array("Q")

    def add(self, time: datetime, visit: str) -> None:
        self._micros.append(micros(time))
        self._visits.append(hashed(visit))

    def anybody(self, since: datetime, but: Set[int]) -> bool:
        after = micros(since)
        both = zip(reversed(self._micros), reversed(self._visits), strict=True)
        return any(time > after and visit not in but for time, visit in both)

    def forget(self, before: datetime) -> None:
        oldest = micros(before)
        kept = [i for i, time in enumerate(self._micros) if time >= oldest]
        if len(kept) < len(self._micros):
            self._micros = array("q", [self._micros[i] for i in kept])
            self._visits = array("Q", [self._visits[i] for i in kept])


def _later(held: int | None, time: datetime) -> int:
    at = micros(time)
    return at if held is None or at > held else held
