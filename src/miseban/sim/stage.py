"""From a shop and its scenario to what is drawn: the room, what stands in it, and its cameras."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from miseban.sim.render import Furniture, Lens, Pose, Room, Row
from miseban.sim.render.furniture import default_rows
from miseban.sim.render.mesh import Colour
from miseban.sim.scenario import Scenario
from miseban.sim.scenario.cameras import CameraPose
from miseban.vocabulary.shop import Camera, Shop

Pair = tuple[float, float]
AT_WALL_M = 0.5
"""A door this near to an edge of the floor is an opening in that wall."""


def pose_of(table: CameraPose) -> Pose:
    """The camera's place, as the renderer wants it."""
    return Pose(table.position_m, table.look_at_m, table.fov_deg, table.roll_deg)


class Stage:
    """``shop`` with ``scenario`` in it, which the checks have found to fit: everything but the
    people. ``poses`` are by the id of the shop's camera."""

    def __init__(self, shop: Shop, scenario: Scenario) -> None:
        self.shop, self.scenario = shop, scenario
        self.poses = {camera.id: pose_of(camera) for camera in scenario.cameras}
        begins = scenario.scenario.start
        self.hour = begins.hour + begins.minute / 60 + begins.second / 3600

    @property
    def cameras(self) -> tuple[Camera, ...]:
        """The shop's cameras that have a pose, in the order of the shop file."""
        return tuple(camera for camera in self.shop.cameras if camera.id in self.poses)

    @cached_property
    def room(self) -> Room:
        floor = self.shop.shop.floor
        assert floor is not None  # noqa: S101 - the scenario's checks refuse a shop without
        doors = tuple(_openings(self.scenario, floor.width_m, floor.depth_m))
        looks = self.scenario.room
        return Room(floor.width_m, floor.depth_m, looks.height_m, doors, looks.seed)

    @cached_property
    def uniform(self) -> tuple[Colour, ...]:
        """The colours that staff wear, as red, green and blue from 0 to 1; none for the apron that
        they wear where the shop file names no uniform."""
        if self.shop.staff is None:
            return ()
        return tuple((r / 255, g / 255, b / 255) for r, g, b in self.shop.staff.uniform_rgb)

    @cached_property
    def furniture(self) -> tuple[Furniture, ...]:
        return tuple(
            Furniture(f.id, f.polygon, f.height_m, f.style) for f in self.scenario.fixtures
        )

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The facings, and other goods where a shelf with facings has none."""
        facings = [facing.row for facing in self.scenario.facings]
        holding = {row.furniture for row in facings}
        others = [
            other
            for thing in self.furniture
            if thing.id in holding
            for other in default_rows(thing)
            if not any(_overlap(other, row) for row in facings)
        ]
        return (*facings, *others)

    def lens(self, camera: str) -> Lens:
        """The geometry of the camera of that id, which has a pose."""
        return Lens(self.poses[camera], self.shop.camera(camera).resolution)


def _overlap(a: Row, b: Row) -> bool:
    if (a.furniture, a.side, a.level) != (b.furniture, b.side, b.level):
        return False
    return a.start_m < b.start_m + b.width_m and b.start_m < a.start_m + a.width_m


def _openings(scenario: Scenario, width_m: float, depth_m: float) -> Iterator[tuple[Pair, Pair]]:
    """The doors, moved onto the wall that each lies at."""
    for door in scenario.doors:
        (x1, y1), (x2, y2) = door.points
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        edges = {
            x: ((0.0, y1), (0.0, y2)),
            width_m - x: ((width_m, y1), (width_m, y2)),
            y: ((x1, 0.0), (x2, 0.0)),
            depth_m - y: ((x1, depth_m), (x2, depth_m)),
        }
        nearest = min(edges)
        if nearest <= AT_WALL_M:
            yield edges[nearest]
