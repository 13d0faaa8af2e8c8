"""What the camera of a drawn shop sees of it: pictures, people found in them, and the truth."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.learn.shelf.exchanging import OtherGoods
from miseban.learn.shelf.shops import CAMERA
from miseban.sim.render import RenderedCamera
from miseban.sim.seen.detector import Detector, DetectorModel
from miseban.sim.seen.tracks import Seen
from miseban.sim.stage import Stage
from miseban.sim.state import Scene
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

STEP_S = 4.0
"""A picture is drawn so often: a camera would look once a second, and see more."""
DAYLIGHT = 14.0
"""The light goes so many times as fast as in life: an hour of the shop has a whole day's."""
OPENS = 8.0


@dataclass(frozen=True, slots=True)
class Moment:
    """A picture (H, W, 3) at ``time_s``, the boxes ``people`` (N, 4) that an imperfect detector
    finds in it, and the truth: how full each facing of the scenario is, ``fill`` (F,)."""

    time_s: float
    picture: NDArray[np.uint8]
    people: NDArray[np.float64]
    fill: NDArray[np.float64]


def filmed(
    simulation: Simulation,
    stage: Stage,
    seed: int,
    until_s: float,
    *,
    nudge_at_s: float | None = None,
    daylight: float = DAYLIGHT,
    step_s: float = STEP_S,
    others: OtherGoods | None = None,
) -> Iterator[Moment]:
    """Lets ``simulation`` run to ``until_s``. From ``nudge_at_s`` on the camera hangs otherwise: it
    was turned by one to three degrees to a side, and a little down and about its axis. ``others``
    come between the goods."""
    rng = random.Random(f"{seed}/nudge")
    pose = stage.poses[CAMERA]
    turned = pose.nudged(
        rng.choice((-1, 1)) * rng.uniform(1.0, 3.0), rng.uniform(-1.0, 1.0), rng.uniform(-0.7, 0.7)
    )
    keys = [facing.key for facing in stage.scenario.facings]
    shop: Shop = stage.shop
    size = shop.camera(CAMERA).resolution
    eye = Detector(DetectorModel(), size, seed, CAMERA)
    drawn: dict[bool, RenderedCamera] = {}
    for number in range(int(until_s / step_s)):
        time_s = number * step_s
        bumped = nudge_at_s is not None and time_s >= nudge_at_s
        if bumped not in drawn:
            drawn.clear()
            drawn[bumped] = RenderedCamera(
                stage.room, stage.furniture, turned if bumped else pose, size, rows=stage.rows,
                hour=OPENS, seed=stage.room.seed,
            )  # fmt: skip
            if others is not None:
                drawn[bumped].exchange(others.rows)
        camera = drawn[bumped]
        scene = simulation.scene(time_s)
        fill = [simulation.goods.fill(key) for key in keys]
        if others is not None and (otherwise := others.step(time_s, np.array(fill))):
            camera.exchange(otherwise)
        camera.stock(dict(zip(keys, fill, strict=True)))
        picture, boxes = camera.frame_and_boxes(Scene(time_s * daylight, scene.figures))
        count = len(boxes.ids)
        rows = TrackRows(
            np.full(count, time_s), boxes.ids, boxes.xyxy, np.ones(count),
            np.full(count, number + 1),
        )  # fmt: skip
        seen = Seen(CAMERA, rows, boxes.visibility)
        found = eye.look(seen, 1 / step_s, time_s, time_s + step_s)
        yield Moment(time_s, picture, found.xyxy, np.array(fill))
