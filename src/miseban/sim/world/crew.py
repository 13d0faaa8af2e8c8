"""Those who work in the shop."""

from __future__ import annotations

from functools import partial

from miseban.sim.scenario import Staff
from miseban.sim.world.hands import handle
from miseban.sim.world.people import Group, draw_person
from miseban.sim.world.world import RETRY_S, World


class Crew:
    """Staff go from one place of their round to the next."""

    def __init__(self, world: World) -> None:
        self._world = world

    def begin(self) -> None:
        """Everybody is at work from the first second on."""
        for staff in self._world.scenario.staff:
            self._begin_work(staff)

    def _begin_work(self, staff: Staff) -> None:
        world = self._world
        number, rng = world.new_group()
        person = draw_person(rng, world.next_number(), number, "staff", staff, staff=True)
        spots = (s for zone in staff.zones for s in world.plan.spots[zone])
        free = [spot for spot in spots if world.walking.is_free(spot)]
        group = Group(number, rng, [person], "", "", [], staff.stop_s, False, 0.8)
        if free:
            world.walking.appear(person, rng.choice(free))
            world.add(person)
            until_s = rng.uniform(*staff.stop_s)
            world.clock.at(until_s, partial(self._work, staff, group))

    def _work(self, staff: Staff, group: Group, now_s: float) -> None:
        """On to the next place of the round."""
        world = self._world
        zone = group.rng.choice(staff.zones)
        person = group.members[0]
        free = [s for s in world.plan.spots[zone] if world.walking.is_free(s)]
        until_s = now_s + RETRY_S
        if free:
            spot = group.rng.choice(free)
            arrived_s = world.walking.go(person, spot, now_s)
            until_s = arrived_s + group.rng.uniform(*staff.stop_s)
            handle(group, person, spot, arrived_s, until_s)
        world.clock.at(until_s, partial(self._work, staff, group))
