"""Twenty zones and fifty people, beside PolygonZone of ``supervision``.

PolygonZone says who is inside now. ``zones`` times our answer to the same question (inside, near
the border, outside); ``zones-engine`` the whole update of ``space``, which besides enters, leaves,
dwells, counts, stitches and draws the heat map.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import supervision as sv

from bench.crowd import FPS, HEIGHT, WIDTH, walkers, zone_polygons
from bench.result import Result, ratio
from miseban.space.engine import CameraSpace
from miseban.space.geometry import CameraGeometry
from miseban.space.settings import SpaceSettings
from miseban.vocabulary.shop import parse_shop
from miseban.vocabulary.tracks import TrackRows

PEOPLE, FRAMES = 50, 200
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def shop_text() -> str:
    """A shop file with the twenty zones on one camera."""
    lines = [
        f'[shop]\nid = "bench"\nname = "Bench"\ntimezone = "UTC"\npolicy = "jp"\n'
        f'[[camera]]\nid = "top"\nsource = "usb:0"\nresolution = [{WIDTH}, {HEIGHT}]\n'
        f"fps = {FPS:g}"
    ]
    for number, polygon in enumerate(zone_polygons().astype(int).tolist()):
        lines.append(
            f'[[zone]]\nid = "zone-{number}"\nkind = "area"\ncamera = "top"\npolygon = {polygon}'
        )
    return "\n".join(lines)


def run(repeats: int) -> list[Result]:
    boxes = walkers(PEOPLE, FRAMES)
    boxes = boxes.clip(0, (WIDTH - 1, HEIGHT - 1, WIDTH - 1, HEIGHT - 1))
    tracks = np.arange(PEOPLE, dtype=np.int64)
    ours_in = [
        TrackRows(
            np.full(PEOPLE, frame / FPS),
            tracks,
            box,
            np.full(PEOPLE, 0.9),
            np.full(PEOPLE, frame + 1, dtype=np.int64),
        )
        for frame, box in enumerate(boxes)
    ]
    theirs_in = [sv.Detections(xyxy=box, tracker_id=tracks) for box in boxes]
    shop = parse_shop(shop_text(), "the benchmark's shop")

    view = CameraGeometry(shop, "top", SpaceSettings())

    def inside() -> None:
        for rows in ours_in:
            view.codes(view.steps_of(rows))

    def engine() -> None:
        space = CameraSpace(shop, "top", START)
        for frame, rows in enumerate(ours_in):
            space.update(rows, frame / FPS)

    def theirs() -> None:
        zones = [
            sv.PolygonZone(polygon, triggering_anchors=[sv.Position.BOTTOM_CENTER])
            for polygon in zone_polygons().astype(int)
        ]
        for detections in theirs_in:
            for zone in zones:
                zone.trigger(detections)

    what = f"20 zones, {PEOPLE} people, over PolygonZone of supervision"
    whole = "the whole engine of space with them, over the same"
    return [
        ratio("zones", 0.2, what, inside, theirs, repeats=repeats, calls=FRAMES),
        ratio("zones-engine", None, whole, engine, theirs, repeats=repeats, calls=FRAMES),
    ]
