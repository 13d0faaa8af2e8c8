"""A camera's place is read from its floor points, and floor points that none can see are told."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.vocabulary.shop.pinhole import Pinhole, fit_pinhole
from miseban.vocabulary.shop.seen_floor import impossible
from tests.space.calibration.views import SIZE, camera, spots_of

cameras = st.builds(
    camera,
    focal=st.floats(0.3, 2.0),
    height_m=st.floats(2.0, 5.0),
    tilt=st.floats(0.3, 1.2),
    heading=st.floats(1.0, 2.1),
    roll=st.floats(-0.2, 0.2),
)


@settings(max_examples=40)
@given(cameras)
def test_the_place_of_a_camera_is_found_from_exact_points(true: Pinhole) -> None:
    pixels, places = spots_of(true, 8)
    if len(pixels) < 8 or np.ptp(pixels, axis=0).min() < 60:
        return
    found, away = fit_pinhole(pixels, places, SIZE)
    assert np.abs(away).max() < 0.05
    assert found.height_m == pytest.approx(true.height_m, rel=0.02)
    assert found.focal_px == pytest.approx(true.focal_px, rel=0.02)
    assert impossible(pixels, places, SIZE, upright=True) is None


@settings(max_examples=50)
@given(cameras, st.floats(0, 2), st.floats(-10, 10), st.floats(-10, 10))
def test_moving_the_plan_moves_the_camera_and_no_pixel(
    true: Pinhole, turn: float, x: float, y: float
) -> None:
    _, places = spots_of(true, 8)
    c, s = math.cos(turn), math.sin(turn)
    moved = places @ np.array([[c, s], [-s, c]]) + [x, y]
    np.testing.assert_allclose(
        true.moved(turn, (x, y)).to_pixel(moved), true.to_pixel(places), atol=1e-6
    )
    np.testing.assert_allclose(true.to_floor(true.to_pixel(places)), places, atol=1e-6)


def test_a_head_is_seen_above_the_feet_and_the_horizon_at_the_height_of_the_lens() -> None:
    lens = camera(tilt=0.3)
    far = np.array([[8.5, 9.0]])
    feet, head, eye = (lens.to_pixel(far, up)[0] for up in (0.0, 1.65, lens.height_m))
    assert head[1] < feet[1]
    assert eye[1] == pytest.approx(lens.horizon_px, abs=1e-6)


def test_a_scale_in_which_people_are_giants_or_ants_is_told() -> None:
    true = camera()
    pixels, places = spots_of(true, 8)
    ants = impossible(pixels, places * 100, SIZE, upright=True)
    assert ants is not None
    assert "px tall" in ants.found
    giants = impossible(pixels, places * 0.1, SIZE, upright=True)
    assert giants is not None
    assert "32 cm above the floor" in giants.found


def test_a_picture_upside_down_shows_its_horizon_below_the_floor() -> None:
    true = camera(tilt=0.4)
    pixels, places = spots_of(true, 8)
    turned = np.array(SIZE) - pixels
    told = impossible(turned, places, SIZE, upright=True)
    assert told is not None
    assert told.expected == "floor below the horizon"
    assert impossible(turned, places, SIZE, upright=False) is None


def test_the_point_that_disagrees_is_named_with_where_it_belongs() -> None:
    true = camera()
    pixels, places = spots_of(true, 8)
    wrong = pixels.copy()
    wrong[3] += [160.0, 60.0]
    told = impossible(wrong, places, SIZE, upright=True)
    assert told is not None
    assert told.point == 3
    assert f"near [{pixels[3, 0]:.0f}, {pixels[3, 1]:.0f}]" in told.expected
    assert "cm off" in told.found


def test_points_that_only_a_lens_at_the_floor_could_see_are_told() -> None:
    """A square seen as a wide flat strip, far off the middle."""
    pixels = np.array([[5.0, 300.0], [635.0, 300.0], [630.0, 355.0], [300.0, 355.0]])
    places = np.array([[1.0, 1.0], [4.0, 1.0], [4.0, 4.0], [1.0, 4.0]])
    told = impossible(pixels, places, SIZE, upright=True)
    assert told is not None
    assert "22 cm above the floor" in told.found
