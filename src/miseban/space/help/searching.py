"""Who searches: stops that are short for this shop, far apart, one after another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from miseban.space.help.people import Person, Stop
from miseban.space.help.settings import HelpSettings
from miseban.space.help.signs import Sign

RARE, WEIGHT = 0.08, 60.0
"""What part of the stops of customers is as short, until the shop's own is known, and as how many
stops that counts."""
OFTEN = 0.9
"""And of the stops of somebody who searches; others stand in the way, and tracks break."""
LAST = 5
"""Of so many stops at most a search shows."""
MANY = 2000.0
HELPED_M, HELPED_S = 1.5, 3


class Searches:
    """The log odds of a search are a sum over the last stops: how much likelier is one that is as
    short, or that is not, for somebody who looks for something than for a customer of this shop.
    How rare short stops are here is learned from everybody."""

    def __init__(self, settings: HelpSettings, waits: float) -> None:
        self._s, self._waits = settings, waits
        self._short, self._all = RARE * WEIGHT, WEIGHT
        self._told: dict[int, int] = {}
        self._helped: dict[int, int] = {}
        self._over: set[int] = set()

    def look(self, now_s: float, people: Iterable[Person]) -> Iterator[Sign]:
        """Everybody seen in this second."""
        here = list(people)
        staff = [p for p in here if p.staff]
        for person in here:
            child = person.own_m is not None and person.own_m <= self._s.child_m
            if person.staff or child or person.key in self._over:
                continue
            odds = self._odds(person)
            if person.key not in self._told and odds < self._s.search_odds * self._waits**0.3:
                continue
            if person.key not in self._told:
                self._told[person.key] = 0
            if self._is_helped(person, staff):
                self._over.add(person.key)
                continue
            sure = 1.0 / (1.0 + math.exp(-(odds - self._s.search_odds + 1.0)))
            xy = person.xy
            yield Sign("long_search", f"person-{person.key}", xy, max(0.5, sure), person.name)
        self._learn(now_s, here)

    def forget(self, person: Person) -> None:
        """He or she is gone."""
        self._told.pop(person.key, None)
        self._helped.pop(person.key, None)
        self._over.discard(person.key)

    def _odds(self, person: Person) -> float:
        s = self._s
        stops = person.stops[-LAST:]
        if len(stops) < 3:
            return -math.inf
        rare = min(0.5, self._short / self._all)
        total, best = 0.0, -math.inf
        for back, stop in enumerate(reversed(stops), 1):
            short = stop.to_s - stop.from_s <= s.search_stop_s
            total += math.log(OFTEN / rare) if short else math.log((1.0 - OFTEN) / (1.0 - rare))
            if back >= 3 and self._apart(stops[-back:]):
                best = max(best, total)
        return best

    def _apart(self, stops: Sequence[Stop]) -> bool:
        """All over the place, not along one shelf."""
        return any(
            math.dist(one.xy, other.xy) >= self._s.search_far_m
            for one, other in combinations(stops, 2)
        )

    def _is_helped(self, person: Person, staff: list[Person]) -> bool:
        near = any(math.dist(one.xy, person.xy) <= HELPED_M for one in staff)
        slow = person.speed() < self._s.moving_mps
        self._helped[person.key] = self._helped.get(person.key, 0) + 1 if near and slow else 0
        return self._helped[person.key] >= HELPED_S

    def _learn(self, now_s: float, people: list[Person]) -> None:
        """Each stop once, when it has just ended."""
        for person in people:
            if person.staff or not person.stops or person.key in self._told:
                continue
            last = person.stops[-1]
            if last.to_s == now_s - 1.0:
                self._short += last.to_s - last.from_s <= self._s.search_stop_s
                self._all += 1.0
                if self._all > MANY:
                    self._short, self._all = self._short / 2, self._all / 2
