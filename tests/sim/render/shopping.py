"""Furnished shops with people in them, at random from a seed, and four ways to look at them."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from miseban.sim.render import Conditions, Furniture, Pose, RenderedCamera, Room
from miseban.sim.state import Figure, Posture, Scene

View = Literal["ceiling", "wall", "entrance", "shelf"]
Plan = Literal["rows", "islands"]
WIDTH, DEPTH = 12.0, 8.0


def person(number: int = 1, x: float = 6.0, y: float = 4.0, **given: object) -> Figure:
    """An adult standing in the middle of the floor, unless told otherwise."""
    fields: dict[str, object] = {
        "id": number, "kind": "browser", "x": x, "y": y, "heading": 0.0, "height_m": 1.7,
        "speed_mps": 0.0, "gait_phase": 0.0, "posture": "stand", "reach_to": None, "carries": "",
        "appearance": number,
    }  # fmt: skip
    return Figure(**(fields | given))  # type: ignore[arg-type]


def furnished(seed: int, plan: Plan = "rows") -> list[Furniture]:
    """Two gondolas across the floor, a shelf along the far wall, a counter near the door. On the
    plan "islands": gondolas the other way, shelves along two walls, low islands and a till."""
    if plan == "islands":
        return _islands(seed)
    rng = np.random.default_rng([seed, 1])
    things = [rectangle("wall-shelf", 1.0, 0.05, 11.0, 0.55, 2.0)]
    for number, y in enumerate((2.5, 5.0)):
        left = float(rng.uniform(1.2, 2.2))
        right = left + float(rng.uniform(3.2, 4.4))
        things.append(
            rectangle(f"gondola-{number}", left, y, right, y + 0.8, rng.uniform(1.2, 1.5))
        )
        things.append(
            rectangle(f"gondola-{number}b", right + 1.6, y, 11.0, y + 0.8, rng.uniform(1.2, 1.5))
        )
    things.append(rectangle("counter", 0.6, 7.0, 2.6, 7.5, 0.95))
    return things


def _islands(seed: int) -> list[Furniture]:
    rng = np.random.default_rng([seed, 11])
    things = [
        rectangle("left", 0.05, 1.0, 0.5, 6.6, 1.9),
        rectangle("top", 2.0, 0.05, 11.0, 0.5, 1.9),
    ]
    for number, x in enumerate((2.4, 4.7)):
        deep = float(rng.uniform(2.0, 2.8))
        things += [
            rectangle(f"g{number}", x, 1.6, x + 0.9, 1.6 + deep, rng.uniform(1.2, 1.6)),
            rectangle(f"g{number}b", x, 3.1 + deep, x + 0.9, 6.6, rng.uniform(1.2, 1.6)),
        ]
    return [
        *things,
        rectangle("island", 7.2, 2.0, 8.6, 3.0, 0.9),
        rectangle("island-2", 7.2, 4.4, 8.6, 5.4, 0.9),
        rectangle("till", 10.6, 2.0, 11.3, 5.0, 0.95),
    ]


def rectangle(
    name: str, left: float, top: float, right: float, bottom: float, height_m: float
) -> Furniture:
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Furniture(name, corners, float(height_m))


def view(
    name: View, seed: int, conditions: Conditions | None = None, plan: Plan = "rows"
) -> RenderedCamera:
    """A camera of 640x360 as it may hang in that place; the seed moves it about a little."""
    rng = np.random.default_rng([seed, 2])
    side = float(rng.uniform(-1.0, 1.0))
    poses = {
        "ceiling": Pose((6 + side, 7.0, 2.85), (6 + side, 3.4, 0.0), 85),
        "wall": Pose((0.2, 7.8, 2.5), (6.5 + side, 3.0, 0.9), 75),
        "entrance": Pose((9.5 + side, 4.1, 2.6), (9.5, 8.0, 0.8), 80),
        "shelf": Pose((11.8, 4.15, 2.2), (4.0, 3.9 + 0.3 * side, 1.0), 65),
    }
    room = Room(WIDTH, DEPTH, doors=(((8.6, DEPTH), (10.4, DEPTH)),), seed=seed)
    hour = float(rng.uniform(8, 20))
    return RenderedCamera(
        room, furnished(seed, plan), poses[name], conditions=conditions, hour=hour, seed=seed
    )


def crowd(seed: int, count: int, time_s: float = 0.0, plan: Plan = "rows") -> Scene:
    """People on the free floor, 0.6 m and more apart, as a shop sees them: most walk or stand,
    some reach, a few crouch, push carts or sit in wheelchairs; one in eight is a child."""
    rng = np.random.default_rng([seed, 3])
    taken = [np.array(t.polygon) for t in furnished(seed, plan)]
    figures: list[Figure] = []
    for _ in range(4000):
        if len(figures) == count:
            break
        x, y = float(rng.uniform(0.5, WIDTH - 0.5)), float(rng.uniform(0.9, DEPTH - 0.4))
        blocked = any(
            a[:, 0].min() - 0.3 < x < a[:, 0].max() + 0.3
            and a[:, 1].min() - 0.3 < y < a[:, 1].max() + 0.3
            for a in taken
        )
        if blocked or any(math.hypot(f.x - x, f.y - y) < 0.6 for f in figures):
            continue
        figures.append(_somebody(rng, len(figures) + 1, x, y))
    return Scene(time_s, tuple(figures))


def _somebody(rng: np.random.Generator, number: int, x: float, y: float) -> Figure:
    heading = float(rng.uniform(-math.pi, math.pi))
    child = rng.random() < 0.125
    height = float(rng.uniform(1.0, 1.45) if child else np.clip(rng.normal(1.65, 0.09), 1.45, 1.9))
    postures: tuple[Posture, ...] = ("walk", "stand", "reach", "crouch")
    posture = postures[int(rng.choice(4, p=[0.48, 0.32, 0.15, 0.05]))]
    loads = ("", "basket", "bag", "cart", "walker", "wheelchair")
    carries = "" if child else loads[int(rng.choice(6, p=[0.50, 0.22, 0.14, 0.08, 0.03, 0.03]))]
    if carries == "wheelchair":
        posture = "sit"
    target = None
    if posture == "reach":
        near = float(rng.uniform(0.4, 0.7))
        up = float(rng.uniform(0.4, 1.6))
        target = (x + near * math.cos(heading), y + near * math.sin(heading), up)
    return person(
        number, x, y, heading=heading, height_m=height, posture=posture, carries=carries,
        speed_mps=float(rng.uniform(0.5, 1.4)) if posture == "walk" else 0.0,
        gait_phase=float(rng.random()), reach_to=target, appearance=int(rng.integers(1 << 30)),
        kind="staff" if rng.random() < 0.1 else "browser",
    )  # fmt: skip
