"""One person whom another camera puts elsewhere along its line of sight is one visit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.fusion import FloorFusion
from miseban.space.fusion.settings import FusionSettings
from miseban.space.fusion.shadows import Shadows
from miseban.space.fusion.table import Table
from tests.space.fusion.floors import EAST, WEST, floor

S = FusionSettings()
EYES = np.array([[0.0, 0.0], [10.0, 10.0]])
GOOD = np.eye(2) * 0.01


def table(visit: tuple[float, float], other: tuple[float, float], wide: float = 0.01) -> Table:
    """A visit at place 0, somebody at place 1 who may be one."""
    t = Table()
    for xy, spread in ((visit, GOOD), (other, np.eye(2) * wide)):
        t.add(np.array(xy), spread, 0.0)
    t.number[0] = 1
    return t


def look(t: Table, cameras: tuple[int, int], eyes: NDArray[np.float64] = EYES) -> list[int]:
    shadows = Shadows(eyes, S)
    found: list[int] = shadows.look(0.0, t, np.array(cameras), np.array([0, 1])).tolist()
    return found


def test_behind_a_visit_that_the_camera_does_not_see_is_nobody() -> None:
    assert look(table((5.0, 0.0), (7.0, 0.1)), (1, 0)) == [1]
    assert look(table((7.0, 0.1), (5.0, 0.0)), (1, 0)) == [1]


def test_aside_of_it_or_far_behind_is_somebody() -> None:
    assert look(table((5.0, 0.0), (5.0, 1.0)), (1, 0)) == []
    assert look(table((2.0, 0.0), (2.1 + S.shadow_m, 0.0)), (1, 0)) == []


def test_a_camera_that_sees_both_makes_them_two() -> None:
    assert look(table((5.0, 0.0), (7.0, 0.1)), (0, 0)) == []


def test_where_feet_are_always_seen_there_are_no_shadows() -> None:
    assert look(table((5.0, 0.0), (7.0, 0.1)), (1, 0), np.full((2, 2), np.nan)) == []
    only_other = np.array([[np.nan, np.nan], EYES[1]])
    assert look(table((5.0, 0.0), (7.0, 0.1)), (1, 0), only_other) == []


def test_of_two_who_are_new_only_the_worse_placed_is_a_shadow() -> None:
    for wide, expected in ((1.0, [1]), (0.01, [])):
        t = table((5.0, 0.0), (7.0, 0.1), wide)
        t.number[0] = -1
        assert look(t, (1, 0)) == expected


def test_a_camera_that_saw_the_visit_of_late_still_knows_it() -> None:
    t, shadows = table((5.0, 0.0), (7.0, 0.1)), Shadows(EYES, S)
    shadows.look(0.0, t, np.array([0]), np.array([0]))
    for now_s, expected in ((S.shadow_s, []), (S.shadow_s + 0.2, [1])):
        t.seen_s[:] = now_s
        shadows.forget(now_s)
        assert shadows.look(now_s, t, np.array([1, 0]), np.array([0, 1])).tolist() == expected


def test_only_cameras_whose_places_come_from_heads_cast_shadows() -> None:
    shop = floor([{**WEST, "anchor": "upright"}, EAST])
    eyes = FloorFusion(shop)._shadows._eyes
    np.testing.assert_allclose(eyes[0], [4.0, -2.0], atol=0.05)
    assert np.isnan(eyes[1]).all()


def test_who_begins_anew_has_no_past() -> None:
    t = table((5.0, 0.0), (7.0, 0.0))
    t.x[1, :2], t.steps[1] = [8.0, 1.0], 9
    t.again(np.array([1]), 4.0)
    assert (t.born_s[1], t.steps[1], t.born_xy[1].tolist()) == (4.0, 1, [8.0, 1.0])
    assert (t.born_s[0], t.born_xy[0].tolist()) == (0.0, [5.0, 0.0])
