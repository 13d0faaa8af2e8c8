"""What tills and staff's hands say of facings: guesses, of which their classifiers learn a little.

A facing of which as many pieces were sold since it was full as fit there is likely to be empty; one
at which somebody of the staff has just put back half of them or more is likely to be full. Whatever
says that it was filled meanwhile, staff, camera or hands, ends the count: a guess that is not made
costs nothing.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from miseban.vocabulary.events import (
    Event,
    ShelfConfirmed,
    ShelfState,
    ShelfTouched,
    TillReceipt,
    VisitEnded,
    VisitLabelled,
)
from miseban.vocabulary.lessons import Lesson, Taught
from miseban.vocabulary.shop import Facing, Shop

FRESH: Final = timedelta(seconds=120)
"""What happened longer ago says nothing of how a facing looks now."""
RISE: Final = 0.15
"""A fill that has risen by so much: something was put there."""
PUT: Final = 0.5
"""Of the capacity that somebody put there, at least; and no fewer than ``LEAST`` pieces."""
LEAST: Final = 3
VISITS: Final = 500
"""Of so many visits it is remembered what they put where."""

Place = tuple[str, str]


@dataclass(slots=True)
class _Facing:
    shelf: str
    it: Facing
    sold: float | None = None  # pieces since it was full; none: nobody knows when it was
    fill: float | None = None


@dataclass(slots=True)
class _Visit:
    put: Counter[Place] = field(default_factory=Counter)
    last: dict[Place, datetime] = field(default_factory=dict)
    staff: bool = False


class Guesses:
    """Of the facings of ``shop`` whose cameras look how full they are. Events come as they are
    kept, mostly in order of time. Products that stand at several facings are not guessed of by what
    was sold: nobody knows from which."""

    def __init__(self, shop: Shop) -> None:
        stands = Counter(one.gtin for shelf in shop.shelves for one in shelf.facings)
        self._facings = {
            (shelf.id, one.id): _Facing(shelf.id, one)
            for shelf in shop.shelves
            if "state" in shelf.tells
            for one in shelf.facings
        }
        self._by_gtin = {
            one.it.gtin: one for one in self._facings.values() if stands[one.it.gtin] == 1
        }
        self._visits: OrderedDict[str, _Visit] = OrderedDict()
        self._take: dict[type, Callable[[Any, datetime], list[Lesson]]] = {
            ShelfConfirmed: self._confirmed, ShelfState: self._state, ShelfTouched: self._touched,
            TillReceipt: self._receipt, VisitEnded: self._known, VisitLabelled: self._known,
        }  # fmt: skip

    def take(self, events: Sequence[Event], now: datetime) -> list[Lesson]:
        """What is likely after ``events``."""
        found: list[Lesson] = []
        for event in events:
            way = self._take.get(type(event))
            if way is not None and self._facings:
                found += way(event, now)
        return found

    def _confirmed(self, event: ShelfConfirmed, now: datetime) -> list[Lesson]:
        del now
        facing = self._facings.get((event.shelf, event.facing))
        if facing is not None:
            facing.sold = 0.0 if event.state == "full" else None
        return []

    def _state(self, event: ShelfState, now: datetime) -> list[Lesson]:
        del now
        facing = self._facings.get((event.shelf, event.facing))
        if facing is None or event.state in ("blocked", "unknown"):
            return []
        if event.state == "wrong":
            facing.sold = None  # what is sold was not taken from here
        elif event.state == "full" and event.fill > 1 - RISE:
            facing.sold = 0.0
        elif facing.fill is not None and event.fill > facing.fill + RISE:
            facing.sold = None  # filled, and nobody knows how far
        facing.fill = event.fill
        return []

    def _receipt(self, event: TillReceipt, now: datetime) -> list[Lesson]:
        found = []
        for line in event.lines:
            facing = self._by_gtin.get(line.gtin)
            if facing is None or facing.sold is None:
                continue
            facing.sold += line.quantity
            if facing.sold >= facing.it.capacity:
                facing.sold = None
                if abs(now - event.time) <= FRESH:
                    found.append(_guess(facing, "empty"))
        return found

    def _touched(self, event: ShelfTouched, now: datetime) -> list[Lesson]:
        place = (event.shelf, event.facing)
        if event.visit is None or place not in self._facings or event.kind == "reach":
            return []
        visit = self._visit(event.visit)
        visit.put[place] += 1 if event.kind == "put_back" else -1
        visit.last[place] = event.time
        return self._put(visit, place, now) if visit.staff else []

    def _known(self, event: VisitEnded | VisitLabelled, now: datetime) -> list[Lesson]:
        if event.role is None:
            return []
        visit = self._visit(event.visit)
        visit.staff = event.role == "staff"
        if not visit.staff:
            return []
        return [lesson for place in list(visit.put) for lesson in self._put(visit, place, now)]

    def _put(self, visit: _Visit, place: Place, now: datetime) -> list[Lesson]:
        """What somebody of the staff has put there, once it is much."""
        facing = self._facings[place]
        if visit.put[place] > 0:
            facing.sold = None
        if visit.put[place] < max(LEAST, PUT * facing.it.capacity):
            return []
        visit.put[place] = 0
        if abs(now - visit.last[place]) > FRESH:
            return []
        facing.sold = 0.0
        return [_guess(facing, "full")]

    def _visit(self, visit: str) -> _Visit:
        found = self._visits.setdefault(visit, _Visit())
        self._visits.move_to_end(visit)
        if len(self._visits) > VISITS:
            self._visits.popitem(last=False)
        return found


def _guess(facing: _Facing, state: Taught) -> Lesson:
    return Lesson(shelf=facing.shelf, facing=facing.it.id, state=state, guess=True)
