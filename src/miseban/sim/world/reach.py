"""From where on the floor a hand gets to the goods."""

from __future__ import annotations

import math
from dataclasses import dataclass

from shapely import LineString
from shapely.geometry.base import BaseGeometry

from miseban.sim.rows import ShelfFrame
from miseban.sim.scenario import Scenario

REACH_M = 1.0
"""How far along the floor a hand gets: an arm, half a shoulder and a lean."""
_BEFORE_M = 0.05  # from the goods to just before the edge of their board

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Reach:
    """A facing seen from above: its front, the direction it looks in, and what may be between it
    and a hand."""

    front: Pair
    outward: Pair
    obstacles: BaseGeometry

    def gap_m(self, place: Pair) -> float:
        """From a body's ``place`` to the front; infinite from behind or through a fixture."""
        way = place[0] - self.front[0], place[1] - self.front[1]
        before = way[0] * self.outward[0] + way[1] * self.outward[1]
        gap = math.hypot(*way)
        if before <= 0 or gap > REACH_M:
            return math.inf
        edge = (
            self.front[0] + _BEFORE_M * self.outward[0],
            self.front[1] + _BEFORE_M * self.outward[1],
        )
        blocked = LineString([place, edge]).intersects(self.obstacles)
        return math.inf if blocked else round(gap, 6)


def reaches_of(scenario: Scenario, obstacles: BaseGeometry) -> dict[str, Reach]:
    """All facings of the scenario by key."""
    fixtures = {fixture.id: fixture for fixture in scenario.fixtures}
    found: dict[str, Reach] = {}
    for facing in scenario.facings:
        fixture = fixtures[facing.fixture]
        frame = ShelfFrame(fixture.polygon, fixture.height_m)
        x, y, _ = frame.front(facing.row)
        found[facing.key] = Reach((x, y), frame.outward(facing.row), obstacles)
    return found
