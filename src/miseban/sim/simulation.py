"""The simulated shop: people come, look around, queue, pay and leave."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial

from miseban.sim.arrivals import arrival_times, passing_times, start_of
from miseban.sim.clockwork import Clockwork, Deed
from miseban.sim.figures import figure
from miseban.sim.floorplan import FloorPlan, Spot
from miseban.sim.people import Group, Person, draw_person, weighted
from miseban.sim.queueing import Queueing
from miseban.sim.routes import Routes
from miseban.sim.scenario import Kind, Scenario, Staff
from miseban.sim.state import Scene
from miseban.sim.trails import Act
from miseban.sim.walking import Walking
from miseban.vocabulary.shop import Shop

_RETRY_S = 3.0
_PATIENCE = 4
"""Whoever finds no room looks again after so many seconds, so many times, and does without."""


class Simulation:
    """A shop, a scenario and a seed: the same three give the same world, down to the last bit.

    ``start`` is the first second in UTC. ``people`` are all who came so far, in order of arrival
    (of all times if ``remember``, else only those still there: for a source that runs for days).
    """

    def __init__(self, shop: Shop, scenario: Scenario, seed: int, *, remember: bool = True) -> None:
        self.shop, self.scenario, self.seed = shop, scenario, seed
        self.start = start_of(scenario, shop.shop.timezone)
        self.plan = FloorPlan(shop, scenario)
        self.people: list[Person] = []
        self._remember = remember
        self._clock = Clockwork()
        self._walking = Walking(Routes(self.plan, seed))
        self._queues = Queueing(
            self.plan.lanes,
            {service.till: service.service_s for service in scenario.services},
            self._walking,
            self._clock,
            self._leave,
        )
        self._groups = self._count = 0
        self._present: dict[int, Person] = {}
        for staff in scenario.staff:
            self._begin_work(staff)
        self._arrivals = arrival_times(scenario, shop.shop.timezone, seed)
        self._passers = passing_times(scenario, seed)
        self._next(self._arrivals, self._arrive)
        self._next(self._passers, self._pass)

    def run_until(self, time_s: float) -> None:
        """Lets the world go on to ``time_s`` seconds since the start."""
        self._clock.run_until(time_s)

    def scene(self, time_s: float) -> Scene:
        """Everybody on the floor at ``time_s``, which must not lie before an earlier call's."""
        self.run_until(time_s)
        gone = [number for number, p in self._present.items() if p.gone and p.trail.end_s <= time_s]
        for number in gone:
            del self._present[number]
        if not self._remember and gone:
            self.people = list(self._present.values())
        figures = tuple(
            figure(person, time_s)
            for _, person in sorted(self._present.items())
            if person.trail.start_s <= time_s
        )
        return Scene(time_s, figures)

    def scenes(self, dt: float) -> Iterator[Scene]:
        """A scene every ``dt`` seconds, from 0 on, without end."""
        number = 0
        while True:
            yield self.scene(number * dt)
            number += 1

    def _next(self, times: Iterator[float], deed: Deed) -> None:
        time_s = next(times, None)
        if time_s is not None:
            self._clock.at(time_s, deed)

    def _new_group(self) -> tuple[int, random.Random]:
        self._groups += 1
        return self._groups, random.Random(f"{self.seed}/group/{self._groups}")

    def _add(self, person: Person) -> Person:
        self.people.append(person)
        self._present[person.id] = person
        return person

    def _number(self) -> int:
        self._count += 1
        return self._count

    def _door(self, rng: random.Random) -> str:
        doors = self.scenario.doors
        return weighted(rng, [d.id for d in doors], [d.share for d in doors])

    def _kind(self, rng: random.Random) -> Kind:
        kinds = self.scenario.kinds
        return self.scenario.kind(weighted(rng, [k.id for k in kinds], [k.share for k in kinds]))

    def _arrive(self, now_s: float) -> None:
        self._next(self._arrivals, self._arrive)
        number, rng = self._new_group()
        kind = self._kind(rng)
        members = [
            draw_person(rng, self._number(), number, k.id, k, carries=k.carries)
            for k in (kind, *(self.scenario.kind(name) for name in kind.companions))
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
        zones = [a.zone for a in self.scenario.attractions]
        weights = [a.weight for a in self.scenario.attractions]
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
            if group.tries > _PATIENCE:  # else all might wait for each other's places
                group.left.pop()
                group.tries = 0
            self._clock.at(now_s + _RETRY_S, partial(self._go_on, group))
        elif group.buys and inside:
            if not self._queues.join(group, now_s):
                self._clock.at(now_s + _RETRY_S, partial(self._go_on, group))
        elif inside:
            self._leave(group, now_s)
        else:
            self._through(group, now_s)

    def _stop(self, group: Group, zone: str, now_s: float) -> bool:
        """Sends all members to places near each other in ``zone``; False when there are not
        enough free ones."""
        free = [spot for spot in self.plan.spots[zone] if self._walking.is_free(spot)]
        if len(free) < len(group.members):
            return False
        first = group.rng.choice(free)
        x, y = self.plan.centre(first.cell)

        def far(spot: Spot) -> tuple[float, int]:
            sx, sy = self.plan.centre(spot.cell)
            return round((sx - x) ** 2 + (sy - y) ** 2, 6), spot.cell

        arrivals: list[float] = []
        for member, spot in zip(group.members, sorted(free, key=far), strict=False):
            arrivals.append(self._send(group, member, spot, now_s))
        until_s = max(arrivals) + group.rng.uniform(*group.stop_s)
        for member, spot, arrived_s in zip(
            group.members, sorted(free, key=far), arrivals, strict=False
        ):
            self._handle(group, member, spot, arrived_s, until_s)
        self._clock.at(until_s, partial(self._go_on, group))
        return True

    def _send(self, group: Group, member: Person, spot: Spot, now_s: float) -> float:
        if member.cell is not None:
            return self._walking.go(member, spot, now_s)
        door = group.rng.choice(self.plan.door_cells[group.entered_by])
        arrives_s = self._walking.enter(member, door, spot, now_s)
        self._add(member)
        return arrives_s

    def _handle(
        self, group: Group, member: Person, spot: Spot, from_s: float, until_s: float
    ) -> None:
        """At the shelf: perhaps a hand reaches for something, high or low."""
        rng = group.rng
        wants, takes_s, begins = rng.random() < group.reaches, rng.uniform(1.2, 3.0), rng.random()
        height_m = rng.uniform(0.2, 1.7)
        slack_s = until_s - from_s - takes_s - 1.0
        if wants and slack_s > 0:
            start_s = from_s + 0.5 + begins * slack_s
            low = height_m < 0.5 and member.carries != "wheelchair"
            member.trail.acts.append(
                Act(start_s, start_s + takes_s, "crouch")
                if low
                else Act(start_s, start_s + takes_s, "reach", (*spot.facing, height_m))
            )

    def _leave(self, group: Group, now_s: float) -> None:
        for member in group.members:
            door = group.rng.choice(self.plan.door_cells[group.leaves_by])
            self._walking.leave(member, door, now_s)
            member.gone = True

    def _through(self, group: Group, now_s: float) -> None:
        """Straight from one door to another."""
        for member in group.members:
            one = group.rng.choice(self.plan.door_cells[group.entered_by])
            other = group.rng.choice(self.plan.door_cells[group.leaves_by])
            if one != other:
                self._walking.pass_by(member, one, other, now_s)
                member.gone = True
                self._add(member)

    def _pass(self, now_s: float) -> None:
        """Somebody walks past and does not come in."""
        self._next(self._passers, self._pass)
        number, rng = self._new_group()
        kind = self._kind(rng)
        person = draw_person(rng, self._number(), number, kind.id, kind, carries=kind.carries)
        person.passing = True
        one, other = rng.sample([door.id for door in self.scenario.doors], 2)
        group = Group(number, rng, [person], one, other, [], (0.0, 0.0), False, 0.0)
        self._through(group, now_s)

    def _begin_work(self, staff: Staff) -> None:
        number, rng = self._new_group()
        person = draw_person(rng, self._number(), number, "staff", staff, staff=True)
        free = [
            s for zone in staff.zones for s in self.plan.spots[zone] if self._walking.is_free(s)
        ]
        group = Group(number, rng, [person], "", "", [], staff.stop_s, False, 0.8)
        if free:
            self._walking.appear(person, rng.choice(free))
            self._add(person)
            until_s = rng.uniform(*staff.stop_s)
            self._clock.at(until_s, partial(self._work, staff, group))

    def _work(self, staff: Staff, group: Group, now_s: float) -> None:
        """On to the next place of the round."""
        zone = group.rng.choice(staff.zones)
        person = group.members[0]
        free = [s for s in self.plan.spots[zone] if self._walking.is_free(s)]
        until_s = now_s + _RETRY_S
        if free:
            spot = group.rng.choice(free)
            arrived_s = self._walking.go(person, spot, now_s)
            until_s = arrived_s + group.rng.uniform(*staff.stop_s)
            self._handle(group, person, spot, arrived_s, until_s)
        self._clock.at(until_s, partial(self._work, staff, group))
