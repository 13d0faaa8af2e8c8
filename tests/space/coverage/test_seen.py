"""Which floor cameras see."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.seen.views import PosedView
from miseban.sim.stage import Stage
from miseban.space.coverage import TALL_M, cover
from miseban.space.polygons import Polygons
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import parse_shop
from miseban.vocabulary.shop.load import load_shop
from tests.sim import konbini
from tests.space.coverage.rooms import lens, room

WALL = '[[fixture]]\nid = "wall"\npolygon = [[4.9, 0], [5.1, 0], [5.1, 10], [4.9, 10]]\n'
FAR = [8.0, 5.0]


def seen_at(shop_text: str, height_m: float) -> dict[str, int]:
    """How many cameras see somebody three metres behind what stands two metres before a camera."""
    shop = room(10, 10, [lens(3, 5)], shop_text + f"height_m = {height_m}\n")
    found = cover(shop)
    at = int(np.argmin(np.linalg.norm(found.places - FAR, axis=1)))
    return {posture: int(counts[at]) for posture, counts in found.by.items()}


def test_what_stands_between_hides_who_lies_before_it_hides_who_stands() -> None:
    assert seen_at(WALL, 0.1) == {"stands": 1, "lies": 1}
    # From 3 m up nothing 5 m away is hidden by a wall of 1.5 m that is 2.1 m away.
    assert seen_at(WALL, 1.5) == {"stands": 1, "lies": 1}
    assert seen_at(WALL, 2.0) == {"stands": 1, "lies": 0}
    assert seen_at(WALL, 2.9) == {"stands": 0, "lies": 0}


def test_floor_behind_the_camera_beside_the_picture_and_far_away_is_not_seen() -> None:
    found = cover(room(60, 20, [lens(10, 10, tilt_deg=25)]))
    stands = dict(zip(map(tuple, found.places.tolist()), found.by["stands"].tolist(), strict=True))
    assert stands[15.125, 10.125] == 1
    assert stands[5.125, 10.125] == 0, "behind"
    assert stands[11.125, 10.125] == 0, "below the picture"
    assert stands[12.125, 15.125] == 0, "beside it"
    # As tall as 1 / 15 of the picture: 1.6 * 320 / d = 24.
    assert stands[31.0 - 0.125, 10.125] == 1
    assert stands[31.625, 10.125] == 0, "too small"


def test_no_floor_lies_within_fixtures_and_shares_are_of_the_rest() -> None:
    high = WALL.replace("4.9", "0").replace("5.1", "5") + "height_m = 1.0\n"
    found = cover(room(10, 10, [], high))
    assert found.m2 == pytest.approx(50.0)
    assert found.places[:, 0].min() > 5
    assert found.share("stands", 1) == 0.0
    assert found.share("stands", 0) == 1.0


def test_it_is_what_simulated_cameras_see() -> None:
    """Of the konbini: the same lens by its pose, and furniture by the scenario's own table."""
    shop = load_shop(konbini.SHOP_FILE)
    stage = Stage(shop, load_scenario(beside(konbini.SHOP_FILE), shop))
    found = cover(shop)
    for posture, tall_m in TALL_M.items():
        beside_it = np.zeros(len(found.places), np.int64)
        for camera in stage.cameras:
            looked = PosedView(stage, camera).look(found.places, np.full(len(found.places), tall_m))
            inside = np.isfinite(looked.xyxy).all(axis=1)
            beside_it += inside & (looked.shown >= 0.5)
        assert float(np.mean(found.by[posture] == beside_it)) > 0.97


