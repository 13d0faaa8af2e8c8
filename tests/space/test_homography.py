"""From the picture to the floor."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.space.homography import Homography
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import load_shop
from tests.space.walks import Floats

CORNERS: Floats = np.array([[100, 400], [540, 400], [400, 200], [240, 200]], float)
FLOOR: Floats = np.array([[0, 8], [6, 8], [6, 0], [0, 0]], float)


@settings(max_examples=60)
@given(
    st.lists(st.floats(-40, 40), min_size=8, max_size=8),
    st.integers(4, 12),
    st.integers(0, 2**32 - 1),
)
def test_points_of_a_homography_give_it_back(shifts: list[float], number: int, seed: int) -> None:
    """Four moved corners make a homography; points of it, however many, find it again. Only corners
    that no longer turn all the same way are refused."""
    corners = CORNERS + np.reshape(shifts, (4, 2))
    ways = np.roll(corners, -1, axis=0) - corners
    after = np.roll(ways, -1, axis=0)
    turns = ways[:, 0] * after[:, 1] - ways[:, 1] * after[:, 0]
    if turns.max() > -1.0:  # square pixels: three on a line, or nearly, or one inside the others
        with contextlib.suppress(BadInput):
            Homography.from_points(corners, FLOOR)
        return
    first = Homography.from_points(corners, FLOOR)
    rng = np.random.default_rng(seed)
    floor = np.concatenate([FLOOR, rng.uniform(0, 6, (number - 4, 2))])
    pixel = first.to_pixel(floor)
    again = Homography.from_points(pixel, floor)
    assert again.error_m < 1e-6
    some = rng.uniform(0.5, 5.5, (20, 2))
    np.testing.assert_allclose(again.to_floor(first.to_pixel(some)), some, atol=1e-5)
    np.testing.assert_allclose(again.to_pixel(again.to_floor(pixel)), pixel, atol=1e-5)


def test_four_points_are_met_exactly() -> None:
    view = Homography.from_points(CORNERS, FLOOR)
    np.testing.assert_allclose(view.to_floor(CORNERS), FLOOR, atol=1e-9)
    np.testing.assert_allclose(view.to_pixel(FLOOR), CORNERS, atol=1e-9)
    assert view.error_m < 1e-9


def test_a_view_by_hand() -> None:
    """A camera 3 m up looks level, focal length 600 px, centre (320, 240): the floor z metres
    ahead and x to the right lies at (320 + 600 x / z, 240 + 600 * 3 / z)."""
    floor = np.array([[-2, 4], [2, 4], [3, 10], [-3, 10], [0, 7]], float)
    pixel = np.stack([320 + 600 * floor[:, 0] / floor[:, 1], 240 + 1800 / floor[:, 1]], axis=1)
    view = Homography.from_points(pixel, floor)
    found = view.to_floor(np.array([[320.0, 240 + 1800 / 5], [320 + 600 * 1.5 / 6, 240 + 300]]))
    np.testing.assert_allclose(found, np.array([[0.0, 5.0], [1.5, 6.0]]), atol=1e-6)
    above = view.to_floor(np.array([[320.0, 239.0], [10.0, 0.0], [320.0, 240.0]]))
    assert np.isnan(above).all()
    assert np.isfinite(view.to_floor(np.array([[320.0, 241.0]]))).all()
    assert np.isnan(view.to_pixel(np.array([[0.0, -1.0]]))).all()


def test_the_error_is_in_metres() -> None:
    """Five points, of which one was measured 30 cm off."""
    floor = np.vstack([FLOOR, [[3, 4]]])
    pixel = Homography.from_points(CORNERS, FLOOR).to_pixel(floor)
    floor[4] += (0.3, 0)
    view = Homography.from_points(pixel, floor)
    assert 0.02 < view.error_m < 0.3
    away = view.to_floor(pixel) - floor
    assert view.error_m == pytest.approx(float(np.sqrt((away**2).sum(axis=1).mean())))


DEGENERATE = {
    "three points": (CORNERS[:3], FLOOR[:3]),
    "unequal numbers": (CORNERS, FLOOR[:3]),
    "all on a line": (np.array([[0, 0], [1, 1], [2, 2], [3, 3]]), FLOOR),
    "three of four on a line": (np.array([[0, 0], [100, 100], [200, 200], [300, 0]]), FLOOR),
    "three of four on a line on the floor": (CORNERS, np.array([[0, 0], [1, 0], [2, 0], [1, 5]])),
    "a point twice": (CORNERS[[0, 0, 1, 2]], FLOOR),
    "all points the same": (np.zeros((4, 2)), np.zeros((4, 2))),
    "the horizon between them": (CORNERS, FLOOR[[0, 2, 1, 3]]),
    "not pairs": (np.zeros((4, 3)), np.zeros((4, 3))),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_points_that_determine_nothing_are_refused(name: str) -> None:
    pixel, floor = DEGENERATE[name]
    with pytest.raises(BadInput, match="expected") as caught:
        Homography.from_points(pixel, floor, where='[[camera]] "door" floor_points')
    assert caught.value.code == "floor-points"
    assert "door" in str(caught.value)


def test_the_documented_example_lies_on_its_floor() -> None:
    """The examples' known pairs land where their shop files say."""
    folder = Path(__file__).parents[2] / "examples"
    tied = [
        camera
        for path in sorted(folder.rglob("*.toml"))
        if "[shop]" in path.read_text(encoding="utf-8")
        for camera in load_shop(path).cameras
        if camera.floor_points
    ]
    assert tied, "no example has floor points"
    for camera in tied:
        view = Homography.from_points(
            [p.pixel for p in camera.floor_points], [p.floor_m for p in camera.floor_points]
        )
        assert view.error_m < 0.25
        feet = np.array([[camera.width / 2, camera.height - 1.0]])
        np.testing.assert_allclose(view.to_pixel(view.to_floor(feet)), feet, atol=1e-6)
