"""What is drawn has one place on the floor, whoever asks."""

from __future__ import annotations

import numpy as np

from miseban.insight.outputs import floor_overlay
from miseban.space.floor_geometry import FloorGeometry
from miseban.space.fusion.doors import Doors
from miseban.space.fusion.settings import FusionSettings
from miseban.space.laying import laid, views_of
from miseban.space.layout import Layout
from miseban.space.settings import SpaceSettings
from miseban.vocabulary.shop import parse_shop

# A picture of 100 by 80 pixels is 10 by 8 m; what is drawn to its edge is meant to reach over it.
SHOP = """
[shop]
id = "s"
timezone = "UTC"
policy = "jp"
floor = { width_m = 10.0, depth_m = 8.0 }
[[camera]]
id = "c"
source = "usb:0"
resolution = [100, 80]
floor_points = [
  { pixel = [0, 0], floor_m = [0, 0] }, { pixel = [100, 0], floor_m = [10, 0] },
  { pixel = [0, 80], floor_m = [0, 8] }, { pixel = [100, 80], floor_m = [10, 8] },
]
[[camera]]
id = "nowhere"
source = "usb:1"
resolution = [100, 80]
[[zone]]
id = "porch"
kind = "entrance"
camera = "c"
polygon = [[60, 60], [100, 60], [100, 80], [60, 80]]
[[zone]]
id = "plan"
kind = "area"
polygon = [[1, 1], [2, 1], [2, 2]]
[[zone]]
id = "lost"
kind = "area"
camera = "nowhere"
polygon = [[10, 10], [20, 10], [20, 20]]
"""


def test_all_who_ask_are_told_one_place() -> None:
    shop = parse_shop(SHOP, "s.toml")
    views = views_of(shop)
    porch, plan, lost = (laid(zone, views) for zone in shop.zones)
    assert porch is not None
    where = np.array([[6.0, 6.0], [10.4, 6.0], [10.4, 8.4], [6.0, 8.4]])
    np.testing.assert_allclose(porch, where, atol=1e-9)
    assert plan is not None
    assert plan.tolist() == [[1, 1], [2, 1], [2, 2]]
    assert lost is None
    beyond = np.array([[10.2, 7.0], [7.0, 8.2]])  # out of the picture, over its edge
    assert Layout(shop).within("entrance", beyond).all()
    homographies = {name: view.homography for name, view in views.items()}
    assert Doors(shop, homographies, FusionSettings()).at(beyond).all()
    counted = FloorGeometry(shop, ("c",), SpaceSettings())
    assert [zone.id for zone in counted.zones] == ["porch", "plan"]
    shown = floor_overlay(shop, None).zones
    assert set(shown) == {"porch", "plan"}
    np.testing.assert_allclose(np.array(shown["porch"], float), porch)
