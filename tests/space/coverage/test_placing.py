"""Where more cameras should hang."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.space.coverage import Hanging, cover, place_more
from tests.space.coverage.rooms import lens, room

SHELVES = "".join(
    f'[[fixture]]\nid = "s{i}"\npolygon = [[{x}, 2], [{x + 1}, 2], [{x + 1}, 8], [{x}, 8]]\n'
    "height_m = 1.8\n"
    for i, x in enumerate((3, 6, 9))
)


@pytest.mark.parametrize("anew", [False, True])
def test_hung_there_they_see_what_was_promised(anew: bool) -> None:
    """Calibrated anew by spots that they see."""
    there = [lens(6, 9.5, 270)]
    before = cover(room(13, 10, there, SHELVES))
    found = place_more(before.without_cameras() if anew else before, 3)
    assert len(found) == 3
    lenses = [*([] if anew else there), *(one.lens for one in found)]
    after = cover(room(13, 10, lenses, SHELVES))
    assert after.share("lies", 1) == pytest.approx(found[-1].once, abs=0.02)
    assert after.share("lies", 2) == pytest.approx(found[-1].twice, abs=0.02)
    if not anew:
        assert found[-1].once > before.share("lies", 1) + 0.2


def test_it_is_told_where_each_looks() -> None:
    (one,) = place_more(cover(room(13, 10, [], SHELVES)), 1)
    seen = one.lens.to_pixel(np.array([one.looks_at]))
    assert seen == pytest.approx(np.array([[320.0, 180.0]]), abs=1.0)


def test_the_first_is_the_one_that_shows_most() -> None:
    """Beside every one hung by hand along the walls."""
    (best,) = place_more(cover(room(13, 10, [], SHELVES)), 1)
    for x, y, heading in [(0.5, 5, 0), (12.5, 5, 180), (6.5, 0.5, 90), (6.5, 9.5, 270)]:
        by_hand = cover(room(13, 10, [lens(x, y, heading)], SHELVES))
        assert best.once >= by_hand.share("lies", 1)


def test_where_two_see_all_there_are_no_more() -> None:
    found = place_more(cover(room(3, 3)), 20)
    assert 2 <= len(found) < 20
    assert found[-1].twice > 0.98


def test_none_hangs_within_what_is_as_high() -> None:
    wall = '[[fixture]]\nid = "w"\npolygon = [[0, 0], [6, 0], [6, 10], [0, 10]]\nheight_m = 3.5\n'
    found = place_more(cover(room(12, 10, [], wall)), 4)
    assert found
    assert all(one.lens.x >= 6 for one in found)
    over = place_more(cover(room(12, 10, [], wall.replace("3.5", "0.1"))), 4)
    assert any(one.lens.x < 6 for one in over)


def test_what_is_not_within_neither_counts_nor_holds_a_camera() -> None:
    found = place_more(cover(room(30, 10), within=(30, 0, 24, 10)), 6)
    assert found[0].once > 0.6
    assert all(24 <= one.lens.x <= 30 for one in found)
    inside = cover(room(30, 10, [found[0].lens]), within=(24, 0, 30, 10))
    assert inside.share("lies", 1) == pytest.approx(found[0].once, abs=0.01)


def test_a_wide_lens_shows_more_than_a_narrow_one() -> None:
    bare = cover(room(13, 10, [], SHELVES))
    wide, narrow = (place_more(bare, 1, Hanging(3.0, angle))[0] for angle in (110.0, 50.0))
    assert wide.once > narrow.once + 0.1


@settings(max_examples=8, deadline=None)
@given(st.floats(4, 12), st.floats(4, 12), st.floats(2.2, 4.5), st.floats(60, 120))
def test_each_shows_more_or_better(
    width_m: float, depth_m: float, hang_m: float, angle_deg: float
) -> None:
    found = place_more(cover(room(width_m, depth_m)), 4, Hanging(hang_m, angle_deg))
    shares = [(one.once, one.twice) for one in found]
    for before, after in pairwise(shares):
        assert after[0] >= before[0]
        assert after[1] >= before[1]
    assert all(0 <= one.lens.x <= width_m and 0 <= one.lens.y <= depth_m for one in found)
