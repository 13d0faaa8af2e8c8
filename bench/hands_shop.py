"""A drawn shop of one shelf and the camera that looks along it, to measure hands on.

``python -m bench.hands_shop FOLDER`` writes it down, for ``python -m miseban.learn.hands``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from miseban.sim.calibration import facing_polygons
from miseban.sim.scenario import Scenario
from miseban.sim.scenario.file import parse_scenario
from miseban.sim.stage import Stage
from miseban.sim.state import Scene
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.shop.shelf import gtin_check_digit

COLUMNS, LEVELS, WIDE_M = 4, (2, 3), 0.85
FPS = 10
CROWDS = {"one": (False, 90.0, 0.90), "three": (True, 60.0, 0.80)}
"""Whether they come by threes, so many groups an hour, and the bar."""
ALONE_PER_HOUR = 30.0
"""So few that half of them have the shelf for themselves."""
TOUCH_ONLY = 0.25
"""How many of the hands take nothing."""
REACHING_PER_HOUR, REACHING = 40.0, 0.6
"""Somewhat more people, and hands that mostly take nothing, to learn these from."""
NEAR_M = 1.5
"""Whoever is not farther from the shelf is at it."""
SIZE = (480, 270)

SHOP = """
[shop]
id = "one-shelf"
timezone = "Europe/Berlin"
policy = "strict"
floor = {{ width_m = 7.0, depth_m = 6.0 }}

[[camera]]
id = "shelf"
source = "sim:shelf"
resolution = [{width}, {height}]
fps = {fps}

[[zone]]
id = "queue"
kind = "queue"
polygon = [[4.5, 4.0], [6.5, 4.0], [6.5, 5.0], [4.5, 5.0]]

[[zone]]
id = "counter"
kind = "counter"
polygon = [[4.5, 5.0], [6.5, 5.0], [6.5, 5.6], [4.5, 5.6]]

[[till]]
id = "till"
queue = "queue"
service = "counter"

[[shelf]]
id = "wall"
camera = "shelf"
tells = ["touches"]
"""

FACING = """
[[shelf.facing]]
id = "{id}"
gtin = "{gtin}"
capacity = 4
polygon = [{polygon}]
"""

SCENARIO = """
[scenario]
start = 2026-04-06T{hour:02d}:00:00

[arrivals]
per_hour = [{rates}]

[[kind]]
id = "single"
share = {single}
speed_mps = [0.8, 1.3]
height_m = [1.5, 1.85]
stops = [3, 5]
stop_s = [8.0, 18.0]
buys = 0.9
reaches = 0.9
pieces = [4, 8]

[[kind]]
id = "three"
share = {three}
speed_mps = [0.8, 1.3]
height_m = [1.5, 1.85]
stops = [3, 5]
stop_s = [8.0, 18.0]
buys = 0.95
reaches = 0.9
pieces = [8, 14]
companions = ["single", "single"]

[[camera]]
id = "shelf"
position_m = [3.0, 2.1, 2.9]
look_at_m = [3.0, 0.9, 1.0]
fov_deg = 80.0

[[door]]
id = "west"
points = [[0.0, 4.0], [0.0, 5.5]]

[[door]]
id = "east"
points = [[7.0, 2.0], [7.0, 3.5]]

[[fixture]]
id = "gondola"
polygon = [[1.2, 0.0], [4.8, 0.0], [4.8, 0.9], [1.2, 0.9]]
height_m = 1.7

[[service]]
till = "till"
service_s = [5.0, 10.0]

