"""Feet by the plumb line: exact for a pinhole at any slant, from floor points alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from miseban.space.geometry import CameraGeometry
from miseban.space.homography import Homography
from miseban.space.settings import SpaceSettings
from miseban.space.upright import SHOE_M, Upright
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import parse_shop
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]
SIZE = (1280.0, 720.0)


class Pinhole:
    """A lens 3 m above (5, 5), ``focal`` pixels, that looks ``pitch`` degrees below the horizon in
    direction ``turn`` of the plan (0 is along x), rolled by ``roll`` degrees."""

    def __init__(self, focal: float, pitch: float, turn: float = 0.0, roll: float = 0.0) -> None:
        p, t, r = np.radians([pitch, turn, roll])
        forward = np.array([np.cos(p) * np.cos(t), np.cos(p) * np.sin(t), -np.sin(p)])
        right = np.array([-np.sin(t), np.cos(t), 0.0])
        down = np.array([-np.sin(p) * np.cos(t), -np.sin(p) * np.sin(t), -np.cos(p)])
        self.focal, self.forward = focal, forward
        self.right = right * np.cos(r) + down * np.sin(r)
        self.down = down * np.cos(r) - right * np.sin(r)

    def pixel(self, points: Floats) -> Floats:
        """(N, 3) metres to (N, 2) pixels; NaN behind the lens."""
        seen = points - np.array([5.0, 5.0, 3.0])
        depth = seen @ self.forward
        depth = np.where(depth > 0.05, depth, np.nan)
        x, y = seen @ self.right / depth, seen @ self.down / depth
        return np.stack([SIZE[0] / 2 + self.focal * x, SIZE[1] / 2 + self.focal * y], axis=1)

    def floor_points(self) -> tuple[Floats, Floats]:
        """Eight spots of the floor in the picture, and their pixels."""
        u, v = (np.random.default_rng(3).uniform((0, 0), SIZE, (200, 2)) - np.array(SIZE) / 2).T
        rays = np.outer(u, self.right) + np.outer(v, self.down) + self.focal * self.forward
        rays = rays[rays[:, 2] < -0.1 * self.focal][:8]
        floor = np.array([5.0, 5.0]) + rays[:, :2] * (3.0 / -rays[:, 2:])
        return floor, self.pixel(np.column_stack([floor, np.zeros(len(floor))]))

    def upright(self) -> tuple[Upright, Homography]:
        floor, pixels = self.floor_points()
        homography = Homography.from_points(pixels, floor)
        return Upright(homography, SIZE, "here"), homography


def thin(lens: Pinhole, place: Floats) -> Floats:
    """(N, 4) boxes around poles 1.7 m tall."""
    ends = [lens.pixel(np.column_stack([place, np.full(len(place), z)])) for z in (0.0, 1.7)]
    return np.concatenate([np.minimum(*ends), np.maximum(*ends)], axis=1)


@given(
    focal=st.floats(350, 2000),
    pitch=st.floats(8, 80),
    turn=st.floats(0, 360),
    roll=st.floats(-15, 15),
)
def test_a_pole_stands_where_its_lower_end_is(
    focal: float, pitch: float, turn: float, roll: float
) -> None:
    """A leaning pole fills its box from corner to corner: the plumb line through the middle is the
    pole. What is found is the lower end and a shoe's width on, away from the lens."""
    lens = Pinhole(focal, pitch, turn, roll)
    upright, homography = lens.upright()
    place = homography.to_floor(np.random.default_rng(1).uniform((0, 0), SIZE, (40, 2)))
    place = place[np.isfinite(place).all(axis=1)]
    place = place[np.hypot(*(place - 5.0).T) < 12.0]
    boxes = thin(lens, place)
    # A pole as upright in the picture as the box's sides has no width to tell its slant from; one
    # that ends at the lens' height or reaches behind it has no box.
    good = np.isfinite(boxes).all(axis=1) & (boxes[:, 2:] - boxes[:, :2] > 1.0).all(axis=1)
    away = (place - 5.0) / np.maximum(np.hypot(*(place - 5.0).T), SHOE_M)[:, None]
    found = homography.to_floor(upright.feet(boxes[good]))
    middle = homography.to_floor(upright.feet(boxes[good])) - (place + SHOE_M * away)[good]
    assert len(found) == np.count_nonzero(good)
    assert np.abs(middle).max(initial=0.0) < 0.02


def test_in_the_middle_of_a_level_picture_it_is_the_middle_of_the_bottom_edge() -> None:
    upright, homography = Pinhole(900.0, 12.0).upright()
    box = np.array([[600.0, 300.0, 680.0, 560.0]])
    ((x, y),) = upright.feet(box)
    assert x == pytest.approx(640.0, abs=1e-6)
    shoes = homography.to_floor(np.array([[x, y], [640.0, 560.0]]))
    assert np.hypot(*(shoes[0] - shoes[1])) == pytest.approx(SHOE_M, abs=1e-6)


def test_straight_down_it_is_the_end_towards_the_middle_of_the_picture() -> None:
    upright, _ = Pinhole(700.0, 90.0).upright()
    boxes = np.array([[900.0, 340.0, 1000.0, 380.0], [620.0, 340.0, 660.0, 380.0]])
    feet = upright.feet(boxes)
    assert feet[0] == pytest.approx([900.0 + SHOE_M * 700 / 3, 360.0], abs=1.0)
    assert feet[1] == pytest.approx([640.0, 360.0], abs=1.0)  # who stands right below the lens


def test_floor_points_that_no_lens_can_have_seen_are_refused() -> None:
    floor, pixels = Pinhole(700.0, 40.0).floor_points()
    squeezed = floor * [1.0, 6.0]
    with pytest.raises(BadInput, match="here: expected points that one lens can see so"):
        Upright(Homography.from_points(pixels, squeezed), SIZE, "here")


SHOP = """
[shop]
id = "s"
timezone = "Asia/Tokyo"
policy = "jp"
[[camera]]
id = "c"
source = "usb:0"
resolution = [1280, 720]
anchor = "{anchor}"
{points}
"""


def written(lens: Pinhole) -> str:
    pairs = zip(*lens.floor_points(), strict=True)
    spots = ", ".join(f"{{ pixel = {p.tolist()}, floor_m = {f.tolist()} }}" for f, p in pairs)
    return f"floor_points = [{spots}]"


def test_the_shop_file_chooses_it() -> None:
    lens = Pinhole(500.0, 35.0)
    place = np.array([[8.0, 7.5]])
    boxes = thin(lens, place)
    rows = TrackRows(np.zeros(1), np.ones(1, np.int64), boxes, np.ones(1), np.ones(1, np.int64))
    off = {}
    for anchor in ("feet", "upright"):
        shop = parse_shop(SHOP.format(anchor=anchor, points=written(lens)), "shop.toml")
        steps = CameraGeometry(shop, "c", SpaceSettings()).steps_of(rows)
        off[anchor] = float(np.hypot(*(steps.floor - place)[0]))
    assert off["upright"] == pytest.approx(SHOE_M, abs=0.01)
    assert off["feet"] > 0.3
    with pytest.raises(BadInput, match=r'"c" floor_points: expected floor_points for anchor'):
        parse_shop(SHOP.format(anchor="upright", points=""), "shop.toml")
