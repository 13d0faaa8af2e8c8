"""Who searches: stops that are short for this shop, far apart, one after another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from miseban.space.help.children import is_child
from miseban.space.help.habits import Habits, bin_of, is_short
from miseban.space.help.people import Person, Stop
from miseban.space.help.settings import HelpSettings
from miseban.space.help.signs import Sign

SEARCH = (0.12, 0.18, 0.19, 0.15, 0.10, 0.08, 0.065, 0.07, 0.045)
"""How many of the stops of somebody who searches are as long: mostly 5 to 15 s, longer where others
stand in the way."""
LEAST = 3
"""Of fewer stops a search does not show, seen whole or not."""
LOWEST = -2.0
"""Log odds of who stops as customers do: who then begins to search has to show a little more than
one of whom nothing is known."""
HERE = 2.0
"""A short stop tells no more than so much more, as log odds, where all others stay for longer."""
TOGETHER_M, TOGETHER = 2.5, 0.5
"""Who was so near at so many of the stops goes along."""
HELPED_M, HELPED_S = 1.5, 3


@dataclass(slots=True)
class _Sum:
    """``total`` log odds of the first ``many`` stops of a person, those ``since`` it looked least
    like a search among them; ``odds`` are those if that is enough to say so."""

    many: int = 0
    total: float = 0.0
    since: list[Stop] = field(default_factory=list)
    odds: float = -math.inf


class Searches:
    """The log odds of a search are a sum over the stops that were seen whole: how much likelier is
    one as long for somebody who looks for something than for a customer of this shop who stops
    there. The sum does not fall below ``LOWEST``, so that who begins to search later is found, too
    (a cumulative sum, E. S. Page, *Biometrika* 41, 1954). How long stops are is learned from
    everybody."""

    def __init__(self, settings: HelpSettings, waits: float) -> None:
        self._s, self._waits = settings, waits
        self._habits = Habits()
        self._sums: dict[int, _Sum] = {}
        self._told: dict[int, Person] = {}
        self._beside: set[int] = set()
        self._helped: dict[int, int] = {}
        self._over: set[int] = set()

    def look(self, people: Iterable[Person]) -> Iterator[Sign]:
        """Everybody seen in this second."""
        here = list(people)
        staff = [p for p in here if p.staff]
        for person in here:
            if person.staff or person.key in self._over or person.key in self._beside:
                continue
            if is_child(person, self._s):
                self._sums[person.key] = _Sum(many=len(person.stops))  # all were no adult's
                continue
            odds = self._odds(person)
            if person.key not in self._told and odds < self._s.search_odds * self._waits**0.3:
                continue
            if person.key not in self._told:
                if any(_together(person, other) for other in self._told.values()):
                    self._beside.add(person.key)
                    self._habits.searched(person.key)
                    continue
                self._told[person.key] = person
                self._habits.searched(person.key)
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
        self._sums.pop(person.key, None)

    def _odds(self, person: Person) -> float:
        """Of all stops so far; those that have ended since it was asked last are added."""
        known = self._sums.setdefault(person.key, _Sum())
        for stop in person.stops[known.many :]:
            known.since.append(stop)
            if not stop.whole:
                continue
            known.total += self._tells(stop, person.key)
            if known.total <= LOWEST:
                known.total, known.since = LOWEST, []
            enough = len(known.since) >= LEAST and self._apart(known.since)
            known.odds = known.total if enough else -math.inf
            if person.key not in self._told:
                self._habits.stopped(stop, person.key)
        known.many = len(person.stops)
        return known.odds

    def _tells(self, stop: Stop, key: int) -> float:
        """How much a stop speaks for a search, as log odds. Where others stop as shortly, as in the
        second row behind those before a shelf, a short one does not: nor against one, for who
        searches waits there, too. Where all stay for longer, it says more."""
        usual = math.log(SEARCH[bin_of(stop)] / self._habits.share(stop))
        if not is_short(stop):
            return usual
        here = usual - math.log(self._habits.short_here(stop, key))
        return min(max(min(0.0, usual), here), usual + HERE)

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
                self._habits.learn(stop)


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
