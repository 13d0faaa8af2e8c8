"""Where the floor and the goods are in each camera's picture, exactly: what a shop file needs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from shapely import Polygon, box

from miseban.sim.render import Lens, Row
from miseban.sim.render.furniture import Furniture, Shelf
from miseban.sim.render.lens import stage as on_stage
from miseban.sim.render.mesh import Floats
from miseban.sim.stage import Stage
from miseban.vocabulary.shop import Camera

Pair = tuple[float, float]
POINTS = 8
"""Floor points for each camera: four would do."""
NEAREST_M = 0.5
_GRID = 41


def floor_points(stage: Stage, camera: Camera, most: int = POINTS) -> list[tuple[Pair, Pair]]:
    """Spots of the floor as (pixel, metres), spread over what the camera sees of it; none if that
    is no floor. To a hundredth of a pixel, and exact to a centimetre or better.

    Each is the one farthest, in the picture, from those chosen before it.
    """
    lens = stage.lens(camera.id)
    across = np.linspace(0, stage.room.width_m, _GRID)
    down = np.linspace(0, stage.room.depth_m, _GRID)
    x, y = (np.round(v.ravel(), 2) for v in np.meshgrid(across, down))
    pixels, depth = lens.project(on_stage(np.stack([x, y, np.zeros_like(x)], axis=1)))
    inside = (depth > NEAREST_M) & (pixels > 0).all(axis=1)
    inside &= (pixels[:, 0] < lens.width) & (pixels[:, 1] < lens.height)
    pixels, floor = np.round(pixels[inside], 2), np.stack([x, y], axis=1)[inside]
    if len(pixels) < 4:
        return []
    chosen = [int(np.argmin(pixels.sum(axis=1)))]
    gap = np.full(len(pixels), np.inf)
    while len(chosen) < min(most, len(pixels)):
        gap = np.minimum(gap, np.linalg.norm(pixels - pixels[chosen[-1]], axis=1))
        chosen.append(int(np.argmax(gap)))
    pairs = np.concatenate([pixels, floor], axis=1)[chosen].tolist()
    return [((u, v), (fx, fy)) for u, v, fx, fy in pairs]


def facing_polygons(stage: Stage, camera: Camera) -> Iterator[tuple[str, str, list[Pair]]]:
    """(shelf, facing, the corners of its front in the picture) for every facing of the scenario
    whose shelf the shop file gives to ``camera``; no corners where it is out of the picture or
    turned away. What stands before it does not matter."""
    lens = stage.lens(camera.id)
    furniture = {thing.id: thing for thing in stage.furniture}
    rows = {row.id: row for row in stage.rows}
    for shelf in stage.shop.shelves:
        if shelf.camera != camera.id:
            continue
        for facing in shelf.facings:
            row = rows.get(f"{shelf.id}/{facing.id}")
            if row is not None:
                yield shelf.id, facing.id, front_in_picture(lens, furniture[row.furniture], row)


def front_in_picture(lens: Lens, furniture: Furniture, row: Row) -> list[Pair]:
    """The corners, in pixels, of what is seen of a row's front; none if that is nothing."""
    corners, outwards = front_corners(furniture, row)
    pixels, depth = lens.project(corners)
    if (depth < NEAREST_M).any() or float((lens.eye - corners[0]) @ outwards) <= 0:
        return []
    seen = Polygon(pixels).intersection(box(0, 0, lens.width, lens.height))
    if not isinstance(seen, Polygon) or seen.area < 1:
        return []
    return [(round(x, 1), round(y, 1)) for x, y in seen.exterior.coords[:-1]]


def front_corners(furniture: Furniture, row: Row) -> tuple[Floats, Floats]:
    """The four corners (4, 3) of a row's front on the stage, and the way it faces (3,)."""
    shelf = Shelf(furniture)
    low, high = shelf.span(row)
    y, sign = (low[1], -1.0) if row.side == 0 else (high[1], 1.0)
    flat = np.array(
        [
            [low[0], y, low[2]],
            [low[0], y, high[2]],
            [high[0], y, high[2]],
            [high[0], y, low[2]],
        ]
    )
    moved: Floats = flat @ shelf.turn.T + np.array([*shelf.middle, 0.0])
    outwards: Floats = shelf.turn @ np.array([0.0, sign, 0.0])
    return moved, outwards


def write_cameras(
    path: Path, stage: Stage, start: datetime, filmed: Collection[str], video_fps: float
) -> None:
    """``cameras.json``: the place of every camera, the spots of the floor and the goods in its
    picture, and of those that were ``filmed`` what the video is like, which began at ``start``."""
    cameras = [
        {
            "id": camera.id,
            "resolution": list(camera.resolution),
            "fps": camera.fps,
            "video": f"{camera.id}.mp4" if camera.id in filmed else None,
            "video_fps": video_fps if camera.id in filmed else None,
            **asdict(stage.poses[camera.id]),
            "floor_points": [
                {"pixel": list(pixel), "floor_m": list(floor_m)}
                for pixel, floor_m in floor_points(stage, camera)
            ],
            "facings": [
                {"shelf": shelf, "facing": facing, "polygon": [list(point) for point in corners]}
                for shelf, facing, corners in facing_polygons(stage, camera)
            ],
        }
        for camera in stage.cameras
    ]
    local = start.astimezone(ZoneInfo(stage.shop.shop.timezone))
    data = {"start": local.isoformat(), "cameras": cameras}
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def as_toml(stage: Stage) -> str:
    """``floor_points`` and facings' polygons, to be pasted into the shop file."""
    lines: list[str] = []
    for camera in stage.cameras:
        lines += [f'# [[camera]] "{camera.id}" of {camera.width} x {camera.height} pixels']
        pairs = floor_points(stage, camera)
        lines += ["floor_points = ["] if pairs else ["# sees no floor"]
        lines += [
            f"  {{ pixel = [{u:.2f}, {v:.2f}], floor_m = [{x:g}, {y:g}] }},"
            for (u, v), (x, y) in pairs
        ]
        lines += ["]", ""] if pairs else [""]
        for shelf, facing, corners in facing_polygons(stage, camera):
            lines.append(f'# [[shelf.facing]] "{facing}" of [[shelf]] "{shelf}"')
            points = ", ".join(f"[{x:.1f}, {y:.1f}]" for x, y in corners)
            lines.append(f"polygon = [{points}]" if corners else "# not in the picture")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"
