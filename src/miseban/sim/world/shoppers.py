"""Those who come to shop, and those who only pass by."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial

from miseban.sim.scenario import Kind
from miseban.sim.world.arrivals import arrival_times, passing_times
from miseban.sim.world.clerks import Clerks
from miseban.sim.world.clockwork import Deed
from miseban.sim.world.floorplan import Spot
from miseban.sim.world.hands import Hands, Wish, handle
from miseban.sim.world.incidents import Incidents
from miseban.sim.world.people import Errand, Group, Person, draw_person, weighted
from miseban.sim.world.queueing import Queueing
from miseban.sim.world.stops import Stops
from miseban.sim.world.world import PATIENCE, RETRY_S, World

ASIDE_S = 4.0, 12.0
"""Who finds no room in front of the goods waits beside, and then looks again."""


class Shoppers:
    """Groups arrive, visit one place after another, queue, pay and leave."""

    def __init__(self, world: World, clerks: Clerks, incidents: Incidents) -> None:
        self._incidents = incidents
        self._world, self._scenario = world, world.scenario
        self._plan, self._clock, self._walking = world.plan, world.clock, world.walking
        self._queues = Queueing(
            self._plan.lanes,
            {service.till: service.service_s for service in self._scenario.services},
            self._walking,
            self._clock,
            clerks,
            self._served,
        )
        self._stops = Stops(world)
        self._hands = Hands(world, self._stops)
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
            left=self._stops.errands(rng, rng.randint(*kind.stops)),
            stop_s=kind.stop_s,
            buys=rng.random() < kind.buys,
            reaches=kind.reaches,
        )
        if self._world.goods.places and group.buys:
            self._stops.want(group, rng.randint(*kind.pieces))
        self._incidents.arrives(group)
        self._go_on(group, now_s)

    def _go_on(self, group: Group, now_s: float) -> None:
        """The next stop, the till, or the way out."""
        held_until_s = self._incidents.held_until(group, now_s)
        if held_until_s is not None:
            self._clock.at(held_until_s, partial(self._go_on, group))
            return
        inside = group.members[0].cell is not None
        if group.left:
            if not self._stop(group, group.left[-1], now_s):
                self._lose_patience(group)
                self._clock.at(now_s + RETRY_S, partial(self._go_on, group))
        elif inside and self._has_to_pay(group):
            if not self._queues.join(group, now_s):
                self._clock.at(now_s + RETRY_S, partial(self._go_on, group))
        elif inside:
            self._leave(group, now_s)
        else:
            self._through(group, now_s)

    def _lose_patience(self, group: Group) -> None:
        """Whoever finds no room for goods sees to the other errands first, and does without in
        the end, else all might wait for each other."""
        group.tries += 1
        errand = group.left.pop()
        if group.tries > PATIENCE:
            group.tries = 0
        elif self._world.goods.places:
            group.left.insert(0, errand)
        else:
            group.left.append(errand)

    def _has_to_pay(self, group: Group) -> bool:
        goods = self._world.goods
        return bool(goods.in_basket(group.number)) if goods.places else group.buys

    def _stop(self, group: Group, errand: Errand, now_s: float) -> bool:
        """Sends all members to places near each other, where they do the next errand; False when
        there are not enough free ones."""
        chosen = self._stops.choose(group, errand.where)
        if chosen is None:
            return False
        arrivals = [
            self._send(group, member, spot, now_s)
            for member, spot in zip(group.members, chosen.spots, strict=True)
        ]
        if chosen.waits:
            self._lose_patience(group)
            until_s = max(arrivals) + group.rng.uniform(*ASIDE_S)
            self._clock.at(until_s, partial(self._go_on, group))
            return True
        group.left.pop()
        group.tries = 0
        until_s = max(arrivals) + group.rng.uniform(*group.stop_s)
        group.busy = 1
        there = list(zip(group.members, chosen.spots, arrivals, strict=True))
        if not self._stops.has_goods(errand.where):
            for member, spot, arrived_s in there:
                handle(group, member, spot, arrived_s, until_s)
        elif chosen.key is not None:
            there.insert(0, there.pop(chosen.leader))
            there = [one for one in there if self._stops.within_reach(one[0])]
            group.busy += len(there)
            wishes = self._wishes(group, errand, chosen.key, len(there))
            done = partial(self._done, group)
            for (member, _, arrived_s), wanted in zip(there, wishes, strict=True):
                self._hands.shop(group, member, wanted, (arrived_s, until_s), done)
        self._clock.at(until_s, partial(self._done, group))
        return True

    def _wishes(self, group: Group, errand: Errand, key: str, hands: int) -> list[list[Wish]]:
        """What each of those who can reach something will take, the leader first. Who came for a
        facing takes that; in a zone each chooses among what is within reach."""
        if errand.where == key:
            mine = [Wish(key, errand.substitute)] * errand.pieces
            return [mine, *([] for _ in range(hands - 1))]
        wishes: list[list[Wish]] = [[] for _ in range(hands)]
        for _ in range(errand.pieces):
            wishes[group.rng.randrange(hands)].append(Wish(None))
        if wishes[0]:
            wishes[0][-1] = Wish(key)
        return wishes

    def _done(self, group: Group, now_s: float) -> None:
        """One more thing has come to its end at a stop; after the last, on."""
        group.busy -= 1
        if not group.busy:
            self._go_on(group, now_s)

    def _send(self, group: Group, member: Person, spot: Spot, now_s: float) -> float:
        if member.cell is not None:
            return self._walking.go(member, spot, now_s)
        door = group.rng.choice(self._plan.door_cells[group.entered_by])
        arrives_s = self._walking.enter(member, door, spot, now_s)
        self._world.add(member)
        return arrives_s

    def _served(self, group: Group, till: str, now_s: float) -> None:
        payer = group.members[0]
        if held := payer.trail.holds(now_s):
            payer.trail.hold(now_s, -held)
        self._world.goods.pay(group, till, now_s)
        self._leave(group, now_s)

    def _leave(self, group: Group, now_s: float) -> None:
        gone_s = now_s
        for member in group.members:
            door = group.rng.choice(self._plan.door_cells[group.leaves_by])
            gone_s = max(gone_s, self._walking.leave(member, door, now_s))
            member.gone = True
        if self._world.goods.places:
            self._clock.at(gone_s, partial(self._world.goods.steal, group))

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
