"""A child stays behind, wanders about alone, and is found again."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import partial

from miseban.sim.scenario import Incident
from miseban.sim.scenario.incidents import CHILD_M
from miseban.sim.world.aid import Aid
from miseban.sim.world.floorplan import Spot
from miseban.sim.world.helping import Help, help_for
from miseban.sim.world.people import Group, Person
from miseban.sim.world.trouble import Trouble
from miseban.sim.world.world import RETRY_S, World

BESIDE_M = 3.0
_TRIES = 20  # the others wait so often for a free place beside them, then for any
_STANDS_S = 4.0, 15.0


@dataclass(slots=True)
class _Lost:
    """``child`` is alone until ``until_s``, and then comes when ``called``; ``with_s`` is when it
    is back with the others."""

    rng: random.Random
    child: Person
    until_s: float
    need: Help
    called: bool = False
    tries: int = 0
    with_s: float | None = None


class LostChildren(Trouble):
    """The others go on without noticing; they do not pay or leave without the child."""

    def __init__(self, world: World, aid: Aid, number: int, table: Incident) -> None:
        super().__init__(world, aid, number, table)
        self._left: dict[int, int] = {}  # errands left when it happens, by group
        self._lost: dict[int, _Lost] = {}
        zones = [a.zone for a in world.scenario.attractions]
        self._spots = [spot for zone in zones for spot in world.plan.spots[zone]]

    def suits(self, group: Group) -> bool:
        return bool(group.left and _children(group))

    def arrives(self, group: Group) -> None:
        rng = self.rng(group)
        if rng.random() < self.table.chance and self.suits(group) and len(group.left) > 1:
            self._left[group.number] = rng.randrange(1, len(group.left))
            self.groups.add(group.number)

    def held_until(self, group: Group, now_s: float) -> float | None:
        lost = self._lost.get(group.number)
        if lost is not None:
            return self._seek(group, lost, now_s)
        if group.number in self.groups:
            happens = self.suits(group) and len(group.left) <= self._left.get(group.number, -1)
        else:
            happens = self.is_due(now_s) and self.suits(group)
        if happens:
            self._lose(group, now_s)
        return None

    def _lose(self, group: Group, now_s: float) -> None:
        rng = self.rng(group)
        rng.random()
        self.settle(now_s)
        child = rng.choice(_children(group))
        group.members.remove(child)
        self._left.pop(group.number, None)
        self.groups.add(group.number)
        until_s = now_s + rng.uniform(*self.table.lasts_s)
        need = self.begin(help_for("lost_child", child, now_s))
        lost = self._lost[group.number] = _Lost(rng, child, until_s, need)
        self.world.clock.at(now_s + rng.uniform(*_STANDS_S), partial(self._wander, lost))

    def _wander(self, lost: _Lost, now_s: float) -> None:
        """To some place or other, again and again."""
        if lost.called:
            return
        free = [spot for spot in self._spots if self.world.walking.is_free(spot)]
        arrived_s = now_s
        if free:
            arrived_s = self.world.walking.go(lost.child, lost.rng.choice(free), now_s)
        again_s = arrived_s + lost.rng.uniform(*_STANDS_S)
        self.world.clock.at(again_s, partial(self._wander, lost))

    def _seek(self, group: Group, lost: _Lost, now_s: float) -> float | None:
        """The others go on while they do not miss the child, and stay where they are from then
        on; it comes to them."""
        if now_s < lost.until_s:
            return None if group.left else lost.until_s
        lost.called = True
        if lost.with_s is None:
            if lost.child.trail.end_s > now_s:  # still walking somewhere
                return lost.child.trail.end_s
            spot = self._near(group.members[0], lost.tries < _TRIES, now_s)
            if spot is not None:
                lost.with_s = lost.need.to_s = self.world.walking.go(lost.child, spot, now_s)
                return lost.with_s
            lost.tries += 1
            if lost.tries <= _TRIES + 1:
                return now_s + RETRY_S
            # Every place is taken, and those who wait for each other would wait for ever: the
            # child has been seen where it stands, and goes on with the others from there.
            lost.with_s = lost.need.to_s = now_s
        group.members.append(lost.child)
        del self._lost[group.number]
        return None

    def _near(self, person: Person, close: bool, now_s: float) -> Spot | None:
        """The free place nearest to ``person``; none unless it is close by, if it has to be."""
        here, centre = person.trail.place(now_s), self.world.plan.centre
        gaps = [
            (math.dist(centre(spot.cell), here), spot.cell, spot)
            for spot in self._spots
            if self.world.walking.is_free(spot)
        ]
        gap_m, _, nearest = min(gaps, key=lambda one: one[:2], default=(math.inf, 0, None))
        return None if close and gap_m > BESIDE_M else nearest


def _children(group: Group) -> list[Person]:
    """Companions who are small and walk by themselves."""
    return [m for m in group.members[1:] if m.height_m <= CHILD_M and m.carries != "wheelchair"]
