"""Somebody waits at a till or counter that is manned at other times, and nobody is there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from miseban.space.help.signs import Sign
from miseban.space.laying import laid, views_of
from miseban.space.polygons import Polygons
from miseban.vocabulary.shop import Shop

PAST = 0.999
"""What the counter was like before a thousand seconds counts for little."""


HIDDEN_S = 10.0
"""Customers stand in front of a clerk now and then."""
PLACE_M = 0.8
"""Behind a counter, so near to where its clerk has stood, stands a clerk."""


@dataclass(slots=True)
class _Counter:
    """``zones`` are its queue, if it has one, and where customers are served; ``manned`` for what
    part of the last minutes staff were there, ``watched_s`` how long it was watched;
    ``waits_s`` since when somebody waits, ``missed_s`` since when no staff are there then;
    ``staff_xy`` is where they stand."""

    name: str
    zones: Polygons
    middle: tuple[float, float]
    manned: float = 0.5
    watched_s: float = 0.0
    waits_s: float | None = None
    missed_s: float | None = None
    staff_s: float = -math.inf
    staff_xy: tuple[float, float] | None = None


class Counters:
    """Tills of the shop file, whose places on the floor are known."""

    def __init__(self, shop: Shop, settings: HelpSettings, waits: float) -> None:
        self._s, self._waits = settings, waits
        views = views_of(shop)
        self._counters: list[_Counter] = []
        for till in shop.tills:
            service, queue = (laid(shop.zone(name), views) for name in (till.service, till.queue))
            if service is not None and queue is not None:
                x, y = service.mean(axis=0).tolist()
                zones = Polygons([queue, service])
                self._counters.append(_Counter(till.id, zones, (x, y)))

    def look(self, now_s: float, people: Iterable[Person]) -> Iterator[Sign]:
        """Everybody seen in this second."""
        here = list(people)
        if not here:
            for counter in self._counters:
                counter.waits_s = counter.missed_s = None  # who waited has gone
        if not here or not self._counters:
            return
        xy = np.array([person.xy for person in here])
        for counter in self._counters:
            inside = counter.zones.inside(xy)
            yield from self._one(now_s, counter, here, inside)

    def _one(
        self, now_s: float, counter: _Counter, here: list[Person], inside: np.ndarray
    ) -> Iterator[Sign]:
        s = self._s
        beside = [
            p
            for p in here
            if math.dist(p.xy, counter.middle) <= s.staff_m
            and self._nearest(p.xy) is counter  # the clerk of the next till is not this one's
        ]
        staff = [p for p in beside if p.staff]
        if staff:
            counter.staff_s = now_s
            x, y = min((p.xy for p in staff), key=lambda xy: math.dist(xy, counter.middle))
            px, py = counter.staff_xy or (x, y)
            counter.staff_xy = (0.98 * px + 0.02 * x, 0.98 * py + 0.02 * y)
        elif any(self._stands_in(counter, p) for p in beside):
            counter.staff_s = now_s
        there = now_s - counter.staff_s <= HIDDEN_S
        counter.watched_s += 1.0
        counter.manned = PAST * counter.manned + (1 - PAST) * there
        waiting = [
            p
            for p, (queues, served) in zip(here, inside.tolist(), strict=True)
            if not p.staff and (queues or served) and p.speed() < s.moving_mps
        ]
        if not waiting:
            counter.waits_s = counter.missed_s = None
            return
        if counter.waits_s is None:
            counter.waits_s = now_s
        if there:
            counter.missed_s = None
            return
        counter.missed_s = max(counter.waits_s, counter.staff_s + 1.0)
        known = counter.watched_s >= s.known_s and counter.manned >= s.manned
        if known and now_s + 1.0 - counter.missed_s >= s.counter_s * self._waits:
            first = min(waiting, key=lambda p: math.dist(p.xy, counter.middle))
            sure = min(0.9, 0.4 + counter.manned / 2)
            yield Sign("unmanned_counter", f"counter-{counter.name}", first.xy, sure, first.name)

    def _stands_in(self, counter: _Counter, person: Person) -> bool:
        """Whether somebody of whom it is not known yet stands where its clerk does."""
        place = counter.staff_xy
        return place is not None and not person.waits and math.dist(person.xy, place) <= PLACE_M

    def _nearest(self, xy: tuple[float, float]) -> _Counter:
        return min(self._counters, key=lambda counter: math.dist(counter.middle, xy))
