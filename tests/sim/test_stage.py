"""Shop and scenario become a room with furniture, goods and cameras that can hang there."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from miseban.sim.calibration import as_toml, facing_polygons, floor_points, write_cameras
from miseban.sim.faults import FaultSchedule
from miseban.sim.filming import FilmedCamera
from miseban.sim.possible.cameras import farthest_off
from miseban.sim.projection import FloorView
from miseban.sim.scenario.faults import Fault
from miseban.sim.stage import Stage
from miseban.sim.state import Figure, Scene
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import parse_shop
from tests.sim import corner, konbini

NOBODY = Scene(0.0, ())
EYE = "position_m = [3.5, 5.9, 2.6]"


def stage(*changes: tuple[str, str]) -> Stage:
    return Stage(corner.shop(), corner.scenario(*changes))


def filmed(of: Stage, *faults: Fault) -> FilmedCamera:
    pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")
    return FilmedCamera(of, "eye", FaultSchedule(faults, 1))


def full(key: str) -> float:
    return 1.0


def somebody(x: float, y: float) -> Figure:
    return Figure(1, "visitor", x, y, 1.0, 1.7, 0.0, 0.0, "stand", None, "", 5)


def test_doors_are_openings_in_the_wall_that_they_lie_at() -> None:
    doors = (
        ("points = [[0.0, 2.0], [0.0, 3.0]]", "points = [[0.3, 2.0], [0.3, 3.0]]"),
        ("points = [[7.0, 2.0], [7.0, 3.0]]", "points = [[5.0, 6.0], [6.0, 6.0]]"),
    )
    room = stage(*doors).room
    assert room.doors == (((0.0, 2.0), (0.0, 3.0)), ((5.0, 6.0), (6.0, 6.0)))
    assert (room.width_m, room.depth_m, room.height_m, room.seed) == (7.0, 6.0, 3.0, 4)


def test_a_shelf_with_facings_holds_them_and_other_goods_beside_them() -> None:
    rows = stage().rows
    facing = next(row for row in rows if row.id == "tea/green")
    others = [row for row in rows if row is not facing]
    assert (facing.furniture, facing.level, facing.start_m, facing.width_m) == (
        "shelf",
        2,
        1.0,
        0.6,
    )
    assert {row.side for row in others} == {0, 1}
    beside = [row for row in others if (row.side, row.level) == (0, 2)]
    assert len(beside) > 0
    for row in beside:
        assert row.start_m + row.width_m <= 1.0 or row.start_m >= 1.6


@pytest.mark.parametrize("of", [stage, lambda: Stage(konbini.shop(), konbini.scenario())])
def test_floor_points_of_the_shop_files_are_where_the_poses_see_them(
    of: Callable[[], Stage],
) -> None:
    shown = of()
    assert shown.cameras
    for posed in shown.scenario.cameras:
        camera = shown.shop.camera(posed.id)
        assert len(camera.floor_points) >= 4
        assert farthest_off(camera, posed) < 0.01


def test_calibration_prints_what_a_shop_file_takes() -> None:
    shown = stage()
    camera = shown.shop.cameras[0]
    pairs = floor_points(shown, camera)
    assert len(pairs) == 8
    text = as_toml(shown)
    pasted = corner.changed(
        corner.SHOP[: corner.SHOP.index("floor_points")], ("fps = 4", "fps = 4\n" + text)
    )
    begins, ends = pasted.index("# [[shelf.facing]]"), pasted.index("polygon")
    view = FloorView(parse_shop(pasted[:begins], "pasted.toml").cameras[0])
    assert begins < ends
    for pixel, floor_m in pairs:
        assert np.allclose(view.to_floor(np.array([pixel])), [floor_m], atol=0.01)
    polygon = tomllib.loads(pasted[ends:])["polygon"]
    assert [tuple(point) for point in polygon] == next(facing_polygons(shown, camera))[2]


def test_a_facing_is_drawn_where_its_polygon_says() -> None:
    """Emptied, the picture changes within the facing's polygon and nowhere else."""
    shown = stage()
    camera = filmed(shown)
    ((_, _, corners),) = facing_polygons(shown, shown.shop.cameras[0])
    left, top = np.floor(np.min(corners, axis=0)).astype(int) - 3
    right, bottom = np.ceil(np.max(corners, axis=0)).astype(int) + 3
    before = camera.shoot(NOBODY, full).picture.astype(int)
    after = camera.shoot(NOBODY, lambda key: 0.0).picture.astype(int)
    changed = np.abs(after - before).max(axis=2)
    inside = changed[top:bottom, left:right]
    assert np.count_nonzero(inside > 25) > 50
    changed[top:bottom, left:right] = 0
    assert np.count_nonzero(changed > 25) == 0  # what JPEG smears is fainter


