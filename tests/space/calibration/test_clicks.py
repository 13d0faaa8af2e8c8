"""Clicked points: how far off they are is told without flattery, and a mistake is named."""

from __future__ import annotations

import numpy as np
import pytest

from miseban.space.calibration.clicks import from_clicks
from miseban.space.homography import Homography
from miseban.vocabulary.errors import BadInput
from tests.space.calibration.views import FLOOR, SIZE, camera, spots_of


def test_four_points_do_not_claim_to_be_exact() -> None:
    pixels = np.array([[60.0, 300.0], [580.0, 310.0], [480.0, 130.0], [170.0, 120.0]])
    places = camera().to_floor(pixels)
    found = from_clicks(pixels, places, SIZE, FLOOR, "points")
    assert found.residual_cm is None
    assert 1 < found.expected_cm < 60


@pytest.mark.parametrize("seed", range(4))
def test_the_residual_is_about_the_true_error(seed: int) -> None:
    true = camera()
    exact, places = spots_of(true, 10, seed)
    clicked = exact + np.random.default_rng(seed).normal(0, 1.5, exact.shape)
    found = from_clicks(clicked, places, SIZE, FLOOR, "points")
    error = np.linalg.norm(Homography.from_points(clicked, places).to_floor(exact) - places, axis=1)
    assert found.residual_cm is not None
    # Left out, a point at the rim is further off than it is when it takes part.
    assert 50 * np.median(error) < found.residual_cm < 600 * np.sqrt(np.mean(error**2))


def test_exact_points_leave_nothing() -> None:
    pixels, places = spots_of(camera(roll=0.1), 8)
    found = from_clicks(pixels, places, SIZE, FLOOR, "points")
    assert found.residual_cm == pytest.approx(0, abs=0.01)
    assert np.allclose(found.left_out_cm, 0, atol=0.01)


def test_the_point_that_disagrees_is_named_with_its_place() -> None:
    pixels, places = spots_of(camera(), 8)
    wrong = places.copy()
    wrong[2] += [0.8, 0.0]
    with pytest.raises(BadInput) as told:
        from_clicks(pixels, wrong, SIZE, FLOOR, "points.csv")
    assert told.value.where == "points.csv: point 3"
    assert "cm off" in told.value.what
