"""Nobody lies within furniture or beyond a wall."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from miseban.space.help.bodies import Body
from miseban.space.help.free import FreeFloor
from miseban.space.help.lying import Lying
from miseban.space.help.settings import HelpSettings
from miseban.vocabulary.shop import parse_shop
from tests.space.help.test_lying import MAY_LIE, STANDS, flat_body, person

SHOP = """
[shop]
id = "small"
timezone = "Asia/Tokyo"
policy = "jp"
floor = { width_m = 14, depth_m = 11 }

[[fixture]]
id = "coolers"
polygon = [[0, 0], [11, 0], [11, 0.9], [0, 0.9]]
height_m = 2.0

[[fixture]]
id = "gondola"
polygon = [[2, 4], [8, 4], [8, 4.5], [2, 4.5]]

[[fixture]]
id = "rug"
polygon = [[2, 6], [8, 6], [8, 9], [2, 9]]
height_m = 0.1
"""
FREE = FreeFloor(parse_shop(SHOP, "small"))


@pytest.mark.parametrize(
    ("xy", "is_near"),
    [
        ((5.0, 1.5), True),
        ((5.0, 0.7), True),  # a hand's breadth within the coolers: so exact is no camera
        ((5.0, 0.4), False),
        ((5.0, -0.15), False),  # in the wall behind them
        ((13.0, -0.15), True),  # where a wall is bare
        ((13.0, -0.5), False),
        ((5.0, 4.25), True),  # nowhere in so narrow a gondola is far from the floor
        ((5.0, 7.5), True),  # on a rug
        ((14.5, 5.0), False),
    ],
)
def test_a_place_is_near_free_floor(xy: tuple[float, float], *, is_near: bool) -> None:
    assert FREE.is_near(xy) == is_near
    without_plan = parse_shop(SHOP.split("floor")[0], "small")
    assert FreeFloor(without_plan).is_near(xy)


@pytest.mark.parametrize(("y", "kinds"), [(1.5, {"fall", "on_floor"}), (0.4, set())])
def test_who_looks_as_if_lying_within_furniture_does_not_call(y: float, kinds: set[str]) -> None:
    """Somebody whose legs a gondola hides looks so for as long as he or she stands there."""
    lying = Lying(HelpSettings(), 1.0, has_room=FREE.has_room)
    told = [
        sign.kind
        for second in range(120)
        for sign in lying.look(float(second), [(flat_body((5.0, y)), None)], [])
    ]
    assert set(told) <= kinds
    assert bool(told) == bool(kinds)


@pytest.mark.parametrize(("has_room", "kind"), [(lambda _: True, "fall"), (lambda _: False, None)])
def test_who_is_low_for_long_where_nobody_can_lie_has_not_fallen(
    has_room: Callable[[Body], bool], kind: str | None
) -> None:
    lying, one, kinds = Lying(HelpSettings(), 1.0, has_room=has_room), person(1), set[str]()
    for second in range(90):
        one.last_s = float(second)
        body = STANDS if second < 10 else MAY_LIE
        kinds |= {sign.kind for sign in lying.look(float(second), [(body, one)], [])}
    assert ("fall" in kinds) == (kind == "fall")
    assert kinds  # who sits there may need a hand all the same
