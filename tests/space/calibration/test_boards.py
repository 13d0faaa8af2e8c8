"""Squares of known size on the floor calibrate a camera."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.space.calibration.boards import Laid, from_boards
from miseban.vocabulary.errors import BadInput
from tests.space.calibration.views import FLOOR, SIZE, camera, off_cm

SIDE = 0.18


def seen(
    places: NDArray[np.float64], noise_px: float, up_m: float = 0.0, **lens: float
) -> NDArray[np.float64]:
    chance = np.random.default_rng(3)
    square = SIDE / 2 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1.0]])
    corners = []
    for x, y in places.tolist():
        turn = chance.uniform(0, 6.28)
        c, s = np.cos(turn), np.sin(turn)
        lying = square @ np.array([[c, s], [-s, c]]) + [x, y]
        corners.append(camera(**lens).to_pixel(lying, up_m))
    found = np.array(corners)
    return found + chance.normal(0, noise_px, found.shape)


PLACES = np.array(
    [[6, 4], [10, 4.5], [8, 6], [6, 8], [10.5, 8.5], [8, 4], [7, 6.5], [9.5, 6]], float
)


def known(*which: int) -> NDArray[np.float64]:
    middles = np.full((len(PLACES), 2), np.nan)
    middles[list(which)] = PLACES[list(which)]
    return middles


def test_exact_squares_give_the_camera_back() -> None:
    found = from_boards(Laid(seen(PLACES, 0.0), known(0, 4)), SIDE, SIZE, FLOOR, "boards")
    assert off_cm(found.camera, camera()) < 2
    assert found.residual_cm is not None
    assert found.residual_cm < 8


def test_found_corners_give_it_nearly_and_say_how_nearly() -> None:
    found = from_boards(Laid(seen(PLACES, 0.15), known(0, 4)), SIDE, SIZE, FLOOR, "boards")
    error = off_cm(found.camera, camera())
    assert error < 40
    assert found.residual_cm is not None
    assert error < 4 * found.residual_cm


def test_a_sheet_that_somebody_holds_up_is_left_out() -> None:
    corners = seen(PLACES, 0.1)
    c, s = np.cos(0.9), np.sin(0.9)
    middle = corners[2].mean(axis=0)
    corners[2] = (corners[2] - middle) @ np.array([[1.0, s], [0.0, 2.2 * c]]) * 1.6 + middle
    found = from_boards(Laid(corners, known(0, 4)), SIDE, SIZE, FLOOR, "boards")
    assert found.left_out == (2,)
    assert off_cm(found.camera, camera()) < 40


def test_one_known_spot_is_not_enough() -> None:
    with pytest.raises(BadInput, match="two or more known spots"):
        from_boards(Laid(seen(PLACES, 0.1), known(0)), SIDE, SIZE, FLOOR, "boards")


def test_a_size_that_contradicts_the_known_spots_is_refused() -> None:
    with pytest.raises(BadInput, match="m apart, as on the plan, found"):
        from_boards(Laid(seen(PLACES, 0.1), known(0, 4)), 2 * SIDE, SIZE, FLOOR, "boards")


def test_no_board_is_told() -> None:
    with pytest.raises(BadInput, match="found none"):
        from_boards(Laid(np.empty((0, 4, 2)), np.empty((0, 2))), SIDE, SIZE, FLOOR, "boards")
