"""Rendered cameras: frames a second of processor time, twenty people in view."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable

import cv2
import numpy as np

from bench.result import CannotRunError, Result, seconds
from miseban.sim.render import Furniture, Pose, RenderedCamera, Room
from miseban.sim.state import Figure, Scene
from miseban.vocabulary.errors import BadInput

PEOPLE, FRAMES, FPS = 20, 40, 10
ROOM = Room(12.0, 8.0, doors=(((8.6, 8.0), (10.4, 8.0)),))
SHELVES = [
    Furniture(f"shelf-{n}", ((1.5, y), (10.5, y), (10.5, y + 0.8), (1.5, y + 0.8)), high)
    for n, (y, high) in enumerate(((0.1, 2.0), (2.5, 1.4), (5.0, 1.3)))
]
POSES = {
    "ceiling": Pose((6.0, 7.9, 2.85), (6.0, 4.6, 0.0), 100),
    "wall": Pose((0.2, 7.8, 2.5), (6.5, 3.0, 0.9), 75),
}
LOADS = ("", "", "basket", "bag", "", "cart", "", "basket", "", "bag")


def scenes() -> list[Scene]:
    """People who walk along the two aisles, ten in each."""
    found = []
    for frame in range(FRAMES):
        time_s = frame / FPS
        figures = []
        for number in range(PEOPLE):
            aisle, place = divmod(number, PEOPLE // 2)
            way = 1 if place % 2 else -1
            figures.append(
                Figure(
                    id=number + 1, kind="browser", x=3.2 + 0.6 * place + 0.1 * way * time_s,
                    y=(4.2, 6.6)[aisle] + 0.15 * way, heading=0.0 if way > 0 else math.pi,
                    height_m=1.55 + 0.03 * place, speed_mps=0.1,
                    gait_phase=(time_s / 2 + 0.1 * number) % 1, posture="walk", reach_to=None,
                    carries=LOADS[place], appearance=number,
                )
            )  # fmt: skip
        found.append(Scene(time_s, tuple(figures)))
    return found


def run(repeats: int) -> list[Result]:
    cv2.setNumThreads(1)
    try:
        cameras = {name: RenderedCamera(ROOM, SHELVES, pose) for name, pose in POSES.items()}
        shown = scenes()
        for camera in cameras.values():
            seen = camera.boxes(shown[-1])  # the figures are made when first seen
            if len(seen.ids) < PEOPLE:
                raise CannotRunError(f"{len(seen.ids)} of {PEOPLE} people are in view")
    except BadInput as error:
        raise CannotRunError(str(error)) from None
    return [
        _result(f"rendering-{name}{'-boxes' if boxes else ''}", camera, shown, boxes, repeats)
        for name, camera in cameras.items()
        for boxes in (False, True)
    ]


def _result(
    name: str, camera: RenderedCamera, shown: Iterable[Scene], boxes: bool, repeats: int
) -> Result:
    def work() -> None:
        for scene in shown:
            camera.frame_and_boxes(scene, boxes=boxes)

    rates = [FRAMES / seconds(work)[1] for _ in range(repeats)]
    note = f"640x360, {PEOPLE} people in view, by processor time"
    note += ", with boxes and visibility" if boxes else ""
    middle = statistics.median(rates)
    low, high = np.quantile(rates, [0.0, 1.0]).tolist()
    return Result(
        name,
        middle,
        "frames/s",
        f"{note} (from {low:.0f} to {high:.0f})",
        None if boxes else 60.0,
        at_least=True,
    )
