"""Random rooms, furniture and camera poses: as different from each other as shops are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from miseban.sim.render import Conditions, Furniture, Pose, Room
from miseban.sim.state import Figure

Rng = np.random.Generator
Pair = tuple[float, float]
CLEAR_M = 0.30
"""Between somebody's middle and the furniture."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A room and what stands in it."""

    room: Room
    furniture: tuple[Furniture, ...]

    def free(self, x: float, y: float, clear_m: float = CLEAR_M) -> bool:
        """Whether somebody can stand there, metres on the floor."""
        room = self.room
        if not (clear_m < x < room.width_m - clear_m and clear_m < y < room.depth_m - clear_m):
            return False
        for thing in self.furniture:
            corners = np.array(thing.polygon)
            low, high = corners.min(axis=0) - clear_m, corners.max(axis=0) + clear_m
            if low[0] < x < high[0] and low[1] < y < high[1]:
                return False
        return True


def layout(rng: Rng) -> Layout:
    """A room of 5 to 16 m with gondolas in rows one way or the other, shelves along walls, low
    islands and counters; now and then an empty hall."""
    width, depth = (float(v) for v in rng.uniform((6.0, 5.0), (16.0, 12.0)))
    height = float(rng.uniform(2.6, 3.6))
    doors = _doors(rng, width, depth)
    room = Room(width, depth, height, doors, int(rng.integers(1 << 30)))
    things: list[Furniture] = []
    if rng.random() < 0.88:
        things += _gondolas(rng, width, depth)
        things += _along_walls(rng, width, depth)
    things += _islands(rng, width, depth, things)
    return Layout(room, tuple(things))


def pose(rng: Rng, place: Layout, somebody: Figure | None) -> Pose:
    """A camera high on a wall, under the ceiling, at a door, or at breast height on a shelf. With
    ``somebody`` it hangs near and looks at them."""
    room = place.room
    kind = rng.random()
    high = min(float(rng.uniform(2.0, 3.3)), room.height_m - 0.05)
    if kind < 0.22:
        high = float(rng.uniform(1.0, 2.0))
    field = float(rng.uniform(45, 105))
    if somebody is not None:
        for _ in range(30):
            far, turn = float(rng.uniform(1.0, 5.0)), float(rng.uniform(-math.pi, math.pi))
            x, y = somebody.x + far * math.cos(turn), somebody.y + far * math.sin(turn)
            if 0.1 < x < room.width_m - 0.1 and 0.1 < y < room.depth_m - 0.1:
                side, up = float(rng.normal(0, 0.5)), float(rng.uniform(0.3, 1.5))
                at = (somebody.x + side, somebody.y + float(rng.normal(0, 0.5)), up)
                return Pose((x, y, high), at, field, float(rng.normal(0, 3)))
    x, y = float(rng.uniform(0.1, room.width_m - 0.1)), float(rng.uniform(0.1, room.depth_m - 0.1))
    if kind < 0.75:  # at a wall
        if rng.random() < 0.5:
            x = float(rng.choice([0.15, room.width_m - 0.15]))
        else:
            y = float(rng.choice([0.15, room.depth_m - 0.15]))
    down = math.radians(float(rng.uniform(5, 40) if rng.random() < 0.5 else rng.uniform(25, 72)))
    middle = math.atan2(room.depth_m / 2 - y, room.width_m / 2 - x)
    turn = middle + float(rng.normal(0, 0.6))
    far = max(high - 0.9, 0.1) / math.tan(down)
    at = (x + far * math.cos(turn), y + far * math.sin(turn), 0.9 if high > 1.0 else high - 0.2)
    return Pose((x, y, high), at, field, float(rng.normal(0, 3)))


def conditions(rng: Rng) -> Conditions:
    """Mostly a decent camera; one picture in three has some fault."""
    return Conditions(
        low_light=float(rng.uniform(0, 0.6)) if rng.random() < 0.12 else 0.0,
        glare=float(rng.uniform(0, 0.6)) if rng.random() < 0.08 else 0.0,
        dirt=float(rng.uniform(0, 0.7)) if rng.random() < 0.08 else 0.0,
        noise=float(rng.uniform(0, 7)),
        sharpening=float(rng.uniform(0, 1)),
        jpeg_quality=int(rng.integers(40, 96)),
    )


def _doors(rng: Rng, width: float, depth: float) -> tuple[tuple[Pair, Pair], ...]:
    if rng.random() < 0.25:
        return ()
    wide = float(rng.uniform(1.2, 3.0))
    start = float(rng.uniform(0.3, width - wide - 0.3))
    y = depth if rng.random() < 0.7 else 0.0
    return (((start, y), (start + wide, y)),)


def _gondolas(rng: Rng, width: float, depth: float) -> list[Furniture]:
    """Rows of double shelves with aisles of 1.1 to 2.4 m, lengthwise or across, with gaps."""
    across = rng.random() < 0.5
    along, over = (depth, width) if across else (width, depth)
    things: list[Furniture] = []
    at = float(rng.uniform(1.2, 2.4))
    high = float(rng.uniform(1.1, 1.9))
    while at + 0.6 < over - 1.1:
        deep = float(rng.uniform(0.5, 1.0))
        start = float(rng.uniform(0.8, 2.2))
        while start < along - 1.8:
            end = min(start + float(rng.uniform(1.6, 5.0)), along - 0.9)
            if end - start > 0.8 and rng.random() < 0.85:
                name = f"gondola-{len(things)}"
                top = high + float(rng.normal(0, 0.08))
                if across:
                    things.append(_rectangle(name, at, start, at + deep, end, top))
                else:
                    things.append(_rectangle(name, start, at, end, at + deep, top))
            start = end + float(rng.uniform(1.1, 2.2))
        at += deep + float(rng.uniform(1.1, 2.4))
    return things


def _along_walls(rng: Rng, width: float, depth: float) -> list[Furniture]:
    top = float(rng.uniform(1.6, 2.3))
    walls = [
        _rectangle("wall-top", 0.8, 0.05, width - 0.8, 0.5, top),
        _rectangle("wall-left", 0.05, 0.9, 0.5, depth - 0.9, top),
        _rectangle("wall-right", width - 0.5, 0.9, width - 0.05, depth - 0.9, top),
    ]
    return [wall for wall in walls if rng.random() < 0.5]


def _islands(rng: Rng, width: float, depth: float, taken: list[Furniture]) -> list[Furniture]:
    """Counters and low tables where there is room."""
    boxes = [np.array(t.polygon) for t in taken]
    found: list[Furniture] = []
    for number in range(int(rng.integers(0, 5))):
        wide, deep = float(rng.uniform(0.6, 3.0)), float(rng.uniform(0.5, 1.1))
        if rng.random() < 0.5:
            wide, deep = deep, wide
        if wide > width - 1.2 or deep > depth - 1.2:
            continue
        x, y = (
            float(rng.uniform(0.5, width - wide - 0.5)),
            float(rng.uniform(0.5, depth - deep - 0.5)),
        )
        low, high = np.array([x, y]) - 0.8, np.array([x + wide, y + deep]) + 0.8
        if any((b.min(0) < high).all() and (b.max(0) > low).all() for b in boxes):
            continue
        thing = _rectangle(f"island-{number}", x, y, x + wide, y + deep, rng.uniform(0.7, 1.1))
        boxes.append(np.array(thing.polygon))
        found.append(thing)
    return found


def _rectangle(
    name: str, left: float, top: float, right: float, bottom: float, height_m: float
) -> Furniture:
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Furniture(name, corners, float(height_m))
