"""Where more cameras should hang."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.space.coverage import Hanging, Hung, cover, place_more
from miseban.space.coverage.placing import OF_FLOOR_M
from miseban.vocabulary.shop.pinhole import Pinhole
from tests.space.coverage.rooms import SIZE, lens, room

SHELVES = "".join(
    f'[[fixture]]\nid = "s{i}"\npolygon = [[{x}, 2], [{x + 1}, 2], [{x + 1}, 8], [{x}, 8]]\n'
    "height_m = 1.8\n"
    for i, x in enumerate((3, 6, 9))
)


def hung(one: Hung, angle_deg: float = 90.0) -> Pinhole:
    """The lens that hangs there, from what is told of it alone."""
    x, y = one.looks_at[0] - one.x, one.looks_at[1] - one.y
    focal = SIZE[0] / 2 / math.tan(math.radians(angle_deg / 2))
    tilt = math.atan2(one.height_m, math.hypot(x, y))
    return Pinhole(focal, one.x, one.y, one.height_m, math.atan2(y, x), tilt, 0.0, SIZE)


@pytest.mark.parametrize("anew", [False, True])
def test_hung_there_they_see_what_was_promised(anew: bool) -> None:
    there = [lens(6, 9.5, 270)]
    shop = room(13, 10, there, SHELVES)
    before = cover(shop, OF_FLOOR_M)
    found = place_more(shop, 3, anew=anew)
    assert len(found) == 3
    after = cover(room(13, 10, [*([] if anew else there), *map(hung, found)], SHELVES), OF_FLOOR_M)
    assert after.share("lies", 1) == pytest.approx(found[-1].once, abs=0.02)
    assert after.share("lies", 2) == pytest.approx(found[-1].twice, abs=0.02)
    if not anew:
        assert found[-1].once > before.share("lies", 1) + 0.2


def test_the_first_is_the_one_that_shows_most() -> None:
    """Beside every one hung by hand along the walls."""
    shop = room(13, 10, [], SHELVES)
    (best,) = place_more(shop, 1)
    for x, y, heading in [(0.5, 5, 0), (12.5, 5, 180), (6.5, 0.5, 90), (6.5, 9.5, 270)]:
        by_hand = cover(room(13, 10, [lens(x, y, heading)], SHELVES), OF_FLOOR_M)
        assert best.once >= by_hand.share("lies", 1)


def test_where_all_is_seen_by_three_there_are_no_more() -> None:
    found = place_more(room(3, 3), 20)
    assert 3 <= len(found) < 20
    assert found[-1].twice == 1.0


def test_none_hangs_within_what_is_as_high() -> None:
    wall = '[[fixture]]\nid = "w"\npolygon = [[0, 0], [6, 0], [6, 10], [0, 10]]\nheight_m = 3.5\n'
    found = place_more(room(12, 10, [], wall), 4, Hanging(3.0))
    assert found
    assert all(one.x >= 6 for one in found)
    over = place_more(room(12, 10, [], wall.replace("3.5", "0.1")), 4, Hanging(3.0))
    assert any(one.x < 6 for one in over)


def test_only_what_is_within_counts() -> None:
    shop = room(30, 10)
    (found,) = place_more(shop, 1, within=(24, 0, 30, 10))
    assert found.once > 0.6
    inside = cover(room(30, 10, [hung(found)]), within=(24, 0, 30, 10))
    assert inside.share("lies", 1) == pytest.approx(found.once, abs=0.03)


@settings(max_examples=8, deadline=None)
@given(st.floats(4, 12), st.floats(4, 12), st.floats(2.2, 4.5), st.floats(60, 120))
def test_each_shows_more_or_better(
    width_m: float, depth_m: float, hang_m: float, angle_deg: float
) -> None:
    found = place_more(room(width_m, depth_m), 4, Hanging(hang_m, angle_deg))
    shares = [(one.once, one.twice) for one in found]
    for before, after in pairwise(shares):
        assert after[0] >= before[0]
        assert after[1] >= before[1]
    assert all(0 <= one.x <= width_m and 0 <= one.y <= depth_m for one in found)
