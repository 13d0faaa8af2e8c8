"""One camera of the simulated shop: what it would send at each moment, faults and all."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from miseban.sim.calibration import front_in_picture
from miseban.sim.faults import FaultSchedule, FaultState
from miseban.sim.render import Boxes, Conditions, RenderedCamera
from miseban.sim.render.canvas import panda
from miseban.sim.render.look import look_of
from miseban.sim.stage import Stage
from miseban.sim.state import Scene

FILLS = 8
"""How full a facing looks has so many steps: the goods are not drawn anew for each piece."""

Filling = Callable[[str], float]
"""How full a facing is now, from 0 to 1, by its key."""


@dataclass(frozen=True, slots=True)
class Shot:
    """What a camera makes of one moment.

    ``time_s`` is the moment; ``clock_s`` what the camera says it is, and ``delivered`` whether
    the picture arrives. ``picture`` (H, W, 3) uint8 BGR and ``boxes`` of the people in it are
    empty where they were not asked for.
    """

    time_s: float
    clock_s: float
    delivered: bool
    picture: NDArray[np.uint8]
    boxes: Boxes


class FilmedCamera:
    """The camera of that id on ``stage``, which has a pose. Everything that decides what a frame
    looks like, and when it comes, comes together in ``shoot``: pose, conditions, light, stock and
    clock.

    Same stage and faults: same shots of the same scenes, whatever was shot before. Raises
    ``BadInput`` without Panda3D.
    """

    def __init__(self, stage: Stage, camera: str, faults: FaultSchedule) -> None:
        panda()  # rather now than in the middle of something
        self.camera = stage.shop.camera(camera)
        self._stage, self._faults = stage, faults
        self._drawn: dict[tuple[object, ...], RenderedCamera] = {}
        self._facings = _seen_facings(stage, camera)

    def shoot(
        self, scene: Scene, filling: Filling, *, picture: bool = True, boxes: bool = True
    ) -> Shot:
        """The camera's shot of ``scene``."""
        state = self.state(scene.time_s)
        camera = self._camera(state)
        if self._facings:
            camera.stock({key: _shown(filling(key)) for key in self._facings})
        seen, where = camera.frame_and_boxes(scene, picture=picture, boxes=boxes)
        return Shot(scene.time_s, state.clock_s, state.delivered, seen, where)

    def unturned(self, scene: Scene) -> Boxes:
        """Where everybody would be in the picture of ``scene`` if nobody had turned the camera."""
        return self._camera(FaultState(True, scene.time_s, 0.0, 0.0, 0.0, (0.0, 0.0, 0.0))).boxes(
            scene
        )

    def state(self, time_s: float) -> FaultState:
        """What is wrong with the camera at that moment."""
        return self._faults.at(self.camera.id, time_s)

    def _camera(self, state: FaultState) -> RenderedCamera:
        """The camera as it hangs and sees now. Faults last for a while: the last one is kept, and
        the one without any."""
        key = (state.nudge, state.low_light, state.glare, state.dirt)
        if key not in self._drawn:
            while len(self._drawn) > 1:
                self._drawn.pop(list(self._drawn)[-1])
            self._drawn[key] = self._made(state)
        return self._drawn[key]

    def _made(self, state: FaultState) -> RenderedCamera:
        stage = self._stage
        pose = stage.poses[self.camera.id]
        if any(state.nudge):
            pose = pose.nudged(*state.nudge)
        return RenderedCamera(
            stage.room,
            stage.furniture,
            pose,
            self.camera.resolution,
            rows=stage.rows,
            conditions=Conditions(low_light=state.low_light, glare=state.glare, dirt=state.dirt),
            hour=stage.hour,
            looks=partial(look_of, uniform=stage.uniform),
            seed=stage.room.seed,  # goods look alike to all cameras, in every run
        )


def _shown(fill: float) -> float:
    """``fill`` in steps; only an empty facing looks empty."""
    return math.ceil(min(max(fill, 0.0), 1.0) * FILLS - 1e-9) / FILLS


def _seen_facings(stage: Stage, camera: str) -> list[str]:
    """Keys of the facings whose front is at least partly in the camera's picture."""
    lens = stage.lens(camera)
    furniture = {thing.id: thing for thing in stage.furniture}
    keys = {facing.key for facing in stage.scenario.facings}
    return [
        row.id
        for row in stage.rows
        if row.id in keys and front_in_picture(lens, furniture[row.furniture], row)
    ]
