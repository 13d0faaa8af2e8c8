"""Lines cut at the horizon."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.space.homography import Homography
from miseban.space.horizon import FAR_M, below_horizon
from miseban.space.layout import Layout
from miseban.vocabulary.shop import parse_shop
from tests.space.test_floor_space import SHOP
from tests.space.test_shop_floor import HIGH_LINE, HORIZON

# 2 m above (0, 0), looking along y over a floor whose horizon is row 100: y = 400 / (row - 100).
VIEW = Homography.from_points(
    [[200, 200], [400, 200], [100, 300], [500, 300]],
    [[-1.0, 4.0], [1.0, 4.0], [-1.0, 2.0], [1.0, 2.0]],
)


def test_a_line_of_the_whole_picture_ends_where_nobody_is_followed() -> None:
    laid = below_horizon(VIEW, np.array([[300.0, 300.0], [300.0, 0.0]]))
    assert laid == pytest.approx(np.array([[0.0, 2.0], [0.0, 2.0 + FAR_M]]), abs=1e-3)


def test_it_keeps_its_direction_and_its_corners() -> None:
    laid = below_horizon(VIEW, np.array([[300.0, 0.0], [300.0, 200.0], [400.0, 200.0]]))
    assert laid is not None
    assert laid[1:] == pytest.approx(np.array([[0.0, 4.0], [1.0, 4.0]]))
    assert laid[0] == pytest.approx([0.0, 4.0 + FAR_M], abs=1e-3)


def test_what_is_all_sky_or_leaves_and_comes_back_has_no_place() -> None:
    assert below_horizon(VIEW, np.array([[0.0, 50.0], [600.0, 20.0]])) is None
    arch = np.array([[200.0, 300.0], [200.0, 50.0], [400.0, 50.0], [400.0, 300.0]])
    assert below_horizon(VIEW, arch) is None


@given(st.floats(0, 600), st.floats(120, 360), st.floats(0, 600), st.floats(-200, 95))
def test_the_cut_lies_on_the_line(x: float, y: float, to_x: float, to_y: float) -> None:
    laid = below_horizon(VIEW, np.array([[x, y], [to_x, to_y]]))
    assert laid is not None
    assert np.hypot(*(laid[1] - laid[0])) <= FAR_M
    px, py = VIEW.to_pixel(laid)[1]
    assert abs((px - x) * (to_y - y) - (py - y) * (to_x - x)) <= 1e-3 * np.hypot(to_x - x, to_y - y)


def test_a_door_drawn_into_the_sky_is_known_to_the_layout() -> None:
    """What is inside is known too: to the right of who walks along the line."""
    shop = parse_shop(SHOP + HORIZON + HIGH_LINE, "s.toml")
    layout = Layout(shop)
    assert layout.has_doors
    assert np.isfinite(layout.depth_m(np.array([[2.0, 2.0], [4.0, 2.0]]))).all()
    assert np.prod(layout.depth_m(np.array([[2.0, 2.0], [4.0, 2.0]]))) < 0