def test_gaps_are_the_pieces_that_nobody_sees_with_their_zones() -> None:
    zone = '[[zone]]\nid = "far-end"\nkind = "area"\npolygon = [[0, 6], [3, 6], [3, 10], [0, 10]]\n'
    found = cover(room(10, 10, [lens(3, 5)], zones=zone))
    unseen = float(np.mean(found.by["lies"] == 0)) * found.m2
    gaps = found.gaps("lies")
    assert gaps[0].m2 == max(gap.m2 for gap in gaps)
    assert sum(gap.m2 for gap in gaps) == pytest.approx(unseen, abs=len(gaps) + 1.0)
    assert any("far-end" in gap.zones for gap in gaps)
    for gap in gaps:
        at = np.linalg.norm(found.places - [gap.x, gap.y], axis=1).argmin()
        assert found.by["lies"][at] == 0


def test_cameras_without_floor_points_are_left_out() -> None:
    shop = room(10, 10, [lens(3, 5)])
    blind = shop.cameras[0].model_copy(update={"id": "blind", "floor_points": ()})
    found = cover(shop.model_copy(update={"cameras": (*shop.cameras, blind)}))
    assert found.of_camera.keys() == found.lenses.keys() == {"c0"}


def test_a_shop_without_a_plan_and_one_without_floor_are_refused() -> None:
    plain = '[shop]\nid = "s"\ntimezone = "UTC"\npolicy = "strict"\n'
    with pytest.raises(BadInput, match="size of the floor"):
        cover(parse_shop(plain, "shop.toml"))
    full = WALL.replace("4.9", "0").replace("5.1", "10")
    with pytest.raises(BadInput, match="some floor"):
        cover(room(10, 10, [], full))
    with pytest.raises(BadInput, match="20,20,30,30: expected a part of the floor, 10 by 10 m"):
        cover(room(10, 10), within=(20, 20, 30, 30))


def test_each_camera_sees_as_much_as_its_places() -> None:
    found = cover(room(10, 10, [lens(3, 5), lens(7, 5, 180)], WALL))
    assert sum(found.of_camera.values()) == pytest.approx(found.by["stands"].sum() * 0.25**2)
    assert all(m2 > 5 for m2 in found.of_camera.values())
    assert found.without_cameras().share("stands", 1) == 0.0


@pytest.mark.parametrize("x", [4.8, 4.88, 4.95, 5.0, 5.05, 5.12])
def test_a_camera_on_a_wall_is_not_hidden_by_it(x: float) -> None:
    """Wherever in it calibration has put the camera; another wall as high does hide."""
    wall = WALL + "height_m = 3.2\n"
    seen = cover(room(10, 10, [lens(x, 5)], wall))
    east = seen.places[:, 0] > 5.2
    without = cover(room(10, 10, [lens(x, 5)]))
    expected = without.by["stands"][without.places[:, 0] > 5.2].sum()
    assert seen.by["stands"][east].sum() == pytest.approx(expected, rel=0.02)
    beyond = wall.replace("4.9", "7").replace("5.1", "7.2").replace("wall", "other")
    hidden = cover(room(10, 10, [lens(x, 5)], wall + beyond))
    assert hidden.by["stands"][hidden.places[:, 0] > 7.3].sum() == 0


@pytest.mark.parametrize("digits", [1, 2, 3])
def test_from_straight_above_as_much_is_seen_however_floor_points_are_rounded(digits: int) -> None:
    """The height cannot be told from them: it is taken for 3 m."""
    shelf = (
        '[[fixture]]\nid = "s"\npolygon = [[6, 3], [6.4, 3], [6.4, 7], [6, 7]]\nheight_m = 1.3\n'
    )
    found = cover(room(10, 10, [lens(5, 5, tilt_deg=89.9)], shelf, digits=digits))
    assert found.steep == {"c0"}
    assert found.lenses["c0"].height_m == 3.0
    # 6 m by 3.4 m, without the shelf, and without what it hides of who stands behind it: up to
    # 1.81 m from the middle it is more than 0.8 m.
    assert found.of_camera["c0"] == pytest.approx((6 - 0.4 - 0.41) * 3.375, abs=0.5)
    away = abs(found.places - [6.7, 5.0])
    assert found.by["lies"][(away < [0.3, 1.0]).all(axis=1)].sum() == 0


