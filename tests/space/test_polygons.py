"""Polygons with any corners, also such as lie next to each other."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, example, given
from hypothesis import strategies as st

from miseban.space.polygons import Polygons

AT = st.integers(-8, 48).map(lambda n: n / 4) | st.floats(-2, 12)
CORNERS = st.lists(st.tuples(AT, AT), min_size=3, max_size=7)
NEXT_TO_NOTHING = [(0.0, 0.0), (0.0, 0.0), (0.0, 1.84919477e-155)]
NEARLY_A_ROW = [(0.0, 0.0), (5.0, 5e-324), (5.0, 4.0)]


@given(CORNERS, st.tuples(AT, AT), st.tuples(AT, AT))
@example(NEXT_TO_NOTHING, (1.0, 1.0), (0.0, 5e-324))
@example(NEARLY_A_ROW, (4.0, -1.0), (4.0, 2.0))
def test_each_is_as_far_as_its_border_and_is_passed_on_the_way(
    corners: list[tuple[float, float]], start: tuple[float, float], end: tuple[float, float]
) -> None:
    polygons = Polygons([corners])
    border = shapely.LinearRing(np.round(corners, 9))  # it cannot tell of less either
    ends = np.array([start, end])
    (near,), (_,) = distance = polygons.distance(ends)
    assert distance[:, 0] == pytest.approx(shapely.distance(border, shapely.points(ends)), abs=1e-6)
    assert near >= 0
    for entering in (True, False):
        part = polygons.border_fraction(0, *ends, entering=entering)
        assert 0 <= part <= 1


@given(CORNERS, st.lists(st.tuples(AT, AT), min_size=1, max_size=20))
@example(NEXT_TO_NOTHING, [(0.0, 0.0), (1.0, 1.0)])
@example(NEARLY_A_ROW, [(4.0, 1.0), (4.0, 3.9)])
def test_who_is_far_from_the_border_is_inside_as_shapely_says(
    corners: list[tuple[float, float]], points: list[tuple[float, float]]
) -> None:
    polygon = shapely.Polygon(np.round(corners, 9))
    polygons, asked = Polygons([corners]), np.array(points)
    inside, far = polygons.inside(asked)[:, 0], polygons.distance(asked)[:, 0] > 1e-6
    assume(polygon.is_valid)  # of one that passes itself shapely does not say what is inside
    assert (inside == shapely.contains_xy(polygon, asked[:, 0], asked[:, 1]))[far].all()
