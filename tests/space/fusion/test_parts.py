"""The fusion's parts, each held to what it says."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from miseban.sim.projection import FloorView
from miseban.space.fusion.assigning import assign
from miseban.space.fusion.doors import Doors
from miseban.space.fusion.ellipses import FloorLens, largest
from miseban.space.fusion.filter import Motion, correct, distance2, inverse
from miseban.space.fusion.handover import direction, likelihood, tallness
from miseban.space.fusion.pieces import Pieces
from miseban.space.fusion.settings import FusionSettings
from miseban.space.fusion.table import Table
from miseban.vocabulary.tracks import TrackRows
from tests.space.fusion.floors import WEST, Walker, floor, seen, stand, walk

S = FusionSettings()


@given(st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), min_size=1, max_size=3))
def test_the_best_assignment_is_found(costs: list[list[int]]) -> None:
    table = np.array(costs, float)
    row, column = (side.ravel() for side in np.indices(table.shape))
    chosen = assign(row, column, table.ravel(), np.zeros(len(row), np.int64))
    assert len(set(row[chosen])) == len(set(column[chosen])) == len(chosen)
    best = min(
        sum(min(table[r, c], 0.0) for r, c in enumerate(order[: len(table)]))
        for order in permutations(range(3))
    )
    assert table.ravel()[chosen].sum() == best


def test_two_cameras_may_see_one_visit_but_one_camera_only_once() -> None:
    row, column = np.array([0, 1]), np.array([5, 5])
    cost = np.array([-1.0, -2.0])
    assert assign(row, column, cost, np.array([0, 1])).tolist() == [0, 1]
    assert assign(row, column, cost, np.array([0, 0])).tolist() == [1]


def test_a_far_place_is_uncertain_along_the_line_of_sight() -> None:
    shop = floor([WEST])
    lens = FloorLens(shop, "west", S)
    found = []
    for y in (3.0, 9.0):
        rows = seen(shop, [Walker(stand(4.6, y), 0, 1)], noise=0.0)["west"]
        xy, spread, _, good = lens.look(rows)
        assert good.all()
        np.testing.assert_allclose(xy[0], [4.6, y], atol=0.02)
        assert spread[0, 1, 1] > spread[0, 0, 0]
        found.append(float(largest(spread)[0]))
    assert found[1] > 2 * found[0]


def test_the_ellipse_is_what_noise_of_the_box_makes_of_the_place() -> None:
    shop = floor([WEST])
    lens = FloorLens(shop, "west", FusionSettings(posture_m=0.0, pixel_error=0.0))
    one = [Walker(stand(6, 8), 0, 800)]
    rows = seen(shop, one, noise=S.box_error)["west"]
    xy, spread, _, _ = lens.look(rows)
    np.testing.assert_allclose(np.cov(xy.T), spread.mean(axis=0), rtol=0.25, atol=2e-4)


def test_places_off_the_plan_and_giants_are_of_no_use() -> None:
    shop = floor([WEST])
    lens = FloorLens(shop, "west", S)
    view = FloorView(shop.cameras[0])
    feet = view.to_pixel(np.array([[5.0, 5.0], [5.0, 5.0], [5.0, 12.0]]))
    tall = np.array([100.0, 700.0, 60.0])
    xyxy = np.column_stack([feet[:, 0] - 9, feet[:, 1] - tall, feet[:, 0] + 9, feet[:, 1]])
    n = np.zeros(3, np.int64)
    good = lens.look(TrackRows(np.zeros(3), n, xyxy, np.ones(3), n))[3]
    assert good.tolist() == [True, False, False]


def test_people_come_into_being_at_doors_and_beyond_them() -> None:
    doors = Doors(floor([WEST]), {}, S)
    places = np.array([[1.2, 5.0], [0.2, 5.0], [2.0, 5.0], [6.0, 5.0]])
    assert doors.known
    assert doors.at(places).tolist() == [True, True, True, False]
    out, coming = np.tile([-1.0, 0.0], (4, 1)), np.tile([1.0, 0.0], (4, 1))

    def last(speed: NDArray[np.float64], moved_m: float = 0.0) -> NDArray[np.float64]:
        return np.column_stack([places + np.array([moved_m, 0.0]), speed])

    born = doors.birth(doors.coming(places, last(0 * out)))
    assert born[0] > born[3]
    # Who is first seen on the way out was inside before; beyond the door anybody may be new.
    assert doors.coming(places, last(out)).tolist() == [False, True, False, False]
    assert doors.coming(places, last(coming)).tolist() == [True, True, True, False]
    # Who has gone out since is on the way out too, and stands there.
    assert doors.coming(places, last(0 * out, -1.5)).tolist() == [False, True, False, False]
    assert doors.leaving(places, out).tolist() == [True, True, True, False]
    assert doors.leaving(places, coming).tolist() == [False, True, False, False]
    assert doors.leaving(places, 0 * out).tolist() == [False, True, False, False]
    assert doors.wait_s(places, out)[3] > doors.wait_s(places, out)[0]
    nowhere = Doors(floor([WEST], []), {}, S)
    assert not nowhere.known
    assert nowhere.at(places).all()


def test_who_walked_is_likeliest_found_ahead_and_who_stood_where_he_was() -> None:
    gap, error = np.full(3, 4.0), np.full(3, 0.01)
    way = np.array([[4.0, 0], [-4.0, 0], [0.1, 0]])
    walked = likelihood(way, np.tile([1.0, 0.0], (3, 1)), gap, error, S)
    assert walked[0] > walked[1] + 1
    stood = likelihood(way, np.zeros((3, 2)), gap, error, S)
    assert stood[2] > stood[0] + 3
    too_far = likelihood(np.array([[12.0, 0]]), np.zeros((1, 2)), gap[:1], error[:1], S)
    assert np.isneginf(too_far[0])


@settings(max_examples=20)
@given(gap=st.floats(0.4, 300), speed=st.floats(0, 1.5))
def test_likelihoods_are_densities(gap: float, speed: float) -> None:
    """They sum up to about one person, or a little less where nobody gets so far."""
    reach = min(S.reach_base_m + S.speed_mps * gap, 60.0)
    side = np.linspace(-reach, reach, 401)
    x, y = (axis.ravel() for axis in np.meshgrid(side, side))
    n = len(x)
    chance = likelihood(
        np.stack([x, y], axis=1),
        np.tile([speed, 0.0], (n, 1)),
        np.full(n, gap),
        np.full(n, 0.02),
        S,
    )
    total = np.exp(chance).sum() * (side[1] - side[0]) ** 2
    assert 0.4 < total < 1.1


def test_statures_tell_a_child_from_its_parent_but_not_for_ever() -> None:
    one, error = np.array([1.7, 1.7, 1.7]), np.full(3, 0.02)
    ratio = tallness(one, error, np.array([1.71, 1.2, np.nan]), error)
    assert ratio[0] > 1
    assert -5 < ratio[1] < -3  # somebody may stoop
    assert ratio[2] == 0


def test_who_comes_from_far_goes_on_the_same_way() -> None:
    way = np.array([[4.0, 0.0], [4.0, 0.0], [0.5, 0.0]])
    ratio = direction(way, np.array([[1.0, 0.0], [-1.0, 0.0], [-1.0, 0.0]]))
    assert ratio[0] > 0 > ratio[1]
    assert ratio[2] == 0


def test_the_filter_follows_a_walk_and_knows_how_surely() -> None:
    rng = np.random.default_rng(4)
    motion = Motion(0.2, S.turn_s, S.push)
    way = walk((0, 0, 0), (60, 54, 0))
    x, p = np.zeros((1, 4)), np.eye(4)[None]
    rest = []
    for k in range(1, 300):
        x, p = motion.predict(x, p)
        place = way(np.array([k * 0.2])) + rng.normal(0, 0.1, (1, 2))
        x, p = correct(x, p, place - x[:, :2], np.eye(2)[None] * 0.01)
        rest.append(distance2(x[:, :2] - way(np.array([k * 0.2])), p[:, :2, :2])[0][0])
    assert abs(x[0, 2] - 0.9) < 0.3  # it forgets itself a little
    assert np.mean(rest[50:]) < 4  # two dimensions: two, if nothing were assumed about pushes
    eye = p[:, :2, :2] @ inverse(p[:, :2, :2])
    np.testing.assert_allclose(eye, np.eye(2)[None], atol=1e-9)


def test_pieces_are_forgotten_and_their_numbers_given_again() -> None:
    pieces = Pieces()
    first = pieces.numbers(0, np.array([7, 9, 7]), 1.0)
    assert first[0] == first[2] != first[1]
    assert pieces.numbers(1, np.array([7]), 30.0)[0] not in first
    pieces.holder[first] = 3
    pieces.forget(20.0)
    again = pieces.numbers(0, np.array([11, 12]), 31.0)
    assert set(again.tolist()) == set(first.tolist())
    assert (pieces.holder[again] == -1).all()
    many = pieces.numbers(2, np.arange(1000), 32.0)
    assert len(set(many.tolist())) == 1000


def test_the_table_grows() -> None:
    table = Table()
    for k in range(300):
        at = table.add(np.array([k, 0.0]), np.eye(2), 1.0)
        assert table.x[at, 0] == k
    assert len(table.used()) == 300
    assert len(set(table.uid[table.used()].tolist())) == 300
