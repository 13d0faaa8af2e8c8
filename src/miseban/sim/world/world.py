"""What everybody in the shop shares: the floor, the clock, and the list of who is there."""

from __future__ import annotations

import random

from miseban.sim.scenario import Scenario
from miseban.sim.world.clockwork import Clockwork
from miseban.sim.world.floorplan import FloorPlan
from miseban.sim.world.goods import Goods
from miseban.sim.world.helping import Help
from miseban.sim.world.people import Person
from miseban.sim.world.places import places
from miseban.sim.world.routes import Routes
from miseban.sim.world.walking import Walking
from miseban.vocabulary.shop import Shop

RETRY_S = 3.0
PATIENCE = 4
"""Whoever finds no room looks again after so many seconds, so many times, and does without."""


class World:
    """``people`` are all who came so far, in order of arrival; ``present`` those not yet known to
    be gone, by number; ``goods`` knows where every piece is; ``helps`` are those who needed a
    hand, in order of when that began."""

    def __init__(self, shop: Shop, scenario: Scenario, seed: int) -> None:
        self.shop, self.scenario, self.seed = shop, scenario, seed
        self.plan = FloorPlan(shop, scenario)
        self.clock = Clockwork()
        self.walking = Walking(Routes(self.plan, seed))
        self.goods = Goods(places(self.plan), scenario.facings, scenario.goods, self.clock)
        self.people: list[Person] = []
        self.helps: list[Help] = []
        self.present: dict[int, Person] = {}
        self._groups = self._count = 0

    def new_group(self) -> tuple[int, random.Random]:
        """A number, from 1, and chance of its own: what one group does changes no other's."""
        self._groups += 1
        return self._groups, random.Random(f"{self.seed}/group/{self._groups}")

    def next_number(self) -> int:
        """A person's number, from 1."""
        self._count += 1
        return self._count

    def add(self, person: Person) -> None:
        """Somebody is on the floor from now on."""
        self.people.append(person)
        self.present[person.id] = person
