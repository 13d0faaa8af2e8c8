"""Clerks: who stands behind which counter, and when one is called away."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from miseban.sim.scenario import Incident, Staff
from miseban.sim.world.floorplan import Pair, Spot
from miseban.sim.world.helping import Help, help_for
from miseban.sim.world.people import Person, draw_person
from miseban.sim.world.trails import Act
from miseban.sim.world.world import RETRY_S, World

_COUNTER_M = 1.05  # above the floor, where things change hands
_BETWEEN_S = 2.0, 5.0  # from one thing handed over to the next
_HAND_S = 1.0, 1.8
_DAY_S = 86_400.0


@dataclass(slots=True)
class Clerk:
    """Who serves at a till from ``post``. ``serves`` while a customer is there or on the way
    to the till; ``away_since_s`` is when he or she set out, none while there; ``calls`` are those
    not yet answered, as how long they will take. ``need`` is the customer's who waits."""

    staff: Staff
    person: Person
    rng: random.Random
    post: Spot
    serves: bool = False
    away_since_s: float | None = None
    absences: int = 0
    calls: list[float] = field(default_factory=list)
    need: Help | None = None


class Clerks:
    """All clerks, by till. ``on_gone(till, time_s)`` and ``on_back`` tell the queues."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._clerks: dict[str, Clerk] = {}
        self._customers = {till: spot for lane in world.plan.lanes for till, spot in lane.tills}
        self.on_gone: Callable[[str, float], None] | None = None
        self.on_back: Callable[[str, float], None] | None = None

    def begin(self, staff: Staff, till: str) -> None:
        """The clerk stands at his or her post from the first second on."""
        world = self._world
        number, rng = world.new_group()
        person = draw_person(rng, world.next_number(), number, "staff", staff, staff=True)
        cell = world.plan.posts[staff.id]
        assert cell is not None  # noqa: S101 - the scenario's checks refuse a post without floor
        post = world.plan.spot(cell, world.plan.centre(self._customers[till].cell))
        world.walking.appear(person, post)
        world.add(person)
        clerk = self._clerks[till] = Clerk(staff, person, rng, post)
        for number, incident in enumerate(world.scenario.incidents):
            if incident.kind == "unmanned_counter" and incident.till == till:
                self._expect(clerk, number, incident)

    def _expect(self, clerk: Clerk, number: int, incident: Incident) -> None:
        for at_s in incident.at_s:
            self._world.clock.at(at_s, partial(self._call, clerk, incident))
        if incident.per_day > 0:
            rng = random.Random(f"{self._world.seed}/unmanned/{number}")
            self._again(clerk, incident, rng, 0.0)

    def _again(self, clerk: Clerk, incident: Incident, rng: random.Random, now_s: float) -> None:
        """A Poisson process. Who is away or called already is not called again."""
        if now_s > 0 and clerk.away_since_s is None and not clerk.calls:
            self._call(clerk, incident, now_s)
        next_s = now_s + rng.expovariate(incident.per_day / _DAY_S)
        self._world.clock.at(next_s, partial(self._again, clerk, incident, rng))

    def _call(self, clerk: Clerk, incident: Incident, now_s: float) -> None:
        clerk.calls.append(clerk.rng.uniform(*incident.lasts_s))
        self._perhaps_go(clerk, now_s)

    def can_serve(self, till: str) -> bool:
        """Whether somebody is served at ``till``: where no clerk works, always."""
        clerk = self._clerks.get(till)
        return clerk is None or (clerk.away_since_s is None and not clerk.serves)

    def serve(self, till: str, from_s: float, until_s: float) -> None:
        """The clerk serves a customer, who is there between the two moments; stays until then."""
        clerk = self._clerks.get(till)
        if clerk is None:
            return
        clerk.serves = True
        point = (*_middle(self._world.plan.centre(clerk.post.cell), self._place(till)), _COUNTER_M)
        at_s = from_s + clerk.rng.uniform(*_BETWEEN_S)
        while at_s < until_s - _HAND_S[1]:
            end_s = at_s + clerk.rng.uniform(*_HAND_S)
            clerk.person.trail.acts.append(Act(at_s, end_s, "reach", point))
            at_s = end_s + clerk.rng.uniform(*_BETWEEN_S)

    def served(self, till: str, now_s: float) -> None:
        """The customer has paid: a clerk who was called goes now."""
        clerk = self._clerks.get(till)
        if clerk is not None:
            clerk.serves = False
            self._perhaps_go(clerk, now_s)

    def away(self, till: str) -> tuple[int, float] | None:
        """The number of the absence, and since when, while no clerk is there to serve."""
        clerk = self._clerks.get(till)
        if clerk is None or clerk.away_since_s is None:
            return None
        return clerk.absences, clerk.away_since_s

    def needed(self, till: str, person: Person, now_s: float) -> None:
        """``person`` has waited too long at the front of the queue."""
        clerk = self._clerks[till]
        if clerk.need is None:
            clerk.need = help_for("unmanned_counter", person, now_s)
            self._world.helps.append(clerk.need)

    def _place(self, till: str) -> Pair:
        return self._world.plan.centre(self._customers[till].cell)

    def _perhaps_go(self, clerk: Clerk, now_s: float) -> None:
        """Away to a zone, as soon as nobody is being served."""
        if not clerk.calls or clerk.serves or clerk.away_since_s is not None:
            return
        walking = self._world.walking
        zones = clerk.staff.zones or [a.zone for a in self._world.scenario.attractions]
        spots = self._world.plan.spots[clerk.rng.choice(zones)]
        free = [spot for spot in spots if walking.is_free(spot)]
        if not free:
            self._world.clock.at(now_s + RETRY_S, partial(self._perhaps_go, clerk))
            return
        knots = len(clerk.person.trail.t)
        there_s = walking.go(clerk.person, clerk.rng.choice(free), now_s)
        clerk.away_since_s = _set_out(clerk.person, knots)
        clerk.absences += 1
        back_s = max(there_s, clerk.away_since_s + clerk.calls.pop(0))
        self._world.clock.at(back_s, partial(self._return, clerk))
        if self.on_gone is not None:
            self.on_gone(str(clerk.staff.till), now_s)

    def _return(self, clerk: Clerk, now_s: float) -> None:
        arrives_s = self._world.walking.go(clerk.person, clerk.post, now_s)
        self._world.clock.at(arrives_s, partial(self._back, clerk))

    def _back(self, clerk: Clerk, now_s: float) -> None:
        clerk.away_since_s = None
        if clerk.need is not None:
            clerk.need.to_s, clerk.need = now_s, None
        if self.on_back is not None:
            self.on_back(str(clerk.staff.till), now_s)
        self._perhaps_go(clerk, now_s)


def _set_out(person: Person, knots: int) -> float:
    """When a walk began that was planned when the trail had ``knots`` of them."""
    trail = person.trail
    waited = (trail.x[knots], trail.y[knots]) == (trail.x[knots - 1], trail.y[knots - 1])
    return trail.t[knots] if waited else trail.t[knots - 1]


def _middle(a: Pair, b: Pair) -> Pair:
    near = min(0.5, 0.55 / max(math.dist(a, b), 1e-9))  # no farther than an arm goes
    return a[0] + near * (b[0] - a[0]), a[1] + near * (b[1] - a[1])
