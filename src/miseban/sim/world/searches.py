"""Somebody searches all over the shop and finds nothing."""

from __future__ import annotations

import random
from dataclasses import dataclass

from miseban.sim.scenario import Incident
from miseban.sim.world.aid import Aid
from miseban.sim.world.helping import Help, help_for
from miseban.sim.world.people import Errand, Group
from miseban.sim.world.trouble import Trouble
from miseban.sim.world.world import World

STOPS = 8, 14
STOP_S = 5.0, 15.0
NEED_STOPS = 3
"""Who has ended so many stops without reaching for anything needs a hand."""
COMES = 0.25
"""Chance that one of the staff walks up to who searches, at the end of each stop."""
PATIENCE = 40
"""Who searches in a crowd tries so many times, in all, to find room at other places."""
_TALK_S = 8.0, 25.0


@dataclass(slots=True)
class _Search:
    """``left``, ``stop_s``, ``buys`` and ``reaches`` are the group's had it not to search,
    ``moment_s`` the scenario's moment that was due. ``stood_s`` is when the group came to where it
    stands, ``stops`` how many stops it has ended, ``patience`` how often it will still look for
    room elsewhere."""

    rng: random.Random
    left: list[Errand]
    stop_s: tuple[float, float]
    buys: bool
    reaches: float
    stops: int = 0
    stood_s: float = -1.0
    patience: int = PATIENCE
    need: Help | None = None
    moment_s: float | None = None


class Searches(Trouble):
    """A visit becomes many short stops. Who is helped then finds what was wanted."""

    def __init__(self, world: World, aid: Aid, number: int, table: Incident) -> None:
        super().__init__(world, aid, number, table)
        self._searches: dict[int, _Search] = {}

    def suits(self, group: Group) -> bool:
        return bool(group.left)

    def arrives(self, group: Group) -> None:
        rng, now_s = self.rng(group), self.world.clock.now_s
        drawn = rng.random() < self.table.chance
        if self.suits(group) and (drawn or self.is_due(now_s)):
            self.groups.add(group.number)
            self._searches[group.number] = _Search(
                rng, group.left, group.stop_s, group.buys, group.reaches
            )
            self._searches[group.number].moment_s = self.settle(now_s)
            group.left = self._everywhere(rng)
            group.stop_s, group.buys, group.reaches = STOP_S, False, 0.0

    def _everywhere(self, rng: random.Random) -> list[Errand]:
        """Stops all over the shop, no two alike in a row."""
        names = [a.zone for a in self.world.scenario.attractions] or list(self.world.goods.places)
        count, chosen = rng.randint(*STOPS), list[str]()
        while len(chosen) < count:
            chosen += rng.sample(names, len(names))
        chosen = chosen[:count]
        return [Errand(name) for name in chosen]

    def held_until(self, group: Group, now_s: float) -> float | None:
        search = self._searches.get(group.number)
        if search is None:
            return None
        person = group.members[0]
        moved = person.trail.end_s != search.stood_s
        search.stood_s = person.trail.end_s
        search.stops += moved
        if not moved and group.left and search.patience > 0:  # there was no room: elsewhere, then
            search.patience -= 1
            group.left.insert(0, group.left.pop())
            group.tries = 0
        beside = self.aid.beside(person, now_s) if search.stops >= NEED_STOPS else None
        if beside is not None:
            if search.need is not None:
                search.need.to_s, search.need.helper = beside
            self._found(group, search)
        elif search.need is None:
            if search.stops >= NEED_STOPS:
                search.need = self.begin(help_for("long_search", person, now_s))
        elif moved and search.rng.random() < COMES:
            stay_s = search.rng.uniform(*_TALK_S)
            arrived_s = self.aid.approach(search.need, person, stay_s, now_s)
            if arrived_s is not None:
                self._found(group, search)
                return arrived_s + stay_s
        return None

    def _found(self, group: Group, search: _Search) -> None:
        """Now the group knows where to go, and the visit ends as others do."""
        del self._searches[group.number]
        if search.need is None and search.moment_s is not None:  # then the next who comes
            self.put_off(search.moment_s)
        best = max(search.left, key=lambda errand: errand.pieces)
        group.left = [Errand(best.where, best.pieces)]
        group.stop_s, group.buys, group.reaches = search.stop_s, search.buys, search.reaches
