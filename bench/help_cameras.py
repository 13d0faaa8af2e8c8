"""The supermarket with eight cameras more, hung where ``miseban coverage`` says, by the plan alone:
where somebody who lies is seen by nobody, or by one only. What eight cannot see shows beside it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import tomlkit

from miseban.sim.calibration import floor_points
from miseban.sim.possible.cameras import poses
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.stage import Stage
from miseban.space.coverage import Hanging, cover, place_more
from miseban.vocabulary.shop import load_shop

MORE = 8
HANGING = Hanging(height_m=3.4, angle_deg=90.0)
INDOORS = (0.0, 0.0, 30.0, 20.0)
"""Of the plan; the rest is the street."""


def add_cameras(shop_file: Path) -> None:
    """To the shop and the scenario beside it."""
    scenario_file = beside(shop_file)
    shop, scenario = (tomlkit.parse(one.read_text("utf-8")) for one in (shop_file, scenario_file))
    cameras: Any = shop["camera"]
    hung: Any = scenario["camera"]
    first, before = cameras[0]["floor_points"], len(cameras)
    more = place_more(cover(load_shop(shop_file), within=INDOORS), MORE, HANGING)
    for number, one in enumerate(more, start=1):
        name = f"more-{number}"
        camera, pose = tomlkit.table(), tomlkit.table()
        camera.update({"id": name, "name": name, "source": f"sim:{name}"})
        camera.update({"resolution": [640, 360], "fps": 5, "floor_points": copy.deepcopy(first)})
        cameras.append(camera)
        pose.update({"id": name, "position_m": [one.lens.x, one.lens.y, one.lens.height_m]})
        pose.update({"look_at_m": [*one.looks_at, 0.0], "fov_deg": HANGING.angle_deg})
        hung.append(pose)
    shop_file.write_text(tomlkit.dumps(shop), "utf-8")
    scenario_file.write_text(tomlkit.dumps(scenario), "utf-8")
    loaded = load_shop(shop_file)
    stage = Stage(loaded, load_scenario(scenario_file, loaded, poses))
    for table, added in list(zip(cameras, stage.cameras, strict=True))[before:]:
        table["floor_points"] = [
            {"pixel": [round(u, 2), round(v, 2)], "floor_m": [x, y]}
            for (u, v), (x, y) in floor_points(stage, added)
        ]
    shop_file.write_text(tomlkit.dumps(shop), "utf-8")
