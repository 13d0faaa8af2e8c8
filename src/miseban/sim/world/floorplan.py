"""The floor as a plan of square cells: what is free, where people stop, and where they queue."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point, Polygon, box

from miseban.sim.projection import FloorView
from miseban.sim.scenario import Door, Scenario
from miseban.sim.world.reach import REACH_M, reaches_of
from miseban.vocabulary.shop import Shop

CELL_M = 0.5
BODY_M = 0.2
"""Half the width of the square that a person keeps free of everybody else, so that two people are
never nearer than 0.4 m: about the depth of a body, shoulder to shoulder in a queue."""
SPACING = 2
"""Cells between places to stand, in rows and in columns: one free cell lies between two."""

Cell = int
Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell to stand in; ``facing`` is the point looked at, ``heading`` radians."""

    cell: Cell
    facing: Pair
    heading: float


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue: ``spots`` from its head to its tail, and the tills it feeds as (till id, spot to be
    served at)."""

    zone: str
    spots: tuple[Spot, ...]
    tills: tuple[tuple[str, Spot], ...]


class FloorPlan:
    """Cells are numbered row by row. ``free`` (rows, columns) is where a body touches no fixture;
    ``through`` the free cells that are nobody's place to stand, so that routes over them are
    never blocked for good. ``posts`` are the cells of clerks and ``back_rooms`` those where goods
    are fetched, by the id of the staff; none where no floor is."""

    def __init__(self, shop: Shop, scenario: Scenario) -> None:
        floor = shop.shop.floor
        assert floor is not None  # noqa: S101 - the scenario's checks refuse a shop without
        self.shop, self.scenario = shop, scenario
        self.columns = int(floor.width_m / CELL_M + 1e-9)
        self.rows = int(floor.depth_m / CELL_M + 1e-9)
        self.views = {c.id: FloorView(c) for c in shop.cameras if c.floor_points}
        self.obstacles = shapely.union_all([Polygon(f.polygon) for f in scenario.fixtures])
        xs, ys = np.meshgrid(np.arange(self.columns) * CELL_M, np.arange(self.rows) * CELL_M)
        slack = 1e-6  # fixtures drawn along the cells' edges do not count as inside
        squares = shapely.box(xs + slack, ys + slack, xs + CELL_M - slack, ys + CELL_M - slack)
        self.free: NDArray[np.bool_] = ~shapely.intersects(squares, self.obstacles)
        self.through = self.free.copy()
        self.door_cells = {door.id: self._door_cells(door) for door in scenario.doors}
        for cells in self.door_cells.values():
            self._claim(cells)
        self.posts = {s.id: self._cell_at(s.at) for s in scenario.staff if s.at}
        self.back_rooms = {s.id: self._cell_at(s.back_room) for s in scenario.staff if s.back_room}
        self._claim([c for c in (*self.posts.values(), *self.back_rooms.values()) if c is not None])
        self.lanes = self._lanes()
        visited = [a.zone for a in scenario.attractions]
        visited += [zone for staff in scenario.staff for zone in staff.zones]
        self.spots = {zone: self._spots(zone) for zone in dict.fromkeys(visited)}
        self.in_front = self._in_front()

    def centre(self, cell: Cell) -> Pair:
        """The middle of a cell, in metres."""
        return (cell % self.columns + 0.5) * CELL_M, (cell // self.columns + 0.5) * CELL_M

    def zone_polygon(self, zone_id: str) -> Polygon:
        """The zone on the floor; empty when it is drawn on a picture that is not tied to it."""
        zone = self.shop.zone(zone_id)
        points = np.array(zone.polygon, float)
        if zone.camera is not None:
            if zone.camera not in self.views:
                return Polygon()
            points = self.views[zone.camera].to_floor(points)
        return Polygon(points) if np.isfinite(points).all() else Polygon()

    def spot(self, cell: Cell, towards: Pair | None = None) -> Spot:
        """A place to stand on ``cell`` and look at ``towards``, or else at the nearest fixture."""
        return self._spot(cell, towards or self._nearest_fixture(Point(self.centre(cell))))

    def _cell_at(self, point: Pair) -> Cell | None:
        """The cell at ``point``; none where there is no free floor."""
        column, row = int(point[0] // CELL_M), int(point[1] // CELL_M)
        inside = 0 <= column < self.columns and 0 <= row < self.rows
        return row * self.columns + column if inside and self.free[row, column] else None

    def _claim(self, cells: list[Cell]) -> None:
        for cell in cells:
            self.through[divmod(cell, self.columns)] = False

    def _door_cells(self, door: Door) -> list[Cell]:
        opening = LineString(door.points).buffer(CELL_M * 0.75)
        return [cell for cell in self._cells_in(opening) if self.free[divmod(cell, self.columns)]]

    def _cells_in(self, shape: Polygon) -> list[Cell]:
        """Cells whose middle lies in ``shape``, in order."""
        if shape.is_empty:
            return []
        x, y = np.meshgrid(
            (np.arange(self.columns) + 0.5) * CELL_M, (np.arange(self.rows) + 0.5) * CELL_M
        )
        cells: list[Cell] = np.flatnonzero(shapely.contains_xy(shape, x, y)).tolist()
        return cells

    def _apart(self, cell: Cell, others: list[Cell]) -> bool:
        row, column = divmod(cell, self.columns)
        return all(
            max(abs(row - other // self.columns), abs(column - other % self.columns)) >= SPACING
            for other in others
        )

    def _standable(self, shape: Polygon) -> list[Cell]:
        """Free cells in ``shape`` away from all places to stand so far."""
        claimed = np.flatnonzero(self.free & ~self.through).tolist()
        return [
            cell
            for cell in self._cells_in(shape)
            if self.through[divmod(cell, self.columns)] and self._apart(cell, claimed)
        ]

    def _spot(self, cell: Cell, towards: Pair) -> Spot:
        x, y = self.centre(cell)
        return Spot(cell, towards, float(np.arctan2(towards[1] - y, towards[0] - x)))

    def _spots(self, zone_id: str) -> tuple[Spot, ...]:
        """Places to stand in a zone, those nearest to a fixture first."""
        cells = self._standable(self.zone_polygon(zone_id).buffer(1e-6))
        points = [Point(self.centre(cell)) for cell in cells]
        order = sorted(range(len(cells)), key=lambda i: (self._gap(points[i]), cells[i]))
        taken: list[Cell] = []
        spots: list[Spot] = []
        for i in order:
            if self._apart(cells[i], taken):
                taken.append(cells[i])
                spots.append(self._spot(cells[i], self._nearest_fixture(points[i])))
        self._claim(taken)
        return tuple(spots)

    def _in_front(self) -> dict[str, tuple[Spot, ...]]:
        """Where to stand to reach each facing, by its key, nearest first: places in zones, and
        one of its own for a facing that cannot be reached from any of those. None where there is
        no room for that."""
        cells = {spot.cell: None for spots in self.spots.values() for spot in spots}
        reaches = reaches_of(self.scenario, self.obstacles)
        for reach in reaches.values():
            if not any(reach.gap_m(self.centre(cell)) <= REACH_M for cell in cells):
                around = Point(reach.front).buffer(REACH_M)
                gaps = [(reach.gap_m(self.centre(c)), c) for c in self._standable(around)]
                nearest = min(gaps, default=(math.inf, -1))
                if nearest[0] <= REACH_M:
                    cells[nearest[1]] = None
                    self._claim([nearest[1]])
        found: dict[str, tuple[Spot, ...]] = {}
        for key, reach in reaches.items():
            near = sorted((reach.gap_m(self.centre(cell)), cell) for cell in cells)
            found[key] = tuple(self._spot(c, reach.front) for gap, c in near if gap <= REACH_M)
        return found

    def _gap(self, point: Point) -> float:
        return round(float(self.obstacles.distance(point)), 3) if self.scenario.fixtures else 0.0

    def _nearest_fixture(self, point: Point) -> Pair:
        if not self.scenario.fixtures:
            return point.x + 1.0, point.y
        line = shapely.shortest_line(point, self.obstacles)
        x, y = line.coords[-1]
        return (float(x), float(y)) if line.length > 0 else (point.x + 1.0, point.y)

    def _lanes(self) -> tuple[Lane, ...]:
        lanes: list[Lane] = []
        served = {service.till for service in self.scenario.services}
        for zone in dict.fromkeys(till.queue for till in self.shop.tills if till.id in served):
            tills: list[tuple[str, Spot]] = []
            for till in self.shop.tills:
                if till.queue == zone and till.id in served:
                    area = self.zone_polygon(till.service)
                    cells = self._standable(area.buffer(1e-6))
                    if not cells:
                        continue
                    middle = area.centroid
                    cell = min(cells, key=lambda c: Point(self.centre(c)).distance(middle))
                    tills.append((till.id, self._spot(cell, self._nearest_fixture(middle))))
                    self._claim([cell])
            lanes.append(Lane(zone, self._line_up(zone, tills), tuple(tills)))
        return tuple(lanes)

    def _line_up(self, zone: str, tills: list[tuple[str, Spot]]) -> tuple[Spot, ...]:
        """Places in the queue, each the nearest free one to the place before it."""
        cells = self._standable(self.zone_polygon(zone).buffer(1e-6))
        spots: list[Spot] = []
        if not tills:
            return ()
        before = self.centre(tills[0][1].cell)
        while cells:
            cell = min(cells, key=lambda c: (Point(self.centre(c)).distance(Point(before)), c))
            spots.append(self._spot(cell, before))
            before = self.centre(cell)
            self._claim([cell])
            cells = [c for c in cells if self._apart(c, [cell])]
        return tuple(spots)


def floor_box(shop: Shop) -> Polygon:
    """The whole floor as a polygon."""
    floor = shop.shop.floor
    return box(0, 0, floor.width_m, floor.depth_m) if floor is not None else Polygon()
