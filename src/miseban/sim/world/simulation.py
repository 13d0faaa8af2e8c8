"""The simulated shop: people come, look around, queue, pay and leave."""

from __future__ import annotations

from collections.abc import Iterator

from miseban.sim.scenario import Scenario
from miseban.sim.state import Scene
from miseban.sim.world.aid import Aid
from miseban.sim.world.arrivals import start_of
from miseban.sim.world.clerks import Clerks
from miseban.sim.world.crew import Crew
from miseban.sim.world.deliveries import Deliveries
from miseban.sim.world.figures import figure
from miseban.sim.world.floorplan import FloorPlan
from miseban.sim.world.goods import Goods
from miseban.sim.world.helping import Help
from miseban.sim.world.incidents import Incidents
from miseban.sim.world.people import Person
from miseban.sim.world.restocking import Restocking
from miseban.sim.world.shoppers import Shoppers
from miseban.sim.world.world import World
from miseban.vocabulary.shop import Shop


class Simulation:
    """A shop, a scenario and a seed: the same three give the same world, down to the last bit.

    ``start`` is the first second in UTC. ``people`` are all who came so far, in order of arrival
    (of all times if ``remember``, else only those still there: for a source that runs for days).
    """

    def __init__(self, shop: Shop, scenario: Scenario, seed: int, *, remember: bool = True) -> None:
        self.shop, self.scenario, self.seed = shop, scenario, seed
        self.start = start_of(scenario, shop.shop.timezone)
        self._remember = remember
        self._world = World(shop, scenario, seed)
        self._world.goods.remember = remember
        self._crew, self._clerks = Crew(self._world), Clerks(self._world)
        Restocking(self._world, self._crew)
        incidents = Incidents(self._world, Aid(self._world, self._crew))
        self._shoppers = Shoppers(self._world, self._clerks, incidents)
        Deliveries(self._world).begin()
        for staff in scenario.staff:
            if staff.till is None:
                self._crew.begin(staff)
            else:
                self._clerks.begin(staff, staff.till)
        self._shoppers.begin()

    @property
    def plan(self) -> FloorPlan:
        return self._world.plan

    @property
    def people(self) -> list[Person]:
        return self._world.people

    @property
    def helps(self) -> list[Help]:
        """Who needed a hand, in order of when that began."""
        return self._world.helps

    @property
    def goods(self) -> Goods:
        """Where every piece is, and how it came there."""
        return self._world.goods

    def run_until(self, time_s: float) -> None:
        """Lets the world go on to ``time_s`` seconds since the start."""
        self._world.clock.run_until(time_s)

    def forget_ways(self) -> None:
        """Gives back the ways through the shop that were found so far, half of what a day takes."""
        self._world.walking.forget_ways()

    def close_doors(self) -> None:
        """Nobody comes any more, but for those already on their way."""
        self._shoppers.close()

    def scene(self, time_s: float) -> Scene:
        """Everybody on the floor at ``time_s``, which must not lie before an earlier call's."""
        self.run_until(time_s)
        present = self._world.present
        gone = [number for number, p in present.items() if p.gone and p.trail.end_s <= time_s]
        for number in gone:
            del present[number]
        if not self._remember and gone:
            self._world.people = list(present.values())
        figures = tuple(
            figure(person, time_s)
            for _, person in sorted(present.items())
            if person.trail.start_s <= time_s
        )
        return Scene(time_s, figures)

    def scenes(self, dt: float) -> Iterator[Scene]:
        """A scene every ``dt`` seconds, from 0 on, without end."""
        number = 0
        while True:
            yield self.scene(number * dt)
            number += 1
