"""The shops kept in ``shops/``: whole, true to their plans, and a world in which all laws hold."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, union_all

from miseban.sim.calibration import facing_polygons
from miseban.sim.render.lens import stage as on_stage
from miseban.sim.scenario import Scenario
from miseban.sim.scenario.file import load_scenario
from miseban.sim.stage import Stage
from miseban.sim.truth.drawings import on_floor, passages
from miseban.sim.world.floorplan import BODY_M
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.shop import Shop, load_shop
from tests.sim.konbini import SHOPS

NAMES = ("konbini", "supermarket")
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=3, suppress_health_check=list(HealthCheck))


@cache
def kept(name: str) -> tuple[Shop, Scenario]:
    shop = load_shop(SHOPS / f"{name}.toml")
    return shop, load_scenario(SHOPS / f"{name}.scenario.toml", shop)


def at(name: str, seed: int, clock: str) -> Simulation:
    """That shop from this time of its first day on."""
    shop, scenario = kept(name)
    hour, minute = (int(part) for part in clock.split(":"))
    start = scenario.scenario.start.replace(hour=hour, minute=minute)
    info = scenario.scenario.model_copy(update={"start": start})
    return Simulation(shop, scenario.model_copy(update={"scenario": info}), seed)


def test_the_supermarket_is_one() -> None:
    shop, scenario = kept("supermarket")
    assert len(shop.cameras) == 8
    assert len(shop.tills) == len(scenario.services) == 4
    assert sum(zone.id.startswith("aisle-") for zone in shop.zones) == 6
    assert len(shop.shelves) >= 6
    assert all(8 <= len(shelf.facings) <= 12 for shelf in shop.shelves)
    assert {line.id for line in shop.lines} == {"entrance", "exit"}
    clerks = {staff.till for staff in scenario.staff if staff.till}
    assert clerks == {till.id for till in shop.tills}


@pytest.mark.parametrize("name", NAMES)
def test_pictures_and_plan_agree(name: str) -> None:
    """Floor points are where the camera of the scenario sees them; so are all facings."""
    shop, scenario = kept(name)
    place = Stage(shop, scenario)
    for camera in shop.cameras:
        floor = np.array([(*p.floor_m, 0.0) for p in camera.floor_points])
        pixels, depth = place.lens(camera.id).project(on_stage(floor))
        assert (depth > 0).all()
        assert np.abs(pixels - [p.pixel for p in camera.floor_points]).max() < 0.02
        drawn = {s.id: {f.id: f.polygon for f in s.facings} for s in shop.shelves}
        for shelf, facing, corners in facing_polygons(place, camera):
            off = Polygon(corners).symmetric_difference(Polygon(drawn[shelf][facing]))
            assert off.area < 0.05 * Polygon(corners).area, (shelf, facing)


@pytest.mark.parametrize("name", NAMES)
def test_all_goods_stand_somewhere_and_are_their_own(name: str) -> None:
    shop, scenario = kept(name)
    named = {(shelf.id, facing.id) for shelf in shop.shelves for facing in shelf.facings}
    assert {(facing.shelf, facing.facing) for facing in scenario.facings} == named
    gtins = [facing.gtin for shelf in shop.shelves for facing in shelf.facings]
    assert len(set(gtins)) == len(gtins)
    assert all(gtin.startswith("2") for gtin in gtins)  # of the shop's own, nobody's product
    rows = [facing.row for facing in scenario.facings]
    places = [(row.furniture, row.side, row.level, row.start_m) for row in rows]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("name", NAMES)
def test_what_stands_on_the_plan_is_what_stands_in_the_scenario(name: str) -> None:
    shop, scenario = kept(name)
    on_the_plan, there = (
        {fixture.id: (fixture.polygon, fixture.height_m) for fixture in fixtures}
        for fixtures in (shop.fixtures, scenario.fixtures)
    )
    assert on_the_plan == there


@pytest.mark.parametrize("name", NAMES)
def test_who_walks_in_from_the_pavement_goes_in(name: str) -> None:
    shop, scenario = kept(name)
    lines, _ = on_floor(shop)
    obstacles = union_all([Polygon(f.polygon) for f in scenario.fixtures])
    for line in lines:
        middle, down = line.points[:2].mean(axis=0), np.array([0.0, 0.5])
        way = np.array([middle + down, middle - down])  # the pavement is down the plan
        assert [sign for _, sign in passages(np.array([0.0, 1.0]), way, line.points)] == [1]
        ends = [obstacles.distance(Point(end)) for end in (line.points[0], line.points[-1])]
        assert max(ends) < 0.05, "somebody could walk past the line's end"


@pytest.mark.parametrize("name", NAMES)
def test_zones_lie_on_the_floor_and_in_the_picture(name: str) -> None:
    shop, scenario = kept(name)
    _, zones = on_floor(shop)
    fixtures = union_all([Polygon(f.polygon) for f in scenario.fixtures])
    for zone in zones:
        area = Polygon(zone.points)
        assert area.intersection(fixtures).area < 0.35 * area.area, zone.id
        if zone.camera is not None:
            camera = shop.camera(zone.camera)
            drawn = np.array(shop.zone(zone.id).polygon)
            assert drawn.min() >= 0
            assert (drawn <= camera.resolution).all()
    for one, other in pairwise(sorted(zones, key=lambda z: z.id)):
        common = Polygon(one.points).intersection(Polygon(other.points))
        assert common.area < 0.1, (one.id, other.id)


@pytest.mark.parametrize("name", NAMES)
@few
@given(seed=seeds)
def test_nobody_walks_through_anything_or_anybody(name: str, seed: int) -> None:
    world = at(name, seed, "16:30")
    scenes = [world.scene(float(second)) for second in range(0, 1200, 2)]
    fixtures = union_all([Polygon(f.polygon) for f in world.scenario.fixtures])
    for person in world.people:
        _, xy = person.trail.knots(1200)
        if len(xy) > 1:
            assert LineString(xy).distance(fixtures) >= BODY_M - 1e-6
    assert len(world.people) > 15
    for scene in scenes:
        place = np.array([(f.x, f.y) for f in scene.figures])
        apart = np.abs(place[:, None] - place).max(axis=2)
        apart[np.diag_indices(len(place))] = np.inf
        assert apart.min() >= 2 * BODY_M - 1e-6, scene.time_s


@pytest.mark.parametrize("name", NAMES)
@few
@given(seed=seeds)
def test_people_are_conserved_and_everybody_gets_out(name: str, seed: int) -> None:
    world = at(name, seed, "16:30")
    for second in range(0, 1800, 30):
        there = {figure.id for figure in world.scene(float(second)).figures}
        seen = [p for p in world.people if len(p.trail.t)]
        came = {p.id for p in seen if p.trail.start_s <= second}
        went = {p.id for p in seen if p.gone and p.trail.end_s <= second}
        assert there == came - went
    world.close_doors()
    world.run_until(1800 + 2 * 3600)
    assert {p.kind for p in world.people if not p.gone} <= {"staff"}