def test_a_last_piece_is_seen_and_steps_too_small_to_see_draw_nothing_anew() -> None:
    camera = filmed(stage())
    last = camera.shoot(NOBODY, lambda key: 0.01).picture
    assert np.array_equal(last, camera.shoot(NOBODY, lambda key: 0.1).picture)
    assert not np.array_equal(last, camera.shoot(NOBODY, lambda key: 0.0).picture)
    assert not np.array_equal(last, camera.shoot(NOBODY, full).picture)


def test_faults_change_pose_picture_clock_and_delivery_for_their_time() -> None:
    def fault(kind: str, amount: float) -> Fault:
        return Fault.model_validate(
            {"camera": "eye", "kind": kind, "amount": amount, "from_s": 10.0, "to_s": 20.0}
        )

    scenes = [Scene(time_s, (somebody(3.5, 3.0),)) for time_s in (9.0, 15.0, 21.0)]
    clean = [filmed(stage()).shoot(scene, full) for scene in scenes]
    for kind, amount in (("nudge", 5.0), ("dark", 0.8), ("dirt", 1.0), ("glare", 0.9)):
        camera = filmed(stage(), fault(kind, amount))
        shots = [camera.shoot(scene, full) for scene in scenes]
        same = [np.array_equal(a.picture, b.picture) for a, b in zip(shots, clean, strict=True)]
        assert same == [True, False, True], kind
        moved = not np.array_equal(shots[1].boxes.xyxy, clean[1].boxes.xyxy)
        assert moved == (kind == "nudge")
    shots = [filmed(stage(), fault("jump", 7.0)).shoot(scene, full) for scene in scenes]
    assert [shot.clock_s - shot.time_s for shot in shots] == [0.0, 7.0, 0.0]
    shots = [filmed(stage(), fault("drop", 1.0)).shoot(scene, full) for scene in scenes]
    assert [shot.delivered for shot in shots] == [True, False, True]


def test_rendered_boxes_stand_where_the_trails_are() -> None:
    """The bottom of who is fully seen is within a shoe's length of the projected place."""
    shown = stage()
    camera, world = filmed(shown), Simulation(shown.shop, shown.scenario, 2)
    lens, off, seen = shown.lens("eye"), [], 0
    for second in range(30, 150, 2):
        scene = world.scene(float(second))
        boxes = camera.shoot(scene, full, picture=False).boxes
        places = {f.id: (f.x, f.y) for f in scene.figures}
        for person, (x1, _, x2, y2), share in zip(
            boxes.ids.tolist(), boxes.xyxy.tolist(), boxes.visibility.tolist(), strict=True
        ):
            seen += 1
            if share > 0.97 and y2 < 238:
                x, y = lens.floor(np.array([[(x1 + x2) / 2, y2]]))[0]
                off.append(np.hypot(x - places[person][0], y - places[person][1]))
    assert seen > 50
    assert len(off) > 15
    assert np.median(off) < 0.35
    assert max(off) < 0.8  # an outstretched arm moves the box's middle


def test_cameras_json_says_where_cameras_hang(tmp_path: Path) -> None:
    shown = stage()
    start = Simulation(shown.shop, shown.scenario, 1).start
    write_cameras(tmp_path / "cameras.json", shown, start, ["eye"], 10.0)
    told = json.loads((tmp_path / "cameras.json").read_text("utf-8"))
    (camera,) = told["cameras"]
    assert told["start"] == "2026-04-06T12:00:00+09:00"
    assert (camera["video"], camera["video_fps"], camera["fps"]) == ("eye.mp4", 10.0, 4.0)
    assert camera["position"] == [3.5, 5.9, 2.6]
    assert len(camera["floor_points"]) == 8
    assert camera["facings"][0]["facing"] == "green"


