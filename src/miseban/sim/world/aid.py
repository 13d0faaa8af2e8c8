"""Staff who come to somebody in need."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import shapely

from miseban.sim.world.crew import Crew, Worker
from miseban.sim.world.floorplan import Cell, Pair, Spot
from miseban.sim.world.helping import Help
from miseban.sim.world.people import Person
from miseban.sim.world.trails import Act
from miseban.sim.world.world import RETRY_S, World

BESIDE_M = 1.5
"""Who stands no farther away is with somebody."""
NOTICED_S = 3.0, 12.0
"""After so long somebody of the staff sees or hears that a person fell."""
_SOON_S = 20.0
_AFTERWARDS_S = 2.0, 6.0  # who has helped stays a moment longer


class Aid:
    """Sends those on a round to people in need; clerks stay at their tills."""

    def __init__(self, world: World, crew: Crew) -> None:
        self._world, self._crew = world, crew
        spots = {s.cell: s for zone in world.plan.spots.values() for s in zone}
        self._spots = list(spots.values())

    def call(self, need: Help, now_s: float) -> None:
        """Somebody notices that a person lies on the floor, and the nearest of those on a round
        goes there and stays until it is over."""
        workers = self._crew.nearest((need.x, need.y), now_s, "round", "shelf")
        if workers and need.to_s is not None:
            self._crew.call(workers[0], "help", now_s, partial(self._stay_with, need, need.to_s))

    def _stay_with(self, need: Help, until_s: float, worker: Worker, now_s: float) -> None:
        """As near as there is room soon; there and back again, whoever else has to go around."""
        walking, person, here = self._world.walking, worker.person, (need.x, need.y)
        stays_s = until_s + worker.group.rng.uniform(*_AFTERWARDS_S)
        spots = [self._world.plan.spot(cell, here) for cell in self._around(here)]
        for before_s in (min(now_s + _SOON_S, until_s), until_s):
            for spot in spots:
                times = walking.visit(person, spot, before_s, stays_s, now_s)
                if times is not None:
                    arrived_s, worker.arrived_s = times
                    need.helper = person
                    person.trail.acts.append(Act(arrived_s, until_s, "crouch"))
                    self._crew.plan(worker, worker.arrived_s, self._crew.work)
                    return
        if now_s + RETRY_S < until_s:
            again = partial(self._stay_with, need, until_s)
            self._crew.plan(worker, now_s + RETRY_S, again)
        else:
            self._crew.work(worker, now_s)

    def _around(self, here: Pair) -> list[Cell]:
        """Cells of the floor from which somebody can help at ``here``, the nearest first."""
        plan = self._world.plan
        rows, columns = plan.through.nonzero()
        cells = (rows * plan.columns + columns).tolist()
        gaps = [(round(math.dist(plan.centre(cell), here), 6), cell) for cell in cells]
        near = sorted(one for one in gaps if one[0] <= BESIDE_M)
        return [cell for _, cell in near if self._is_beside(plan.centre(cell), here)]

    def _near(self, person: Person, here: Pair) -> list[Spot]:
        """Places where ``person`` could stand and look at ``here``, the nearest first."""
        world, found = self._world, []
        for spot in self._spots:
            if spot.cell == person.cell or world.walking.is_free(spot):
                x, y = world.plan.centre(spot.cell)
                heading = math.atan2(here[1] - y, here[0] - x)
                gap_m = round(math.dist((x, y), here), 6)
                found.append((gap_m, spot.cell, replace(spot, facing=here, heading=heading)))
        return [spot for _, _, spot in sorted(found, key=lambda one: one[:2])]

    def approach(self, need: Help, person: Person, stay_s: float, now_s: float) -> float | None:
        """Somebody on a round walks up to ``person``, who stands waiting, and stays for
        ``stay_s``; returns when he or she is there, or None when nobody can come."""
        here = person.trail.place(now_s)
        for worker in self._crew.nearest(here, now_s, "round"):
            if worker.arrived_s > now_s:
                continue
            for spot in self._near(worker.person, here):
                if not self._is_beside(self._world.plan.centre(spot.cell), here):
                    continue
                self._crew.drop(worker, "help", now_s)
                arrived_s = self._crew.go(worker, spot, now_s)
                need.to_s, need.helper = arrived_s, worker.person
                self._crew.plan(worker, arrived_s + stay_s, self._crew.work)
                return arrived_s
        return None

    def beside(self, person: Person, now_s: float) -> tuple[float, Person] | None:
        """Who of those on a round stands with ``person``, who stands, too, and since when."""
        here = person.trail.place(now_s)
        for worker in self._crew.nearest(here, now_s, "round", "shelf", "help"):
            there = worker.person.trail.place(now_s)
            if worker.arrived_s <= now_s and self._is_beside(there, here):
                return max(worker.arrived_s, person.trail.end_s), worker.person
        return None

    def _is_beside(self, one: Pair, other: Pair) -> bool:
        """Within reach of each other, and no shelf between."""
        if math.dist(one, other) > BESIDE_M + 1e-9:
            return False
        return not shapely.LineString([one, other]).intersects(self._world.plan.obstacles)
