"""Those who come to shop, and those who only pass by."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial

from miseban.sim.scenario import Kind
from miseban.sim.world.arrivals import arrival_times, passing_times
from miseban.sim.world.clockwork import Deed
from miseban.sim.world.floorplan import Spot
from miseban.sim.world.hands import handle
from miseban.sim.world.people import Group, Person, draw_person, weighted
from miseban.sim.world.queueing import Queueing
from miseban.sim.world.world import PATIENCE, RETRY_S, World


class Shoppers:
    """Groups arrive, visit one place after another, queue, pay and leave."""

    def __init__(self, world: World) -> None:
        self._world, self._scenario = world, world.scenario
        self._plan, self._clock, self._walking = world.plan, world.clock, world.walking
        self._queues = Queueing(
            self._plan.lanes,
            {service.till: service.service_s for service in self._scenario.services},
            self._walking,
            self._clock,
            self._leave,
        )
        self._arrivals: Iterator[float] = arrival_times(
            self._scenario, world.shop.shop.timezone, world.seed
        )
        self._passers: Iterator[float] = passing_times(self._scenario, world.seed)

    def begin(self) -> None:
        """The doors open."""
        self._next(self._arrivals, self._arrive)
        self._next(self._passers, self._pass)

    def close(self) -> None:
        """Nobody comes any more, but for those already on their way."""
        self._arrivals = self._passers = iter(())

    def _next(self, times: Iterator[float], deed: Deed) -> None:
        time_s = next(times, None)
        if time_s is not None:
            self._clock.at(time_s, deed)

    def _door(self, rng: random.Random) -> str:
        doors = self._scenario.doors
        return weighted(rng, [d.id for d in doors], [d.share for d in doors])

    def _kind(self, rng: random.Random) -> Kind:
        kinds = self._scenario.kinds
        return self._scenario.kind(weighted(rng, [k.id for k in kinds], [k.share for k in kinds]))

    def _arrive(self, now_s: float) -> None:
        self._next(self._arrivals, self._arrive)
        number, rng = self._world.new_group()
        kind = self._kind(rng)
        members = [
            draw_person(rng, self._world.next_number(), number, k.id, k, carries=k.carries)
            for k in (kind, *(self._scenario.kind(name) for name in kind.companions))
        ]
        slowest = min(member.speed_mps for member in members)
        for member in members:
            member.speed_mps = slowest
        group = Group(
            number=number,
            rng=rng,
            members=members,
            entered_by=self._door(rng),
            leaves_by=self._door(rng),
            left=self._errands(rng, rng.randint(*kind.stops)),
            stop_s=kind.stop_s,
            buys=rng.random() < kind.buys,
            reaches=kind.reaches,
        )
        self._go_on(group, now_s)

    def _errands(self, rng: random.Random, count: int) -> list[str]:
        zones = [a.zone for a in self._scenario.attractions]
        weights = [a.weight for a in self._scenario.attractions]
        chosen: list[str] = []
        for _ in range(count):
            others = [w * (chosen[-1:] != [zone]) for zone, w in zip(zones, weights, strict=True)]
            chosen.append(weighted(rng, zones, others if any(others) else weights))
        return chosen

    def _go_on(self, group: Group, now_s: float) -> None:
        """The next stop, the till, or the way out."""
        inside = group.members[0].cell is not None
        if group.left:
            if self._stop(group, group.left[-1], now_s):
                group.left.pop()
                group.tries = 0
                return
            group.tries += 1
            if group.tries > PATIENCE:  # else all might wait for each other's places
                group.left.pop()
                group.tries = 0
            self._clock.at(now_s + RETRY_S, partial(self._go_on, group))
        elif group.buys and inside:
            if not self._queues.join(group, now_s):
                self._clock.at(now_s + RETRY_S, partial(self._go_on, group))
        elif inside:
            self._leave(group, now_s)
        else:
            self._through(group, now_s)

    def _stop(self, group: Group, zone: str, now_s: float) -> bool:
        """Sends all members to places near each other in ``zone``; False when there are not
        enough free ones."""
        free = [spot for spot in self._plan.spots[zone] if self._walking.is_free(spot)]
        if len(free) < len(group.members):
            return False
        first = group.rng.choice(free)
        x, y = self._plan.centre(first.cell)

        def far(spot: Spot) -> tuple[float, int]:
            sx, sy = self._plan.centre(spot.cell)
            return round((sx - x) ** 2 + (sy - y) ** 2, 6), spot.cell

        arrivals: list[float] = []
        for member, spot in zip(group.members, sorted(free, key=far), strict=False):
            arrivals.append(self._send(group, member, spot, now_s))
        until_s = max(arrivals) + group.rng.uniform(*group.stop_s)
        for member, spot, arrived_s in zip(
            group.members, sorted(free, key=far), arrivals, strict=False
        ):
            handle(group, member, spot, arrived_s, until_s)
        self._clock.at(until_s, partial(self._go_on, group))
        return True

    def _send(self, group: Group, member: Person, spot: Spot, now_s: float) -> float:
        if member.cell is not None:
            return self._walking.go(member, spot, now_s)
        door = group.rng.choice(self._plan.door_cells[group.entered_by])
        arrives_s = self._walking.enter(member, door, spot, now_s)
        self._world.add(member)
        return arrives_s

    def _leave(self, group: Group, now_s: float) -> None:
        for member in group.members:
            door = group.rng.choice(self._plan.door_cells[group.leaves_by])
            self._walking.leave(member, door, now_s)
            member.gone = True

    def _through(self, group: Group, now_s: float) -> None:
        """Straight from one door to another."""
        for member in group.members:
            one = group.rng.choice(self._plan.door_cells[group.entered_by])
            other = group.rng.choice(self._plan.door_cells[group.leaves_by])
            if one != other:
                self._walking.pass_by(member, one, other, now_s)
                member.gone = True
                self._world.add(member)

    def _pass(self, now_s: float) -> None:
        """Somebody walks past and does not come in."""
        self._next(self._passers, self._pass)
        number, rng = self._world.new_group()
        kind = self._kind(rng)
        person = draw_person(
            rng, self._world.next_number(), number, kind.id, kind, carries=kind.carries
        )
        person.passing = True
        one, other = rng.sample([door.id for door in self._scenario.doors], 2)
        group = Group(number, rng, [person], one, other, [], (0.0, 0.0), False, 0.0)
        self._through(group, now_s)
