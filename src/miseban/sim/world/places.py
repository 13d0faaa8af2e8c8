"""Where the goods are: each facing in space, and where people stand to reach for it."""

from __future__ import annotations

from dataclasses import dataclass

from shapely import Point

from miseban.sim.rows import ShelfFrame
from miseban.sim.world.floorplan import FloorPlan, Spot

NEAR_ZONE_M = 0.5
"""A facing belongs to the zones in which, or so near to which, people stand to reach for it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A facing with its goods. ``front`` is the point in space that a hand reaches to, metres;
    ``spots`` are where to stand for that, looking at it, nearest first."""

    key: str
    shelf: str
    facing: str
    gtin: str
    price: int
    capacity: int
    front: tuple[float, float, float]
    spots: tuple[Spot, ...]
    category: str | None
    weight: float
    put_back: float
    touch_only: float
    zones: tuple[str, ...]
    """The attractions' zones it belongs to."""


def places(plan: FloorPlan) -> dict[str, Place]:
    """All facings of the scenario by key, in its order."""
    scenario, shop = plan.scenario, plan.shop
    fixtures = {fixture.id: fixture for fixture in scenario.fixtures}
    known = {(s.id, f.id): f for s in shop.shelves for f in s.facings}
    zones = [(a.zone, plan.zone_polygon(a.zone)) for a in scenario.attractions]
    found: dict[str, Place] = {}
    for facing in scenario.facings:
        drawn, fixture = known[facing.shelf, facing.facing], fixtures[facing.fixture]
        spots = plan.in_front[facing.key]
        points = [Point(plan.centre(spot.cell)) for spot in spots]
        found[facing.key] = Place(
            key=facing.key,
            shelf=facing.shelf,
            facing=facing.facing,
            gtin=drawn.gtin,
            price=facing.price,
            capacity=drawn.capacity,
            front=ShelfFrame(fixture.polygon, fixture.height_m).front(facing.row),
            spots=spots,
            category=facing.category,
            weight=facing.weight,
            put_back=facing.put_back,
            touch_only=facing.touch_only,
            zones=tuple(
                zone
                for zone, polygon in zones
                if any(polygon.distance(point) <= NEAR_ZONE_M for point in points)
            ),
        )
    return found