[goods]
currency = "EUR"
"""

GOODS = """
[[facing]]
shelf = "wall"
facing = "{id}"
fixture = "gondola"
side = 0
level = {level}
start_m = {start}
width_m = {wide}
price = 199
weight = {weight}
put_back = 0.4
touch_only = {touch_only}
"""


def facings() -> list[tuple[str, int, float]]:
    """The id, the board and the start of every facing."""
    return [
        (f"r{level}c{column}", level, 0.1 + WIDE_M * column)
        for level in LEVELS
        for column in range(COLUMNS)
    ]


def shop_text(polygons: Mapping[str, list[tuple[float, float]]] | None = None) -> str:
    """The shop file, with the places of its facings in the picture."""
    text = SHOP.format(width=SIZE[0], height=SIZE[1], fps=FPS)
    for number, (name, _, _) in enumerate(facings()):
        body = f"2000000{number:05d}"
        x = 10 * number  # each has a place of its own until it is known where
        corners = (polygons or {}).get(name) or [(x, 0), (x + 9, 0), (x + 9, 9), (x, 9)]
        points = ", ".join(f"[{u}, {v}]" for u, v in corners)
        gtin = f"{body}{gtin_check_digit(body)}"
        text += FACING.format(id=name, gtin=gtin, polygon=points)
    return text


def scenario_text(
    *, together: bool, per_hour: float, hour: int = 9, weights: Mapping[str, float] | None = None,
    touch_only: float = TOUCH_ONLY,
) -> str:  # fmt: skip
    """People who come alone, or ``together`` by threes, so many groups an hour; ``weights`` say
    which facings are liked, 1 for those not named; ``touch_only`` how many hands take nothing."""
    text = SCENARIO.format(
        rates=", ".join([str(per_hour)] * 24), hour=hour,
        single=0 if together else 1, three=1 if together else 0,
    )  # fmt: skip
    for name, level, start in facings():
        weight = (weights or {}).get(name, 1.0)
        text += GOODS.format(
            id=name, level=level, start=start, wide=WIDE_M, weight=weight, touch_only=touch_only
        )
    return text


def one_shelf(
    *, together: bool, per_hour: float, hour: int = 9, weights: Mapping[str, float] | None = None
) -> tuple[Shop, Scenario]:
    """The shop with its facings where the camera sees them, and who comes."""
    text = scenario_text(together=together, per_hour=per_hour, hour=hour, weights=weights)
    blank = parse_shop(shop_text(), "one-shelf.toml")
    stage = Stage(blank, parse_scenario(text, blank, "one-shelf.scenario.toml"))
    seen = {facing: corners for _, facing, corners in facing_polygons(stage, stage.cameras[0])}
    shop = parse_shop(shop_text(seen), "one-shelf.toml")
    return shop, parse_scenario(text, shop, "one-shelf.scenario.toml")


def write_shop(
    folder: Path, name: str, *, together: bool, per_hour: float, touch_only: float = TOUCH_ONLY
) -> Path:
    """The shop file, with its scenario beside it."""
    shop, _ = one_shelf(together=together, per_hour=per_hour)
    polygons = {facing.id: list(facing.polygon) for facing in shop.shelves[0].facings}
    file = folder / f"{name}.toml"
    file.write_text(shop_text(polygons), encoding="utf-8")
    text = scenario_text(together=together, per_hour=per_hour, touch_only=touch_only)
    file.with_suffix(".scenario.toml").write_text(text, encoding="utf-8")
    return file


def at_shelf(scene: Scene) -> int:
    """How many people are at the shelf, whatever they do there."""
    west, east, front = 1.2 - NEAR_M, 4.8 + NEAR_M, 0.9 + NEAR_M
    return sum(west <= one.x <= east and one.y <= front for one in scene.figures)


if __name__ == "__main__":
    for crowd, (by_threes, groups, _) in CROWDS.items():
        write_shop(Path(sys.argv[1]), crowd, together=by_threes, per_hour=groups)
    write_shop(Path(sys.argv[1]), "alone", together=False, per_hour=ALONE_PER_HOUR)
    write_shop(
        Path(sys.argv[1]), "reaching",
        together=False, per_hour=REACHING_PER_HOUR, touch_only=REACHING,
    )  # fmt: skip