def test_a_plan_in_centimetres_takes_no_more_memory() -> None:
    found = cover(room(3000, 2000))
    assert len(found.places) <= 410_000
    assert found.m2 == pytest.approx(6_000_000, rel=0.01)


def test_a_zone_has_a_part_in_the_pieces_in_which_a_square_of_it_lies() -> None:
    """As when every zone is asked about every square."""
    zone = (
        '[[zone]]\nid = "z{0}-{1}"\nkind = "area"\npolygon = [[{0}, {1}], [{2}, {1}], [{2}, {3}]]\n'
    )
    zones = "".join(zone.format(x, y, x + 2.3, y + 1.9) for x in range(9) for y in range(9))
    walls = WALL.replace("4.9", "3.3") + WALL.replace("5.1", "6.2").replace('"wall"', '"other"')
    found = cover(room(10.3, 10.0, [lens(1, 5)], walls, zones))
    all_of_it = found.shop.floor_zones()
    unseen = found.places[found.by["lies"] == 0]
    inside = Polygons([one.polygon for one in all_of_it]).inside(unseen)
    squares, _ = np.divmod(unseen, found.step_m)
    gaps = found.gaps("lies")
    assert len(gaps) >= 2
    for gap in gaps:
        piece = (unseen == [gap.x, gap.y]).all(axis=1)
        size = 0
        while size < piece.sum():  # what touches it is of it
            size = piece.sum()
            away = abs(squares[:, None] - squares[piece]).max(axis=2)
            piece = away.min(axis=1) <= 1
        assert gap.m2 == pytest.approx(float(size) * found.step_m**2)
        assert list(gap.zones) == [
            one.id for one, its in zip(all_of_it, inside[piece].any(axis=0), strict=True) if its
        ]


def test_many_zones_on_a_large_floor_take_no_more_memory() -> None:
    zone = (
        "[[zone]]\nid = 'z{0}-{1}'\nkind = 'area'\n"
        "polygon = [[{0}, {1}], [{0}.9, {1}], [{0}.9, {1}.9]]\n"
    )
    zones = "".join(zone.format(x, y) for x in range(40) for y in range(5))
    found = cover(room(100, 100, zones=zones))
    tracemalloc.start()
    try:
        (gap,) = found.gaps("stands")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert gap.m2 == pytest.approx(10_000)
    assert len(gap.zones) == 200
    assert most < 100e6  # every square beside every edge were ten times that


def test_much_furniture_on_a_large_floor_takes_no_more_memory_either() -> None:
    shelf = "[[fixture]]\nid = 'f{0}-{1}'\npolygon = [[{0}, {1}], [{0}.9, {1}], [{0}.9, {1}.9]]\n"
    shop = room(100, 100, [], "".join(shelf.format(x, y) for x in range(40) for y in range(10)))
    tracemalloc.start()
    try:
        found = cover(shop)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.m2 == pytest.approx(10_000 - 400 * 0.9 * 0.9 / 2, rel=0.01)
    assert most < 100e6  # every square beside every edge were fifteen times that


PLACES = st.tuples(st.floats(2, 8), st.floats(2, 8), st.integers(0, 11).map(lambda n: n * 30.0))


@given(st.lists(PLACES, min_size=1, max_size=3), st.sampled_from([0.3, 1.5, 2.5]))
def test_who_lies_is_seen_only_where_who_stands_is_and_each_camera_adds(
    places: list[tuple[float, float, float]], height_m: float
) -> None:
    wall = WALL + f"height_m = {height_m}\n"
    all_of_it = cover(room(10, 10, [lens(*one) for one in places], wall), 0.5)
    assert (all_of_it.by["lies"] <= all_of_it.by["stands"]).all()
    assert (all_of_it.by["stands"] <= len(places)).all()
    alone = [cover(room(10, 10, [lens(*one)], wall), 0.5) for one in places]
    for posture, counts in all_of_it.by.items():
        added = np.sum([one.by[posture] for one in alone], axis=0)
        assert (counts == added).all()
