"""Moves people from place to place."""

from __future__ import annotations

from collections.abc import Sequence

from miseban.sim.world.floorplan import Cell, Pair, Spot
from miseban.sim.world.people import Person
from miseban.sim.world.routes import Routes
from miseban.sim.world.traffic import Traffic


class Walking:
    """Every step that anybody takes is booked here first."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._traffic = Traffic()

    def forget_ways(self) -> None:
        """Those that were found are given back."""
        self._routes.forget()

    def is_free(self, spot: Spot) -> bool:
        return not self._traffic.is_taken(spot.cell)

    def centre(self, cell: Cell) -> Pair:
        """The middle of a cell, in metres."""
        return self._routes.centre(cell)

    def block(self, cells: Sequence[Cell], from_s: float, until_s: float) -> bool:
        """Keeps everybody off ``cells`` between the two moments; False, and nothing done, when
        somebody will be there."""
        if not self._traffic.is_clear(cells, from_s, until_s):
            return False
        for cell in cells:
            self._traffic.stand(cell, from_s, until_s)
        return True

    def visit(
        self,
        person: Person,
        spot: Spot,
        before_s: float,
        until_s: float,
        now_s: float,
    ) -> tuple[float, float] | None:
        """Walks to ``spot``, which is on others' ways, stays there until ``until_s`` and walks
        back; returns when the person is there, and back. None, and nothing done, when there is no
        way there, or not ``before_s``. All is booked at once, so that nobody is ever stuck."""
        assert person.cell is not None  # noqa: S101 - only people on the floor are moved
        home = person.cell
        there, back = self._routes.between(home, spot.cell), self._routes.between(spot.cell, home)
        if not there or not back:
            return None
        speed = person.speed_mps
        way, start_s = self._traffic.earliest(there, speed, now_s)
        arrives_s = start_s + way.length_m / speed
        if arrives_s >= before_s:
            return None
        way_back, leaves_s = self._traffic.earliest(back, speed, until_s)
        if not self._traffic.is_clear([spot.cell], arrives_s, leaves_s):
            return None
        trail = person.trail
        self._traffic.stand(home, now_s, start_s)
        trail.stand_until(start_s)
        self._traffic.book(way, speed, start_s, now_s)
        trail.walk(way, speed, start_s)
        self._traffic.stand(spot.cell, arrives_s, leaves_s)
        trail.facing.append((arrives_s, spot.heading))
        trail.stand_until(leaves_s)
        self._traffic.book(way_back, speed, leaves_s, now_s)
        return arrives_s, trail.walk(way_back, speed, leaves_s)

    def appear(self, person: Person, spot: Spot) -> None:
        """Puts a person on the floor who was there before the simulation began."""
        self._traffic.take(spot.cell)
        x, y = self._routes.centre(spot.cell)
        person.cell = spot.cell
        person.trail.begin(0.0, x, y)
        person.trail.facing.append((0.0, spot.heading))

    def enter(self, person: Person, door: Cell, spot: Spot, now_s: float) -> float:
        """Walks in from ``door`` to ``spot``; returns the time of arrival."""
        return self._go(person, door, spot, now_s)

    def go(self, person: Person, spot: Spot, now_s: float) -> float:
        """Walks from where the person stands to ``spot``; returns the time of arrival."""
        assert person.cell is not None  # noqa: S101 - only people on the floor are moved
        if person.cell == spot.cell:
            return now_s
        return self._go(person, person.cell, spot, now_s)

    def leave(self, person: Person, door: Cell, now_s: float) -> float:
        """Walks from where the person stands out of ``door``; returns when the person is gone."""
        assert person.cell is not None  # noqa: S101 - only people on the floor are moved
        return self._walk(person, person.cell, door, now_s)

    def pass_by(self, person: Person, door: Cell, other: Cell, now_s: float) -> float:
        """Walks from one door to another; returns when the person is gone."""
        return self._walk(person, door, other, now_s)

    def _go(self, person: Person, start: Cell, spot: Spot, now_s: float) -> float:
        arrives_s = self._walk(person, start, spot.cell, now_s)
        self._traffic.take(spot.cell)
        person.cell = spot.cell
        person.trail.facing.append((arrives_s, spot.heading))
        return arrives_s

    def _walk(self, person: Person, start: Cell, end: Cell, now_s: float) -> float:
        routes = self._routes.between(start, end)
        route, start_s = self._traffic.earliest(routes, person.speed_mps, now_s)
        if person.cell is not None:
            self._traffic.stand(start, now_s, start_s)
            self._traffic.give_up(start)
            person.trail.stand_until(start_s)
        self._traffic.book(route, person.speed_mps, start_s, now_s)
        person.cell = None
        return person.trail.walk(route, person.speed_mps, start_s)