WRONG: dict[str, tuple[tuple[str, str], str, str]] = {
    "unknown camera": (
        ('id = "eye"\nposition', 'id = "eyes"\nposition'),
        '[[camera]] 1 "eyes" id',
        'found "eyes" (did you mean "eye"?)',
    ),
    "camera twice": (
        ("[[facing]]", f'[[camera]]\nid = "eye"\n{EYE}\nlook_at_m = [1.0, 1.0, 1.0]\n[[facing]]'),
        '[[camera]] 2 "eye" id',
        "expected each camera once",
    ),
    "beside the room": (
        (EYE, "position_m = [7.5, 5.9, 2.6]"),
        '[[camera]] 1 "eye" position_m',
        "expected a place in the room of 7 x 6 x 3 m, found [7.5, 5.9, 2.6]",
    ),
    "above the ceiling": (
        (EYE, "position_m = [3.5, 5.9, 3.1]"),
        '[[camera]] 1 "eye" position_m',
        "found [3.5, 5.9, 3.1]",
    ),
    "inside a shelf": (
        (EYE, "position_m = [3.5, 0.2, 1.0]"),
        '[[camera]] 1 "eye" position_m',
        'expected a place outside all fixtures, found one in "shelf"',
    ),
    "looks at itself": (
        ("look_at_m = [3.5, 1.5, 0.8]", "look_at_m = [3.5, 5.9, 2.6]"),
        '[[camera]] 1 "eye" look_at_m',
        "expected another place than position_m",
    ),
    "two numbers": (
        ("look_at_m = [3.5, 1.5, 0.8]", "look_at_m = [3.5, 1.5]"),
        '[[camera]] 1 "eye" look_at_m',
        "expected three numbers [x, y, height]",
    ),
    "sees all around": (
        ("fov_deg = 80.0", "fov_deg = 190.0"),
        '[[camera]] 1 "eye" fov_deg',
        "expected a number of at most 150",
    ),
    "another pose than the floor points": (
        ("look_at_m = [3.5, 1.5, 0.8]", "look_at_m = [3.9, 1.5, 0.8]"),
        '[[camera]] 1 "eye"',
        "expected floor_points of the shop file within 0.1 m of this pose, found one",
    ),
    "looks up": (
        ("look_at_m = [3.5, 1.5, 0.8]", "look_at_m = [3.5, 1.5, 9.0]"),
        '[[camera]] 1 "eye"',
        "found one above the horizon",
    ),
    "higher than the room": (
        ("height_m = 1.5", "height_m = 3.5"),
        '[[fixture]] 1 "shelf" height_m',
        "expected at most the room's 3 m, found 3.5",
    ),
    "a round shelf": (
        (
            "polygon = [[2.0, 0.0], [5.0, 0.0], [5.0, 0.5], [2.0, 0.5]]",
            "polygon = [[2.0, 0.0], [5.0, 0.0], [5.0, 0.5], [3.5, 0.9], [2.0, 0.5]]\n"
            'style = "shelf"',
        ),
        '[[fixture]] 1 "shelf"',
        "four right angles",
    ),
    "a low room": (("height_m = 3.0", "height_m = 1.0"), "[room] height_m", "at least 2"),
    "no such style": (
        ("height_m = 1.5", 'height_m = 1.5\nstyle = "shelves"'),
        '[[fixture]] 1 "shelf" style',
        'did you mean "shelf"?',
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_camera_that_cannot_hang_there_is_refused_with_table_and_key(name: str) -> None:
    change, place, what = WRONG[name]
    with pytest.raises(BadInput) as caught:
        corner.scenario(change)
    line = str(caught.value)
    assert line.startswith(f"corner.scenario.toml: {place}")
    assert what in line
