"""Cameras that cannot hang there, and those whose shop file says they hang elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from shapely import Point, Polygon

from miseban.sim.possible.names import known
from miseban.sim.render import Furniture, Lens
from miseban.sim.render.furniture import is_shelf
from miseban.sim.scenario import CameraPose, Scenario
from miseban.sim.stage import pose_of
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Camera, Shop
from miseban.vocabulary.shop.problem import Place, Problem, shown

OFF_M = 0.1
"""Floor points of the shop file may lie so far from where the pose has them: what somebody with a
tape measure gets right."""


def poses(scenario: Scenario, shop: Shop) -> Iterator[Problem]:
    """What is wrong with the cameras, the room and how things look, but for the floor points."""
    ids = [camera.id for camera in scenario.cameras]
    for number, camera in enumerate(scenario.cameras):
        place: Place = ("camera", number, "id")
        yield from known(place, "[[camera]] of the shop", camera.id, [c.id for c in shop.cameras])
        if camera.id in ids[:number]:
            yield Problem(place, "each camera once", shown(camera.id))
        yield from _hangs(scenario, shop, number, camera)
    for number, fixture in enumerate(scenario.fixtures):
        place = ("fixture", number)
        if fixture.height_m > scenario.room.height_m:
            expected = f"at most the room's {scenario.room.height_m:g} m"
            yield Problem((*place, "height_m"), expected, f"{fixture.height_m:g}")
        try:
            is_shelf(Furniture(fixture.id, fixture.polygon, fixture.height_m, fixture.style))
        except BadInput:
            yield Problem((*place, "style"), 'four right angles for a "shelf"', "another outline")


def _hangs(scenario: Scenario, shop: Shop, number: int, camera: CameraPose) -> Iterator[Problem]:
    place: Place = ("camera", number, "position_m")
    floor = shop.shop.floor
    x, y, z = camera.position_m
    height_m = scenario.room.height_m
    if floor is not None and not (
        0 <= x <= floor.width_m and 0 <= y <= floor.depth_m and 0 < z <= height_m
    ):
        expected = f"a place in the room of {floor.width_m:g} x {floor.depth_m:g} x {height_m:g} m"
        yield Problem(place, expected, shown(camera.position_m))
    for fixture in scenario.fixtures:
        if z < fixture.height_m and Polygon(fixture.polygon).contains(Point(x, y)):
            yield Problem(place, "a place outside all fixtures", f"one in {shown(fixture.id)}")
    if np.linalg.norm(np.subtract(camera.position_m, camera.look_at_m)) < 0.01:
        yield Problem(("camera", number, "look_at_m"), "another place than position_m", "the same")


def floor_points(scenario: Scenario, shop: Shop) -> Iterator[Problem]:
    """Cameras whose floor points in the shop file are not where the pose sees them. Lines and
    zones would else lie elsewhere in the picture than in the truth."""
    for number, posed in enumerate(scenario.cameras):
        camera = shop.camera(posed.id)
        off_m = farthest_off(camera, posed)
        if not off_m <= OFF_M:
            expected = f"floor_points of the shop file within {OFF_M:g} m of this pose"
            found = f"one {off_m:.2f} m away" if off_m < np.inf else "one above the horizon"
            hint = "`miseban simulate --calibrate` prints them"
            yield Problem(("camera", number), expected, f"{found}; {hint}")


def farthest_off(camera: Camera, posed: CameraPose) -> float:
    """The largest distance, in metres, between a floor point of the shop file and the floor that
    ``posed`` has at its pixel; 0 without floor points, infinite above the horizon."""
    if not camera.floor_points:
        return 0.0
    pixel = np.array([point.pixel for point in camera.floor_points], np.float64)
    floor = np.array([point.floor_m for point in camera.floor_points], np.float64)
    off = np.linalg.norm(Lens(pose_of(posed), camera.resolution).floor(pixel) - floor, axis=1)
    return float(np.nan_to_num(off, nan=np.inf).max())
