"""Several cameras over one floor: the plan shows time spent there once, and what is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from miseban.insight.outputs import floor_overlay
from miseban.space.heat import HeatMap
from miseban.vocabulary.shop import parse_shop

SHOP = """
[shop]
id = "two"
timezone = "Asia/Tokyo"
policy = "jp"
floor = { width_m = 10.0, depth_m = 8.0 }
[[line]]
id = "door"
points = [[0.0, 4.0], [2.0, 4.0]]
""" + "".join(
    f"""
[[camera]]
id = "{name}"
source = "usb:0"
resolution = [100, 80]
fps = 5
floor_points = [
  {{ pixel = [0, 0], floor_m = [{x}, 0.0] }}, {{ pixel = [100, 0], floor_m = [{x + 5}, 0.0] }},
  {{ pixel = [0, 80], floor_m = [{x}, 4.0] }}, {{ pixel = [100, 80], floor_m = [{x + 5}, 4.0] }},
]
[[zone]]
id = "zone-{name}"
kind = "area"
camera = "{name}"
polygon = [[20, 20], [40, 20], [40, 40]]
"""
    for name, x in (("west", 0.0), ("east", 5.0))
)


def walked(x: float, seconds: float) -> HeatMap:
    heat = HeatMap(10.0, 8.0, 0.5)
    at = np.array([[x, 2.0]])
    heat.add(at, at, np.array([seconds]))
    return heat


def test_time_that_two_cameras_saw_counts_once() -> None:
    one, other = walked(3.0, 10.0), walked(3.0, 8.0)
    far = walked(7.0, 5.0)
    whole = HeatMap.fullest([one, other, far])
    assert whole.seconds.sum() == 15.0
    assert (whole.seconds >= one.seconds).all()
    assert (whole.seconds >= far.seconds).all()
    assert one.seconds.sum() == 10.0, "the parts stay as they were"


def test_what_is_drawn_on_a_picture_lies_on_the_plan() -> None:
    shop = parse_shop(SHOP, "two.toml")
    whole = floor_overlay(shop, None)
    assert set(whole.zones) == {"zone-west", "zone-east"}
    assert list(whole.zones["zone-west"]) == [
        pytest.approx(p) for p in ((1.0, 1.0), (2.0, 1.0), (2.0, 2.0))
    ]
    assert list(whole.zones["zone-east"]) == [
        pytest.approx(p) for p in ((6.0, 1.0), (7.0, 1.0), (7.0, 2.0))
    ]
    assert list(whole.lines) == ["door"]
    assert set(floor_overlay(shop, "west").zones) == {"zone-west"}
