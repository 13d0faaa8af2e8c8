"""What a turn does to a picture, beside a projection of the tests' own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.space.fusion.trust.lens import TurnedLens
from miseban.space.homography import Homography
from tests.space.fusion.trust.room import FOCAL_PX, SIZE, Eye, three

SPOTS = np.array([(2.0, 2.0), (10.0, 2.0), (10.0, 6.0), (2.0, 6.0), (6.0, 4.0), (4.0, 3.0)])


def lens(eye: Eye) -> TurnedLens:
    floor = Homography.from_points(eye.pixels(SPOTS, turned=False), SPOTS)
    return TurnedLens(floor, (float(SIZE[0]), float(SIZE[1])))


@pytest.mark.parametrize("number", range(3))
def test_floor_points_tell_the_focal_length(number: int) -> None:
    assert lens(three()[number]).focal_px == pytest.approx(FOCAL_PX, rel=1e-3)


@pytest.mark.parametrize(("yaw", "pitch"), [(0.06, 0.0), (-0.05, 0.0), (0.0, 0.04), (0.0, -0.07)])
def test_a_turn_is_taken_back(yaw: float, pitch: float) -> None:
    eye = three()[0]
    eye.yaw, eye.pitch = yaw, pitch
    turn = np.array([np.tan(yaw), np.tan(pitch), 0.0]) * FOCAL_PX
    before, after = eye.pixels(SPOTS, turned=False), eye.pixels(SPOTS, turned=True)
    assert np.abs(lens(eye).unturned(after, turn) - before).max() < 1.0
    assert np.abs(lens(eye).floor(after, turn) - SPOTS).max() < 0.05


@settings(max_examples=30)
@given(st.tuples(*[st.floats(-0.01, 0.01)] * 3), st.sampled_from(range(3)))
def test_small_turns_are_as_their_derivatives_say(
    turn: tuple[float, float, float], number: int
) -> None:
    eye = three()[number]
    view = lens(eye)
    pixel = eye.pixels(SPOTS, turned=False)
    moved = pixel @ np.eye(2) + (view.pixels_per_turn(pixel) @ np.array(turn))
    full = (
        np.concatenate([pixel, np.ones((len(pixel), 1))], axis=1) @ view.turning(np.array(turn)).T
    )
    assert np.abs(full[:, :2] / full[:, 2:] - moved).max() < 1e-3
    step = 1e-3
    for axis in range(2):
        beside = pixel + step * np.eye(2)[axis]
        there = (view.floor(beside, np.zeros(3)) - view.floor(pixel, np.zeros(3))) / step
        assert np.abs(there - view.metres_per_pixel(pixel)[:, :, axis]).max() < 1e-3


def test_without_a_focal_length_the_picture_is_shifted() -> None:
    flat = Homography.from_points(SPOTS * 50, SPOTS)  # straight from above, far away
    view = TurnedLens(flat, (640.0, 360.0))
    assert view.focal_px is None
    moved = view.unturned(np.array([(100.0, 100.0)]), np.array([5.0, -3.0, 0.0]))
    assert moved == pytest.approx(np.array([(95.0, 103.0)]))
