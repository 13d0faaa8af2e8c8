"""Where people stop: the zones that draw them, and the goods in those."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import shapely
from shapely import LineString

from miseban.sim.world.floorplan import Cell, Spot
from miseban.sim.world.people import Errand, Group, Person, weighted
from miseban.sim.world.world import World

BESIDE_M = 3.0
"""Companions stand no farther from the one who leads."""
GRIP = 1.18
"""How high a hand takes hold of something, in body heights (S. Pheasant and C. M. Haslegrave,
*Bodyspace*, 2006: vertical grip reach, standing)."""
SEATED_GRIP_M = 1.22
"""... and from a wheelchair (2010 ADA Standards for Accessible Design, 308.2.1: 48 inches)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The facing stopped for, if any, which of the members is to stand before it, and where each
    will stand. Who only ``waits`` stands aside until there is room before the goods."""

    key: str | None
    leader: int
    spots: tuple[Spot, ...]
    waits: bool = False


class Stops:
    """An errand leads to a zone or, named by its key, to a facing. Facings in no zone that draws
    people draw them by themselves."""

    def __init__(self, world: World) -> None:
        self._plan, self._walking = world.plan, world.walking
        self._places = world.goods.places
        attractions = world.scenario.attractions
        loose = [place for place in self._places.values() if not place.zones]
        self._names = [a.zone for a in attractions] + [place.key for place in loose]
        self._weights = [a.weight for a in attractions] + [place.weight for place in loose]
        self._keys = {name: [name] for name in self._places}
        for attraction in attractions:
            zone = attraction.zone
            self._keys[zone] = [p.key for p in self._places.values() if zone in p.zones]
        self._stands = {
            name: _once(
                [*self._plan.spots.get(name, ()), *(s for k in keys for s in self._places[k].spots)]
            )
            for name, keys in self._keys.items()
        }
        self._at: dict[Cell, dict[str, Spot]] = {}
        for place in self._places.values():
            for spot in place.spots:
                self._at.setdefault(spot.cell, {})[place.key] = spot
        everywhere = [*self._plan.spots.values(), *(p.spots for p in self._places.values())]
        self._all = _once([spot for spots in everywhere for spot in spots])
        self._beside: dict[Cell, list[Spot]] = {}

    def errands(self, rng: random.Random, count: int) -> list[Errand]:
        """``count`` stops, no two alike in a row."""
        chosen: list[Errand] = []
        always = self._weights if any(self._weights) else [1.0] * len(self._names)
        for _ in range(count):
            last = chosen[-1].where if chosen else None
            others = [
                w * (name != last) for name, w in zip(self._names, self._weights, strict=True)
            ]
            where = weighted(rng, self._names, others if any(others) else always)
            chosen.append(Errand(where))
        return chosen

    def want(self, group: Group, pieces: int) -> None:
        """Makes a list: ``pieces`` are wanted at those of the errands that lead to goods."""
        sold = [errand for errand in group.left if self._takeable(group, errand.where)]
        for _ in range(pieces if sold else 0):
            group.rng.choice(sold).pieces += 1

    def has_goods(self, where: str) -> bool:
        """Whether goods stand there, high or low."""
        return bool(self._keys[where])

    def within_reach(self, person: Person) -> dict[str, Spot]:
        """The facings that ``person`` can reach from where he or she stands or is going to, each
        with how one stands to do so."""
        assert person.cell is not None  # noqa: S101 - only people at a stop are asked for
        there = self._at.get(person.cell, {})
        return {key: spot for key, spot in there.items() if self.can_reach(person, key)}

    def can_reach(self, person: Person, key: str) -> bool:
        """Whether a facing is low enough."""
        seated = person.carries == "wheelchair"
        high_m = SEATED_GRIP_M if seated else GRIP * person.height_m
        return self._places[key].front[2] <= high_m

    def _takeable(self, group: Group, where: str) -> list[str]:
        """The facings there that at least one of the group can reach."""
        return [k for k in self._keys[where] if any(self.can_reach(m, k) for m in group.members)]

    def choose(self, group: Group, where: str) -> Choice | None:
        """What the group stops for, if goods, and where each of its members will stand, near each
        other; None when there is no room."""
        stands, key = self._stands[where], None
        if keys := self._takeable(group, where):
            spots = {k: spot for k in keys if (spot := self._open(group, k)) is not None}
            if not spots:
                return self._aside(group, where)
            key = self.pick(group.rng, list(spots))
            first = spots[key]
            stands = self._near(first)
        else:
            free = [spot for spot in stands if self._walking.is_free(spot)]
            if len(free) < len(group.members):
                return None
            first = group.rng.choice(free)
        return self._placed(group, where, key, first, stands)

    def _aside(self, group: Group, where: str) -> Choice | None:
        """Where to wait without standing in front of goods; None for those who do so already."""
        cells = [member.cell for member in group.members]
        if cells[0] is not None and not any(cell in self._at for cell in cells):
            return None
        stands = self._stands[where]
        free = [s for s in stands if s.cell not in self._at and self._walking.is_free(s)]
        if len(free) < len(group.members):
            return None
        chosen = self._placed(group, where, None, group.rng.choice(free), free)
        return None if chosen is None else replace(chosen, waits=True)

    def _open(self, group: Group, key: str) -> Spot | None:
        """The nearest place before a facing that is free, or one of the group's already."""
        mine = {m.cell for m in group.members if self.can_reach(m, key)}
        spots = self._places[key].spots
        return next((s for s in spots if s.cell in mine or self._walking.is_free(s)), None)

    def _placed(
        self, group: Group, where: str, key: str | None, first: Spot, stands: Sequence[Spot]
    ) -> Choice | None:
        """One who can reach at ``first``, if possible who stands there already; the others nearest
        to it, on places of the same zone before any."""
        members = group.members
        able = [i for i, m in enumerate(members) if key is None or self.can_reach(m, key)]
        leader = next((i for i in able if members[i].cell == first.cell), able[0])
        x, y = self._plan.centre(first.cell)
        home = {spot.cell for spot in self._stands[where]}

        def far(spot: Spot) -> tuple[bool, float, int]:
            sx, sy = self._plan.centre(spot.cell)
            return spot.cell not in home, round((sx - x) ** 2 + (sy - y) ** 2, 6), spot.cell

        others = [s for s in stands if s.cell != first.cell and self._walking.is_free(s)]
        if len(others) < len(members) - 1:
            return None
        spots = sorted(others, key=far)[: len(members) - 1]
        spots.insert(leader, first)
        return Choice(key, leader, tuple(spots))

    def instead(self, rng: random.Random, key: str, among: Sequence[str]) -> str | None:
        """Another facing of the same category among those given, by weight."""
        wanted = self._places[key].category
        others = [k for k in among if k != key and self._places[k].category == wanted]
        if wanted is None or not others:
            return None
        return self.pick(rng, others)

    def pick(self, rng: random.Random, among: Sequence[str]) -> str:
        """One of some facings, by weight."""
        weights = [self._places[key].weight for key in among]
        return weighted(rng, among, weights if any(weights) else [1.0] * len(among))

    def _near(self, first: Spot) -> list[Spot]:
        """Places to stand in sight of ``first``."""
        if first.cell not in self._beside:
            here = self._plan.centre(first.cell)
            ways = [LineString([here, self._plan.centre(spot.cell)]) for spot in self._all]
            clear = ~shapely.intersects(ways, self._plan.obstacles)
            self._beside[first.cell] = [
                spot
                for spot, way, ok in zip(self._all, ways, clear, strict=True)
                if ok and way.length <= BESIDE_M
            ]
        return self._beside[first.cell]


def _once(spots: Sequence[Spot]) -> list[Spot]:
    """The first of those on the same cell, in order."""
    first: dict[Cell, Spot] = {}
    for spot in spots:
        first.setdefault(spot.cell, spot)
    return list(first.values())
