"""Who searches: stops that are short for this shop, far apart, one after another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from miseban.space.help.people import Person, Stop
from miseban.space.help.settings import HelpSettings
from miseban.space.help.signs import Sign

UP_TO_S = (8.0, 11.0, 14.0, 17.0, 21.0, 26.0, 35.0, 50.0, math.inf)
"""Stops are told apart by how long they last."""
SEARCH = (0.12, 0.18, 0.19, 0.15, 0.10, 0.08, 0.065, 0.07, 0.045)
"""How many of the stops of somebody who searches are as long: mostly 5 to 15 s, longer where others
stand in the way."""
OTHERS, WEIGHT = (0.03, 0.03, 0.025, 0.025, 0.04, 0.06, 0.115, 0.21, 0.465), 100.0
"""And of those of customers, until the shop's own are known; as how many stops that counts."""
LEAST = 3
"""Of fewer stops a search does not show."""
TOGETHER_M, TOGETHER = 2.5, 0.5
"""Who was so near at so many of the stops goes along."""
MANY = 2000.0
HELPED_M, HELPED_S = 1.5, 3


class Searches:
    """The log odds of a search are a sum over the stops that were seen whole, since when it looks
    most like one: how much likelier is one as long for somebody who looks for something than for a
    customer of this shop (a cumulative sum, E. S. Page, *Biometrika* 41, 1954). How long stops are
    here is learned from everybody."""

    def __init__(self, settings: HelpSettings, waits: float) -> None:
        self._s, self._waits = settings, waits
        self._often = [part * WEIGHT for part in OTHERS]
        self._told: dict[int, Person] = {}
        self._beside: set[int] = set()
        self._helped: dict[int, int] = {}
        self._over: set[int] = set()

    def look(self, people: Iterable[Person]) -> Iterator[Sign]:
        """Everybody seen in this second."""
        here = list(people)
        staff = [p for p in here if p.staff]
        for person in here:
            child = person.own_m is not None and person.own_m <= self._s.child_m
            if person.staff or child or person.key in self._over or person.key in self._beside:
                continue
            odds = self._odds(person)
            if person.key not in self._told and odds < self._s.search_odds * self._waits**0.3:
                continue
            if person.key not in self._told:
                if any(_together(person, other) for other in self._told.values()):
                    self._beside.add(person.key)
                    continue
                self._told[person.key] = person
            if self._is_helped(person, staff):
                self._over.add(person.key)
                continue
            sure = 1.0 / (1.0 + math.exp(-(odds - self._s.search_odds + 1.0)))
            xy = person.xy
            yield Sign("long_search", f"person-{person.key}", xy, max(0.5, sure), person.name)

    def forget(self, person: Person) -> None:
        """He or she is gone: how long the stops of customers are is learned."""
        if not person.staff and person.key not in self._told and person.key not in self._beside:
            self._learn(person)
        self._told.pop(person.key, None)
        self._beside.discard(person.key)
        self._helped.pop(person.key, None)
        self._over.discard(person.key)

    def _odds(self, person: Person) -> float:
        total, since = 0.0, list[Stop]()
        every = sum(self._often)
        for stop in person.stops:
            if not stop.whole:
                continue
            i = _bin(stop)
            total += math.log(SEARCH[i] / (self._often[i] / every))
            since.append(stop)
            if total <= 0.0:
                total, since = 0.0, []
        return total if len(since) >= LEAST and self._apart(since) else -math.inf

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

    def _learn(self, person: Person) -> None:
        """The stops of a customer who is gone."""
        for stop in person.stops:
            if stop.whole:
                self._often[_bin(stop)] += 1.0
        if sum(self._often) > MANY:
            self._often = [n / 2 for n in self._often]


def _together(one: Person, other: Person) -> bool:
    """Whether both have stopped at the same places at the same time, lately."""
    mine = [stop for stop in one.stops if stop.whole][-LEAST:]
    beside = [
        any(
            min(stop.to_s, its.to_s) > max(stop.from_s, its.from_s)
            and math.dist(stop.xy, its.xy) <= TOGETHER_M
            for its in other.stops
        )
        for stop in mine
    ]
    return sum(beside) >= TOGETHER * len(mine)


def _bin(stop: Stop) -> int:
    """Which of ``UP_TO_S``."""
    return next(i for i, most_s in enumerate(UP_TO_S) if stop.to_s - stop.from_s <= most_s)
