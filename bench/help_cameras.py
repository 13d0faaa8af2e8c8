"""The supermarket with eight cameras more: each aisle is seen from both ends, and so is the rest of
the floor. What eight cannot see shows beside it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import tomlkit

from miseban.sim.calibration import floor_points
from miseban.sim.possible.cameras import poses
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.stage import Stage
from miseban.vocabulary.shop import load_shop

Place = tuple[float, float, float]
CAMERAS: dict[str, tuple[Place, Place, float]] = {
    "aisles-west-north": ((6.5, 1.2, 3.5), (6.5, 6.8, 0.5), 85.0),
    "aisles-middle-north": ((12.5, 1.2, 3.5), (12.5, 6.8, 0.5), 85.0),
    "aisles-east-north": ((18.5, 1.2, 3.5), (18.5, 6.8, 0.5), 85.0),
    "wall-west": ((2.0, 14.0, 3.5), (2.0, 8.0, 0.5), 85.0),
    "aisle-last": ((21.5, 13.5, 3.5), (20.7, 7.5, 0.5), 90.0),
    "produce-north": ((29.5, 1.5, 3.5), (25.0, 8.0, 0.3), 95.0),
    "produce-south": ((29.5, 17.5, 3.5), (24.5, 12.0, 0.3), 95.0),
    "front": ((8.7, 19.3, 3.4), (8.7, 13.0, 0.3), 104.0),
}
"""Where each hangs and looks to, in metres, and its field of view in degrees. They were laid out on
the plan, and not moved after anything was played."""


def add_cameras(shop_file: Path) -> None:
    """To the shop and the scenario beside it."""
    scenario_file = beside(shop_file)
    shop, scenario = (tomlkit.parse(one.read_text("utf-8")) for one in (shop_file, scenario_file))
    cameras: Any = shop["camera"]
    hung: Any = scenario["camera"]
    first = cameras[0]["floor_points"]
    for name, (place, to, degrees) in CAMERAS.items():
        camera, pose = tomlkit.table(), tomlkit.table()
        camera.update({"id": name, "name": name, "source": f"sim:{name}"})
        camera.update({"resolution": [640, 360], "fps": 5, "floor_points": copy.deepcopy(first)})
        cameras.append(camera)
        pose.update({"id": name, "position_m": list(place), "look_at_m": list(to)})
        pose["fov_deg"] = degrees
        hung.append(pose)
    shop_file.write_text(tomlkit.dumps(shop), "utf-8")
    scenario_file.write_text(tomlkit.dumps(scenario), "utf-8")
    loaded = load_shop(shop_file)
    stage = Stage(loaded, load_scenario(scenario_file, loaded, poses))
    for table, one in zip(cameras, stage.cameras, strict=True):
        if one.id in CAMERAS:
            table["floor_points"] = [
                {"pixel": [round(u, 2), round(v, 2)], "floor_m": [x, y]}
                for (u, v), (x, y) in floor_points(stage, one)
            ]
    shop_file.write_text(tomlkit.dumps(shop), "utf-8")
