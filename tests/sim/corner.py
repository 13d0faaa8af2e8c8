"""A corner shop of one room, one shelf and one camera; busy, and quick to draw."""

from __future__ import annotations

from pathlib import Path

from miseban.sim.scenario import Scenario
from miseban.sim.scenario.file import parse_scenario
from miseban.vocabulary.shop import Shop, parse_shop

SHOP = """
[shop]
id = "corner"
timezone = "Asia/Seoul"
policy = "kr"
floor = { width_m = 7.0, depth_m = 6.0 }

[[camera]]
id = "eye"
source = "sim:eye"
resolution = [320, 240]
fps = 4
floor_points = [
  { pixel = [2.00, 168.81], floor_m = [0, 2.4] },
  { pixel = [317.06, 222.08], floor_m = [5.95, 3.75] },
  { pixel = [170.35, 125.10], floor_m = [3.85, 0] },
  { pixel = [112.93, 230.90], floor_m = [2.8, 3.9] },
  { pixel = [270.70, 130.84], floor_m = [7, 0.45] },
]

[[line]]
id = "middle"
camera = "eye"
points = [[60.0, 160.0], [260.0, 160.0]]

[[zone]]
id = "floor"
polygon = [[0.0, 0.0], [7.0, 0.0], [7.0, 6.0], [0.0, 6.0]]
kind = "area"

[[shelf]]
id = "tea"
camera = "eye"

[[shelf.facing]]
id = "green"
gtin = "4900000000009"
capacity = 8
polygon = [[163.3, 106.8], [163.4, 97.2], [142.9, 97.2], [143.3, 106.8]]
"""

SCENARIO = """
[scenario]
start = 2026-04-06T12:00:00

[room]
height_m = 3.0
seed = 4

[arrivals]
per_hour = [300, 300, 300, 300, 300, 300, 300, 300, 300, 300, 300, 300,
            300, 300, 300, 300, 300, 300, 300, 300, 300, 300, 300, 300]

[[kind]]
id = "visitor"
share = 1
speed_mps = [0.8, 1.3]
stop_s = [2.0, 6.0]
buys = 0.0

[[door]]
id = "west"
points = [[0.0, 2.0], [0.0, 3.0]]

[[door]]
id = "east"
points = [[7.0, 2.0], [7.0, 3.0]]

[[fixture]]
id = "shelf"
polygon = [[2.0, 0.0], [5.0, 0.0], [5.0, 0.5], [2.0, 0.5]]
height_m = 1.5

[[attraction]]
zone = "floor"

[[camera]]
id = "eye"
position_m = [3.5, 5.9, 2.6]
look_at_m = [3.5, 1.5, 0.8]
fov_deg = 80.0

[[facing]]
shelf = "tea"
facing = "green"
fixture = "shelf"
side = 0
level = 2
start_m = 1.0
width_m = 0.6
price = 150
"""


def shop() -> Shop:
    return parse_shop(SHOP, "corner.toml")


def scenario(*changes: tuple[str, str]) -> Scenario:
    """The scenario with pieces of text replaced; each piece must be there."""
    return parse_scenario(changed(SCENARIO, *changes), shop(), "corner.scenario.toml")


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def files(folder: Path, *changes: tuple[str, str]) -> Path:
    """Shop and scenario as files in ``folder``; returns the shop's."""
    path = folder / "corner.toml"
    path.write_text(SHOP, "utf-8")
    (folder / "corner.scenario.toml").write_text(changed(SCENARIO, *changes), "utf-8")
    return path
