"""Drawings that fit on the floor, places that can be reached, and no more people than floor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from shapely import LineString, Polygon

from miseban.sim.possible.staff import posts
from miseban.sim.scenario import Scenario
from miseban.sim.world.floorplan import CELL_M, FloorPlan, floor_box
from miseban.sim.world.routes import Routes
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.problem import Place, Problem, shown

PEOPLE_PER_M2 = 1.0
"""More than one person on each free square metre no longer shops but pushes (level of service E
of J. J. Fruin, *Pedestrian Planning and Design*, 1971)."""


def drawings(scenario: Scenario, shop: Shop) -> Iterator[Problem]:
    floor = floor_box(shop)
    inner = floor.buffer(1e-6)
    for number, fixture in enumerate(scenario.fixtures):
        place: Place = ("fixture", number, "polygon")
        shape = Polygon(fixture.polygon)
        if not inner.covers(shape):
            yield Problem(place, "a fixture within the floor", "one that reaches beyond it")
        for door in scenario.doors:
            if shape.intersection(LineString(door.points)).length > 1e-6:
                yield Problem(place, "no fixture over a door", f"one over {shown(door.id)}")
    for number, door in enumerate(scenario.doors):
        place = ("door", number, "points")
        opening = LineString(door.points)
        if opening.length < CELL_M:
            found = f"{opening.length:g} m"
            yield Problem(place, f"an opening of at least {CELL_M:g} m", found)
        elif not inner.covers(opening) or floor.exterior.distance(opening.centroid) > CELL_M:
            expected = f"an opening within {CELL_M:g} m of the floor's edge"
            yield Problem(place, expected, "one elsewhere")


def places(scenario: Scenario, plan: FloorPlan) -> Iterator[Problem]:
    """Whether there is somewhere to stand, and a way there from every door."""
    routes = Routes(plan, seed=0)
    doors = []
    for number, door in enumerate(scenario.doors):
        cells = plan.door_cells[door.id]
        if not cells:
            yield Problem(("door", number, "points"), "free floor at the door", "none")
        doors += cells[:1]
    if len(doors) < len(scenario.doors):
        return
    for number, cell in enumerate(doors):
        if not routes.connected(cell, doors[0]):
            expected = f"a way to door {shown(scenario.doors[0].id)}"
            yield Problem(("door", number, "points"), expected, "none")
    wanted: list[tuple[Place, list[int]]] = []
    for number, attraction in enumerate(scenario.attractions):
        cells = [spot.cell for spot in plan.spots[attraction.zone]]
        wanted.append((("attraction", number, "zone"), cells))
    for number, staff in enumerate(scenario.staff):
        for zone in staff.zones:
            cells = [spot.cell for spot in plan.spots[zone]]
            wanted.append((("staff", number, "zones"), cells))
    for post in posts(scenario, plan):
        if isinstance(post, Problem):
            yield post
        else:
            wanted.append(post)
    for number, service in enumerate(scenario.services):
        lane = next((q for q in plan.lanes if service.till in dict(q.tills)), None)
        place: Place = ("service", number, "till")
        if lane is None:
            yield Problem(place, "free floor in its counter zone to be served at", "none")
        else:
            wanted.append((place, [s.cell for s in lane.spots]))
            wanted.append((place, [spot.cell for till, spot in lane.tills]))
    for number, facing in enumerate(scenario.facings):
        cells = [spot.cell for spot in plan.in_front[facing.key]]
        wanted.append((("facing", number, "fixture"), cells))
    for place, cells in wanted:
        if not cells and place[0] == "facing":
            yield Problem(place, "free floor to stand on in front of the goods", "none")
        elif not cells:
            yield Problem(place, "a zone with free floor to stand on", "none")
        elif not all(routes.connected(doors[0], cell) for cell in cells):
            yield Problem(place, "a way there from the doors", "none")


def crowds(scenario: Scenario, plan: FloorPlan) -> Iterator[Problem]:
    """More people than floor, on average in the busiest hour (Little's law: arrivals a second
    times seconds inside)."""
    area_m2 = float(np.count_nonzero(plan.free)) * CELL_M**2
    room = area_m2 * PEOPLE_PER_M2
    total = sum(kind.share for kind in scenario.kinds)
    person_s = sum(
        kind.share / total * (1 + len(kind.companions)) * np.mean(kind.stops) * np.mean(kind.stop_s)
        for kind in scenario.kinds
    )
    busiest = int(np.argmax(scenario.arrivals.per_hour))
    rate = scenario.arrivals.per_hour[busiest] * max(scenario.arrivals.weekday) / 3600
    inside = rate * float(person_s)
    if inside > room:
        yield Problem(
            ("arrivals", "per_hour"),
            f"at most {room:.0f} people at a time on {area_m2:.0f} m² of free floor",
            f"{inside:.0f} in hour {busiest}",
        )
    if len(scenario.staff) > room:
        found = f"{len(scenario.staff)} members of staff"
        yield Problem(("staff",), f"at most {room:.0f} people", found)
