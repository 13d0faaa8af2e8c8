"""Drawn shapes: whatever means something is taken, whatever does not is refused in one line."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop, parse_shop

WIDTH, HEIGHT = 768, 432

HEAD = f"""\
[shop]
id = "s"
timezone = "UTC"
policy = "strict"
[[camera]]
id = "c"
source = "a.mp4"
resolution = [{WIDTH}, {HEIGHT}]
"""

Pair = tuple[float, float]


def refusal(text: str) -> str | None:
    """What is wrong with a shop file, or None when it is taken."""
    try:
        parse_shop(text, "shop.toml")
    except BadInput as error:
        return str(error)
    return None


def written(points: list[Pair]) -> str:
    return "[" + ", ".join(f"[{x!r}, {y!r}]" for x, y in points) + "]"


def with_zone(points: list[Pair]) -> str:
    zone = f'[[zone]]\nid = "z"\nkind = "area"\ncamera = "c"\npolygon = {written(points)}\n'
    return HEAD + zone


def with_line(points: list[Pair]) -> str:
    return f'{HEAD}[[line]]\nid = "l"\ncamera = "c"\npoints = {written(points)}\n'


@st.composite
def stars(draw: st.DrawFn) -> list[Pair]:
    """Simple polygons of any outline inside the picture: corners at rising angles around a spot
    inside, each at its own distance, in either direction."""
    n = draw(st.integers(3, 24))
    # Gaps stay below half a turn, so that the spot is inside and no edge passes it.
    gaps = draw(st.lists(st.floats(1.0, 1.9), min_size=n, max_size=n))
    turn, total = draw(st.floats(0, math.tau)), sum(gaps)
    radii = draw(st.lists(st.floats(0.05, 1.0), min_size=n, max_size=n))
    points, angle = [], turn
    for gap, radius in zip(gaps, radii, strict=True):
        angle += math.tau * gap / total
        x = WIDTH / 2 + radius * (WIDTH / 2 - 1) * math.cos(angle)
        y = HEIGHT / 2 + radius * (HEIGHT / 2 - 1) * math.sin(angle)
        points.append((round(x, 3), round(y, 3)))
    return points if draw(st.booleans()) else points[::-1]


@given(stars())
def test_any_simple_polygon_in_the_picture_is_taken(points: list[Pair]) -> None:
    shop = parse_shop(with_zone(points), "shop.toml")
    assert shop.zones[0].polygon == tuple(points)


# Few different coordinates, so that points repeat, lie in a row and cross often.
coarse = st.tuples(
    st.sampled_from([-1.0, 0.0, 7.0, 200.5, 768.0, 769.0]),
    st.sampled_from([-1.0, 0.0, 7.0, 100.0, 432.0, 433.0]),
)


@given(st.lists(coarse, max_size=6))
def test_a_polygon_is_taken_if_and_only_if_it_is_simple_and_inside(points: list[Pair]) -> None:
    closed = [*points, *points[:1]]
    right = (
        len(points) >= 3
        and all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
        and all(a != b for a, b in pairwise(closed))
        and Polygon(points).is_valid
        and Polygon(points).area > 0
    )
    error = refusal(with_zone(points))
    assert (error is None) == right, error
    if error is not None:
        assert error.startswith('shop.toml: [[zone]] 1 "z" polygon: expected ')
        assert ", found " in error
        assert len(error.splitlines()) == 1


@given(st.lists(coarse, max_size=5))
def test_a_line_is_taken_if_and_only_if_each_piece_has_a_length(points: list[Pair]) -> None:
    right = (
        len(points) >= 2
        and all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
        and all(a != b for a, b in pairwise(points))
        and LineString(points).is_simple
    )
    error = refusal(with_line(points))
    assert (error is None) == right, error
    if error is not None:
        assert error.startswith('shop.toml: [[line]] 1 "l" points: expected ')
        assert ", found " in error


def seen(floor: Pair, height_m: float, tilt: float, turn: float) -> Pair:
    """Where a pinhole camera ``height_m`` above the floor's origin, looking along ``turn`` and
    ``tilt`` below the horizon, sees a spot of the floor (metres, y down on the plan)."""
    along = floor[0] * math.cos(turn) + floor[1] * math.sin(turn)
    right = -floor[0] * math.sin(turn) + floor[1] * math.cos(turn)
    depth = along * math.cos(tilt) + height_m * math.sin(tilt)
    down = -along * math.sin(tilt) + height_m * math.cos(tilt)
    return (384 + 300 * right / depth, 216 + 300 * down / depth)


def tie(pairs: list[tuple[Pair, Pair]]) -> Shop:
    rows = ", ".join(f"{{ pixel = {list(p)}, floor_m = {list(f)} }}" for p, f in pairs)
    # A big picture and plan: whether points lie inside is not the question here.
    head = HEAD.replace(f"[{WIDTH}, {HEIGHT}]", "[8192, 8192]")
    return parse_shop(f"{head}floor_points = [{rows}]\n", "shop.toml")


@given(st.floats(2.5, 6), st.floats(0.5, 1.2), st.floats(0, math.tau))
def test_floor_points_that_a_camera_really_sees_are_taken(
    height_m: float, tilt: float, turn: float
) -> None:
    corners = [(2.0, -1.0), (4.0, -1.2), (4.1, 1.1), (2.1, 1.0), (3.2, 0.2)]
    c, s = math.cos(turn), math.sin(turn)
    floor = [(100 + c * x - s * y, 100 + s * x + c * y) for x, y in corners]
    pixels = [seen((x - 100, y - 100), height_m, tilt, turn) for x, y in floor]
    # The same lens before a big picture, its axis through the picture's middle.
    shifted = [(4096 + 10 * (x - 384), 4096 + 10 * (y - 216)) for x, y in pixels]
    assert len(tie(list(zip(shifted, floor, strict=True))).cameras[0].floor_points) == 5


SQUARE: list[tuple[Pair, Pair]] = [
    ((100, 100), (1, 1)),
    ((700, 100), (7, 1)),
    ((700, 400), (7, 5)),
    ((100, 400), (1, 5)),
]


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        pytest.param(SQUARE[:3], "found 3", id="three"),
        pytest.param(
            [(p, (7 - f[0], f[1])) for p, f in SQUARE], "the floor mirrored", id="mirrored"
        ),
        pytest.param([(p, (f[1], f[0])) for p, f in SQUARE], "mirrored", id="x and y swapped"),
        pytest.param(
            [*SQUARE, ((400, 250), (0, 9))], "point 4 or 5 on the wrong side", id="one mistyped"
        ),
        pytest.param(
            [((x, 5.0), (x, 5.0)) for x in (0.0, 1.0, 2.0, 3.0, 4.0)],
            "on a line",
            id="all in a row",
        ),
        pytest.param(
            [((x, 5.0), (x, 5.0)) for x in (0.0, 1.0, 2.0, 3.0)] + SQUARE[:1],
            "on a line",
            id="all but one in a row",
        ),
        pytest.param([*SQUARE, ((100, 100), (2, 2))], "points 1 and 5", id="a pixel twice"),
        pytest.param([*SQUARE, ((400, 250), (1, 1))], "both at floor_m [1, 1]", id="a spot twice"),
    ],
)
def test_floor_points_that_no_camera_sees(pairs: list[tuple[Pair, Pair]], says: str) -> None:
    with pytest.raises(BadInput) as caught:
        tie(pairs)
    assert str(caught.value).startswith('shop.toml: [[camera]] 1 "c" floor_points: expected ')
    assert says in str(caught.value)


def test_floor_points_may_lie_in_a_row_if_others_do_not() -> None:
    midway: tuple[Pair, Pair] = ((400, 100), (4, 1))
    tie([*SQUARE, midway])
