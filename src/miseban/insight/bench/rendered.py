"""Drawn pictures of furnished shops with people in them, each at random from a seed.

They tell two models apart that are equal on the clips at hand, and where there is no clip they
are all there is; but a detector may have been trained on their like, so they do not choose one.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from miseban.insight.bench.pictures import START
from miseban.insight.bench.truths import Seen, Truth
from miseban.sim.render import Furniture, Pose, RenderedCamera, Room
from miseban.sim.state import Figure, Posture, Scene
from miseban.vision.pixels import Frame

WIDTH_M, DEPTH_M = 11.0, 7.5
POSES = {
    "ceiling": Pose((5.2, 6.6, 2.8), (5.4, 3.0, 0.0), 85),
    "wall": Pose((0.25, 7.2, 2.5), (6.4, 3.0, 0.9), 75),
    "door": Pose((8.4, 3.6, 2.6), (8.6, 7.5, 0.8), 80),
}
SEED = 771
"""No other part of miseban draws shops from this seed."""
SHOPS, SCENES, PEOPLE = 2, 8, 8
"""Shops, scenes of each and view, and people on the floor."""
APART_M = 0.6


def at_hand() -> bool:
    """Whether pictures can be drawn here (the extra ``sim``)."""
    return importlib.util.find_spec("panda3d") is not None


def rendered(scenes: int = SCENES) -> Truth:
    """``scenes`` pictures of 640x360 of each view in each shop."""

    def pictures() -> Iterator[Seen]:
        number = 0
        for shop in range(SHOPS):
            furniture, cast = _furniture(shop), _cast(shop)
            door = (((7.6, DEPTH_M), (9.4, DEPTH_M)),)
            room = Room(WIDTH_M, DEPTH_M, doors=door, seed=SEED + shop)
            for view, pose in enumerate(POSES.values()):
                camera = RenderedCamera(
                    room, furniture, pose, seed=SEED + shop, hour=9.0 + 3 * view
                )
                for at in range(scenes):
                    number += 1
                    scene = _scene([SEED, shop, view, at], furniture, cast)
                    picture, boxes = camera.frame_and_boxes(scene)
                    utc = START + timedelta(seconds=scene.time_s)
                    frame = Frame(picture, number, scene.time_s, utc)
                    yield frame, boxes.xyxy, boxes.visibility

    return Truth("rendered", False, pictures)


def _furniture(shop: int) -> list[Furniture]:
    """Shelves along the far wall, two or three gondolas across or along the floor, a counter."""
    rng = np.random.default_rng([SEED, shop])
    things = [_box("back", 0.8, 0.05, 10.2, 0.5, 2.0), _box("counter", 0.4, 6.4, 2.4, 6.9, 0.95)]
    if shop % 2:
        for n in range(3):
            x = 2.2 + 2.1 * n
            things.append(_box(f"along-{n}", x, 1.7, x + 0.8, 4.9, rng.uniform(1.2, 1.6)))
    else:
        for n in range(2):
            y, end = 2.0 + 2.3 * n, float(rng.uniform(5.6, 6.6))
            things.append(_box(f"across-{n}", 1.3, y, end, y + 0.8, rng.uniform(1.2, 1.6)))
            things.append(_box(f"across-{n}b", end + 1.4, y, 10.0, y + 0.8, rng.uniform(0.9, 1.4)))
    return things


def _box(
    name: str, left: float, top: float, right: float, bottom: float, height_m: float
) -> Furniture:
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Furniture(name, corners, float(height_m))


def _cast(shop: int) -> list[tuple[float, int]]:
    """Height and appearance of those who shop here: making a figure costs more than drawing it, so
    the same people stand elsewhere in the next picture. One in eight is a child."""
    rng = np.random.default_rng([SEED, shop, 99])
    tall = np.clip(rng.normal(1.65, 0.08, PEOPLE), 1.45, 1.9)
    small = rng.uniform(1.0, 1.45, PEOPLE)
    heights = np.where(np.arange(PEOPLE) % 8 == 7, small, tall)
    return [(float(h), int(rng.integers(1 << 30))) for h in heights]


def _scene(seed: list[int], furniture: list[Furniture], cast: list[tuple[float, int]]) -> Scene:
    """The cast on the free floor."""
    rng = np.random.default_rng(seed)
    taken = [np.array(thing.polygon) for thing in furniture]
    people: list[Figure] = []
    for _ in range(1000):
        if len(people) == len(cast):
            break
        x, y = rng.uniform(0.4, WIDTH_M - 0.4), rng.uniform(0.9, DEPTH_M - 0.4)
        blocked = any(
            np.all((corners.min(axis=0) - 0.3 < (x, y)) & ((x, y) < corners.max(axis=0) + 0.3))
            for corners in taken
        )
        if not blocked and all(math.hypot(p.x - x, p.y - y) >= APART_M for p in people):
            height_m, appearance = cast[len(people)]
            figure = _person(rng, len(people) + 1, float(x), float(y), height_m, appearance)
            people.append(figure)
    return Scene(float(seed[-1]), tuple(people))


def _person(
    rng: np.random.Generator, number: int, x: float, y: float, height_m: float, appearance: int
) -> Figure:
    """Most walk or stand, some reach for something, a few crouch."""
    heading = float(rng.uniform(-math.pi, math.pi))
    postures: tuple[Posture, ...] = ("walk", "stand", "reach", "crouch")
    posture = postures[int(rng.choice(4, p=[0.48, 0.34, 0.14, 0.04]))]
    ahead = (x + 0.5 * math.cos(heading), y + 0.5 * math.sin(heading), float(rng.uniform(0.5, 1.5)))
    loads = ("", "basket", "bag", "cart")
    return Figure(
        id=number,
        kind="staff" if number == PEOPLE // 2 else "browser",
        x=x,
        y=y,
        heading=heading,
        height_m=height_m,
        speed_mps=1.0 if posture == "walk" else 0.0,
        gait_phase=float(rng.random()),
        posture=posture,
        reach_to=ahead if posture == "reach" else None,
        carries=loads[int(rng.choice(4, p=[0.5, 0.25, 0.15, 0.1]))],
        appearance=appearance,
    )
