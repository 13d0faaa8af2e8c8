"""The empty room around everything: floor, walls, ceiling and door, ray by ray."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.sim.render.lens import Lens
from miseban.sim.render.light import Light
from miseban.sim.render.mesh import Floats

TILE_M = 0.6
DOOR_UP_M = 2.2
FLOORS = np.array([(0.74, 0.73, 0.70), (0.66, 0.60, 0.52), (0.60, 0.62, 0.64), (0.80, 0.78, 0.74)])
WALLS = np.array([(0.86, 0.85, 0.81), (0.80, 0.83, 0.85), (0.85, 0.80, 0.73)])


@dataclass(frozen=True, slots=True)
class Room:
    """Metres. ``doors`` are openings in the walls: two ends each, on the floor plan. ``seed``
    chooses floor, walls and goods."""

    width_m: float
    depth_m: float
    height_m: float = 2.9
    doors: tuple[tuple[tuple[float, float], tuple[float, float]], ...] = ()
    seed: int = 0

    @property
    def daylight_from(self) -> tuple[float, float] | None:
        """The middle of the first door, on the stage."""
        if not self.doors:
            return None
        (x1, y1), (x2, y2) = self.doors[0]
        return (x1 + x2) / 2, -(y1 + y2) / 2


def picture_of(room: Room, lens: Lens, size: tuple[int, int], light: Light) -> NDArray[np.uint8]:
    """The empty room through ``lens``: (H, W, 3) uint8 BGR of ``size`` (width, height).

    The eye must be inside the room; what it looks through a wall at is not drawn.
    """
    width, height = size
    x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    pixels = np.stack([x.ravel() * lens.width, y.ravel() * lens.height], axis=1)
    picture = np.empty((height * width, 3), np.uint8)
    for start in range(0, len(pixels), 1 << 17):  # in pieces, to spare memory
        rays = lens.rays(pixels[start : start + (1 << 17)]).astype(np.float32)
        seen = _hit(room, lens.eye.astype(np.float32), rays, light)
        picture[start : start + len(rays)] = (seen[:, ::-1] * 255 + 0.5).astype(np.uint8)
    return picture.reshape(height, width, 3)


def _hit(room: Room, eye: Floats, rays: Floats, light: Light) -> Floats:
    """Colours (N, 3) from 0 to 1, RGB, of the surfaces that the rays meet first."""
    low = np.array([0.0, -room.depth_m, 0.0], np.float32) - np.float32(1e-4)
    high = np.array([room.width_m, 0.0, room.height_m], np.float32) + np.float32(1e-4)
    safe = np.where(np.abs(rays) < 1e-9, 1e-9, rays)
    away = np.where(safe > 0, (high - eye) / safe, (low - eye) / safe)
    axis = np.argmin(away, axis=1)
    points = eye + rays * np.min(away, axis=1)[:, None]
    normals = np.zeros_like(rays)
    normals[np.arange(len(rays)), axis] = -np.sign(safe[np.arange(len(rays)), axis])
    ground = (axis == 2) & (normals[:, 2] > 0)
    above = (axis == 2) & (normals[:, 2] < 0)
    colour = np.empty_like(rays)
    rng = np.random.default_rng([room.seed, 0xF1])
    stone = FLOORS[rng.integers(len(FLOORS))]
    paint = WALLS[rng.integers(len(WALLS))]
    colour[:] = paint
    colour[ground] = _floor(points[ground], stone)
    wall = axis != 2
    colour[wall & (points[:, 2] < 0.10)] = (0.38, 0.38, 0.39)  # skirting board
    colour[above] = _ceiling(points[above])
    shaded = light.shade(points, normals, colour)
    for door in room.doors:
        opening = wall & (points[:, 2] < DOOR_UP_M) & _within(points, door)
        pane = 0.12 + 0.85 * light.daylight * (0.55 + 0.45 * points[opening, 2:3] / DOOR_UP_M)
        shaded[opening] = np.clip(pane * light.tint, 0, 1)
    return shaded


def _floor(points: Floats, stone: Floats) -> Floats:
    """Tiles that differ a little, and joints."""
    grid = points[:, :2] / TILE_M
    cell = np.floor(grid)
    speck = np.sin(cell[:, 0] * 12.9898 + cell[:, 1] * 78.233) * 43758.5453
    tone = 0.97 + 0.05 * (speck - np.floor(speck))
    edge = np.min(np.minimum(grid - cell, 1 - (grid - cell)), axis=1)
    tone = tone * np.where(edge < 0.012, 0.82, 1.0)
    result: Floats = stone * tone[:, None]
    return result


def _ceiling(points: Floats) -> Floats:
    """Panels, with rows of lamps."""
    across = np.abs((points[:, 1] / 3.2) % 1.0 - 0.5) * 3.2
    lamp = (across > 1.5) & (points[:, 0] % 2.4 < 1.8)
    panels = np.minimum(points[:, 0] % 0.6, points[:, 1] % 0.6) < 0.015
    tone = np.where(panels, 0.85, 1.0)
    colour = np.array([1.35, 1.35, 1.33]) * tone[:, None]
    colour[lamp] = 1.8  # shines by itself, whatever the light on it
    return colour


def _within(points: Floats, door: tuple[tuple[float, float], tuple[float, float]]) -> Floats:
    """Whether points of the walls lie between the two ends of the opening."""
    a, b = (np.array([x, -y]) for x, y in door)
    way = b - a
    length = float(way @ way)
    along = ((points[:, :2] - a) @ way) / max(length, 1e-9)
    off = np.linalg.norm(points[:, :2] - a - along[:, None] * way, axis=1)
    result: Floats = (along >= 0) & (along <= 1) & (off < 0.5)
    return result
