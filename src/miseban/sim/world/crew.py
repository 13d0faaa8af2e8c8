"""Staff on their round, and what makes them leave it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from miseban.sim.scenario import Staff
from miseban.sim.world.floorplan import Pair, Spot
from miseban.sim.world.hands import handle
from miseban.sim.world.people import Group, Person, draw_person
from miseban.sim.world.world import RETRY_S, World

Task = Literal["round", "shelf", "help"]


@dataclass(slots=True)
class Worker:
    """Somebody on a round, who stands or will stand from ``arrived_s`` on. ``duty`` counts what
    was dropped for something more urgent: deeds planned before that no longer happen. ``hands``
    are the pieces fetched, by facing, ``claims`` the facings that nobody else need fill."""

    staff: Staff
    group: Group
    arrived_s: float = 0.0
    duty: int = 0
    task: Task = "round"
    hands: dict[str, int] = field(default_factory=dict)
    claims: set[str] = field(default_factory=set)

    @property
    def person(self) -> Person:
        return self.group.members[0]


WorkDeed = Callable[[Worker, float], None]


class Crew:
    """Staff go from one place of their round to the next. ``restock(worker, time_s)`` takes over
    when there is something to fill, and says whether it did."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.workers: list[Worker] = []
        self.restock: Callable[[Worker, float], bool] | None = None

    def begin(self, staff: Staff) -> None:
        """Somebody with a round is at work from the first second on."""
        world = self._world
        number, rng = world.new_group()
        person = draw_person(rng, world.next_number(), number, "staff", staff, staff=True)
        group = Group(number, rng, [person], "", "", [], staff.stop_s, False, 0.8)
        free = self.free(staff.zones)
        if free:
            world.walking.appear(person, rng.choice(free))
            world.add(person)
            worker = Worker(staff, group)
            self.workers.append(worker)
            self.plan(worker, rng.uniform(*staff.stop_s), self.work)

    def free(self, zones: Iterable[str]) -> list[Spot]:
        """Places in ``zones`` where nobody stands or is going to."""
        spots = (spot for zone in zones for spot in self._world.plan.spots[zone])
        return [spot for spot in spots if self._world.walking.is_free(spot)]

    def plan(self, worker: Worker, time_s: float, deed: WorkDeed) -> None:
        """``deed`` at ``time_s``, unless something more urgent comes before."""
        self._world.clock.at(time_s, partial(self._due, worker, worker.duty, deed))

    def _due(self, worker: Worker, duty: int, deed: WorkDeed, now_s: float) -> None:
        if duty == worker.duty:
            deed(worker, now_s)

    def go(self, worker: Worker, spot: Spot, now_s: float) -> float:
        """Sends ``worker`` to ``spot``, or turns him or her there; returns when that is done."""
        worker.arrived_s = self._world.walking.go(worker.person, spot, now_s)
        if worker.arrived_s <= now_s:
            worker.person.trail.facing.append((now_s, spot.heading))
        return worker.arrived_s

    def work(self, worker: Worker, now_s: float) -> None:
        """On to the next place of the round, or to a shelf that wants filling."""
        worker.task = "round"
        if self.restock is not None and self.restock(worker, now_s):
            worker.task = "shelf"
            return
        rng = worker.group.rng
        free = self.free([rng.choice(worker.staff.zones)])
        until_s = now_s + RETRY_S
        if free:
            spot = rng.choice(free)
            worker.arrived_s = self._world.walking.go(worker.person, spot, now_s)
            until_s = worker.arrived_s + rng.uniform(*worker.staff.stop_s)
            handle(worker.group, worker.person, spot, worker.arrived_s, until_s)
        self.plan(worker, until_s, self.work)

    def call(self, worker: Worker, task: Task, now_s: float, deed: WorkDeed) -> None:
        """``worker`` drops everything for ``deed``, once arrived where he or she is walking to."""
        self.drop(worker, task, now_s)
        self.plan(worker, max(now_s, worker.arrived_s), deed)

    def drop(self, worker: Worker, task: Task, now_s: float) -> None:
        """Nothing of what ``worker`` had planned happens; ``task`` is next."""
        worker.duty += 1
        worker.task = task
        trail = worker.person.trail
        trail.acts = [
            replace(act, end_s=min(act.end_s, now_s)) for act in trail.acts if act.start_s < now_s
        ]

    def nearest(self, near: Pair, now_s: float, *tasks: Task) -> list[Worker]:
        """Those at one of ``tasks``, the nearest to ``near`` first; who is still walking somewhere
        goes there before, and counts as that much farther."""
        found = [
            (
                math.dist(w.person.trail.place(max(now_s, w.arrived_s)), near)
                + max(0.0, w.arrived_s - now_s) * w.person.speed_mps,
                number,
                w,
            )
            for number, w in enumerate(self.workers)
            if w.task in tasks
        ]
        return [worker for _, _, worker in sorted(found, key=lambda one: one[:2])]
