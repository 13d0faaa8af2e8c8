"""What is told of clothes of drawn people: of those who wear a uniform, and of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.sim.render import Conditions, RenderedCamera
from miseban.sim.render.look import look_of
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.stage import Stage
from miseban.sim.state import Figure, Scene
from miseban.sim.world.simulation import Simulation
from miseban.vision.pixels import Frame
from miseban.vision.uniform import UniformWatch
from miseban.vocabulary.shop import load_shop
from miseban.vocabulary.tracks import TrackRows

SHOP = Path(__file__).parents[1] / "shops" / "supermarket.toml"
CAMERAS = ("tills", "aisles-east", "produce")
SEED = 91
"""Not looked at while anything was made or chosen."""
LIGHTS = {"noon": (12.0, Conditions()), "dim": (20.0, Conditions(low_light=0.5))}
SINCE_S, EVERY_S, LOOKS = 600.0, 120.0, 8
"""So many moments, each of which has looks at people of its own: people walk on between them."""
BURST, STEP_S = 3, 1.0
"""Pictures of a moment, so far apart: what is known of a track after some seconds."""
COLOURS = {"teal": (31, 111, 92), "navy": (31, 42, 77)}
"""One that no drawn shopper wears, and one that some do."""
JITTER = 0.04
"""What a detector's box is off by, of its width and height."""
LEAST_SEEN, LEAST_PX = 0.5, 30.0


@dataclass(frozen=True, slots=True)
class Looks:
    """What was told of tracks, as logarithms of likelihood ratios: of those who wear the uniform,
    (N,), and of all others, (M,)."""

    worn: NDArray[np.float64]
    other: NDArray[np.float64]


def measured(colour: str) -> Looks:
    """Half of all people change clothes: whoever has an even seed wears the uniform of that
    ``colour``, and the others wear their own. Drawn staff are too few to measure by."""
    shop = load_shop(SHOP)
    scenario = load_scenario(beside(SHOP), shop).starting_at(time(12))
    stage, worn, other = Stage(shop, scenario), list[float](), list[float]()
    scenes = list(_scenes(Simulation(shop, scenario, SEED, remember=False)))
    red, green, blue = COLOURS[colour]
    cloth = (red / 255, green / 255, blue / 255)

    def dressed(who: Figure) -> Figure:
        return replaced(who, "staff" if who.appearance % 2 == 0 else "browser")

    for hour, conditions in LIGHTS.values():
        for name in CAMERAS:
            camera = RenderedCamera(
                stage.room, stage.furniture, stage.poses[name], shop.camera(name).resolution,
                rows=stage.rows, hour=hour, conditions=conditions, seed=stage.room.seed,
                looks=lambda who: look_of(dressed(who), [cloth]),
            )  # fmt: skip
            for moment in scenes:
                told = _looked_at(camera, moment, COLOURS[colour])
                kinds = {figure.id: dressed(figure).kind for figure in moment[0].figures}
                for number, wears in told.items():
                    (worn if kinds.get(number) == "staff" else other).append(wears)
    return Looks(np.array(worn), np.array(other))


def replaced(who: Figure, kind: str) -> Figure:
    """The same figure as another kind of person."""
    fields = {name: getattr(who, name) for name in Figure.__slots__}
    return Figure(**(fields | {"kind": kind}))


def _scenes(world: Simulation) -> Iterator[list[Scene]]:
    for n in range(LOOKS):
        yield [world.scene(SINCE_S + n * EVERY_S + k * STEP_S) for k in range(BURST)]


def _looked_at(
    camera: RenderedCamera, moment: list[Scene], rgb: tuple[int, int, int]
) -> dict[int, float]:
    """What is told of each person in one camera after one moment, by the person's id."""
    watch, start = UniformWatch([rgb]), datetime(2026, 4, 7, tzinfo=UTC)
    seen: set[int] = set()
    for k, scene in enumerate(moment):
        picture, boxes = camera.frame_and_boxes(scene)
        size = boxes.xyxy[:, 2:] - boxes.xyxy[:, :2]
        clear = (boxes.visibility >= LEAST_SEEN) & (size[:, 1] >= LEAST_PX)
        rng = np.random.default_rng([round(scene.time_s), k])
        off = rng.normal(0.0, JITTER, boxes.xyxy.shape) * np.tile(size, 2)
        ids, n = boxes.ids[clear], int(clear.sum())
        rows = TrackRows(
            np.full(n, scene.time_s), ids, (boxes.xyxy + off)[clear], np.ones(n), np.full(n, k + 1)
        )
        at = start + timedelta(seconds=scene.time_s)
        watch.offer("c", Frame(picture, k + 1, scene.time_s, at), rows, scene.time_s)
        seen |= set(ids.tolist())
    told = {number: watch.wears("c", number) for number in seen}
    return {number: wears for number, wears in told.items() if wears is not None}
