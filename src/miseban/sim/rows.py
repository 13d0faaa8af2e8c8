"""Where goods stand on a shelf: the geometry that people who reach and pictures of them share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import shapely

BOARD_M, PLINTH_M, PANEL_M = 0.03, 0.12, 0.04
"""Thickness of a board and height of the lowest one; thickness of the wall between both sides."""
BOARD_EVERY_M = 0.38
"""About how far boards lie above each other."""
SHELF_FROM_M = 1.15
"""A rectangle at least this high is a shelf, a lower one a counter, unless its style says so."""
EDGE_M = 0.02
"""How far behind the boards' edge goods stand."""
FILLED = 0.85
"""The part of the height between two boards that goods may take."""

Pair = tuple[float, float]
Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One product's place on a shelf: a facing.

    ``side`` 0 or 1 is the long side it is on (0: the one on the right hand of who walks from the
    polygon's first to its second point along the longer sides), ``level`` counts boards from
    below, ``start_m`` and ``width_m`` run along the side. ``pale`` is how much its packages take
    the colour of the boards, from 0 to 1: goods that are hard to tell from an empty shelf.
    ``goods`` says what they look like, instead of the row's id, and ``slid_m`` how far along the
    board they stand from where they would.
    """

    id: str
    furniture: str
    side: int
    level: int
    start_m: float
    width_m: float
    pale: float = 0.0
    goods: str = ""
    slid_m: float = 0.0


def is_rectangle(polygon: Sequence[Pair]) -> bool:
    """Whether the outline has four right angles, or very nearly."""
    shape = shapely.Polygon(polygon)
    return len(polygon) == 4 and bool(shape.area > 0.98 * shape.minimum_rotated_rectangle.area)


class ShelfFrame:
    """A shelf's own frame: x along its longer side, y across, z up, origin in its middle.

    Seen from above, y lies to the left of x. ``middle`` and ``angle`` place the frame on the floor
    plan with y turned up: (x, -y) metres, radians.
    """

    def __init__(self, polygon: Sequence[Pair], height_m: float) -> None:
        (x0, y0), (x1, y1), (x2, y2) = polygon[:3]
        first, second = (x1 - x0, y0 - y1), (x2 - x1, y1 - y2)
        one, other = math.hypot(*first), math.hypot(*second)
        long = first if one >= other else second
        self.length, self.depth = max(one, other), min(one, other)
        self.height = height_m
        self.centre: Pair = (
            sum(x for x, _ in polygon) / len(polygon),
            -sum(y for _, y in polygon) / len(polygon),
        )
        self.angle = math.atan2(long[1], long[0])
        self.levels = max(1, round((self.height - PLINTH_M) / BOARD_EVERY_M))
        self.gap = (self.height - PLINTH_M) / self.levels

    def extent(self, row: Row) -> tuple[Triple, Triple]:
        """The lowest and the highest corner of a row's space."""
        x = row.start_m - self.length / 2
        z = PLINTH_M + row.level * self.gap
        near, far = PANEL_M / 2, self.depth / 2 - EDGE_M
        y = (-far, -near) if row.side == 0 else (near, far)
        return (x, y[0], z), (x + row.width_m, y[1], z + self.gap * FILLED)

    def front(self, row: Row) -> Triple:
        """The middle of the row's front on the floor plan, metres: where a hand reaches to."""
        low, high = self.extent(row)
        across = low[1] if row.side == 0 else high[1]
        x, y = self._on_plan((low[0] + high[0]) / 2, across)
        return x, y, (low[2] + high[2]) / 2

    def outward(self, row: Row) -> Pair:
        """The direction on the floor plan, of length 1, in which the row looks."""
        across = -1.0 if row.side == 0 else 1.0
        return -math.sin(self.angle) * across, -math.cos(self.angle) * across

    def _on_plan(self, along: float, across: float) -> Pair:
        sin, cos = math.sin(self.angle), math.cos(self.angle)
        x = cos * along - sin * across + self.centre[0]
        y = sin * along + cos * across + self.centre[1]
        return x, -y
