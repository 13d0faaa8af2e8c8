"""Whoever waits for a large floor is asked all the while whether to go on."""

from __future__ import annotations

import pytest

from miseban.space.coverage import cover, place_more
from tests.space.coverage.rooms import lens, room

FIXTURES = "".join(
    f'[[fixture]]\nid = "f{x}"\npolygon = [[{x}, 4], [{x}.5, 4], [{x}.5, 6]]\n' for x in range(9)
)
ZONES = "".join(
    f'[[zone]]\nid = "z{x}"\nkind = "area"\npolygon = [[{x}, 0], [{x}.9, 0], [{x}.9, 9]]\n'
    for x in range(9)
)


class GoneError(Exception):
    """Whoever had asked."""


class Patience:
    """Ends after so many times."""

    def __init__(self) -> None:
        self.asked = 0
        self.left: int | None = None

    def __call__(self) -> None:
        self.asked += 1
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise GoneError


def test_before_each_fixture_each_camera_and_each_that_may_hide() -> None:
    patience = Patience()
    cover(room(10, 10, fixtures=FIXTURES), heed=patience)
    alone = patience.asked
    assert alone >= 9
    cover(room(10, 10, [lens(3, 5)] * 2, FIXTURES), heed=patience)
    assert patience.asked >= 2 * alone + 2 * (1 + 9)


def test_before_each_zone_and_each_piece_that_nobody_sees() -> None:
    patience = Patience()
    wall = '[[fixture]]\nid = "w"\npolygon = [[5, 0], [5.5, 0], [5.5, 10], [5, 10]]\n'
    found = cover(room(10, 10, [], wall, ZONES), heed=patience)
    patience.asked = 0
    assert len(found.gaps("lies")) == 2
    assert patience.asked >= 9 + 2


def test_before_each_fixture_at_each_place_where_one_more_is_tried() -> None:
    patience = Patience()
    now = cover(room(10, 10, [], FIXTURES), heed=patience)
    patience.asked = 0
    assert place_more(now, 1)
    assert patience.asked >= 5 * 5 * (1 + 9)


@pytest.mark.parametrize("left", [0, 1, 9, 20, 100])
def test_who_has_gone_ends_it(left: int) -> None:
    patience = Patience()
    now = cover(room(10, 10, [lens(3, 5)], FIXTURES, ZONES), heed=patience)
    patience.left = left
    with pytest.raises(GoneError):
        place_more(now, 1)
    patience.left = min(left, 9)
    with pytest.raises(GoneError):
        now.gaps("lies")
    patience.left = min(left, 9)
    with pytest.raises(GoneError):
        cover(now.shop, heed=patience)
