"""Fifty people who walk about a picture: the input of the tracker's and the zones' benchmarks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 1920, 1080
FPS = 10.0


def walkers(people: int, frames: int, seed: int = 1) -> NDArray[np.float64]:
    """Boxes (frames, people, 4), left, top, right, bottom in pixels: straight walks at up to
    6 pixels a frame that turn back at the picture's edges, with 1 pixel of jitter."""
    rng = np.random.default_rng(seed)
    size = np.stack([rng.uniform(40, 70, people), rng.uniform(110, 180, people)], axis=1)
    room = np.array([WIDTH, HEIGHT]) - size
    start = rng.uniform(0, 1, (people, 2)) * room
    velocity = rng.uniform(-6, 6, (people, 2))
    straight = start + velocity * np.arange(frames)[:, None, None]
    there_and_back = np.abs((straight - room) % (2 * room) - room)
    corner = there_and_back + rng.normal(0, 1, there_and_back.shape)
    return np.concatenate([corner, corner + size], axis=2)


def scores(people: int, frames: int, seed: int = 2) -> NDArray[np.float64]:
    """Detection scores (frames, people); one in ten is low, as behind an obstacle."""
    rng = np.random.default_rng(seed)
    low = rng.random((frames, people)) < 0.1
    return np.where(low, rng.uniform(0.15, 0.4, low.shape), rng.uniform(0.6, 0.95, low.shape))


def zone_polygons() -> NDArray[np.float64]:
    """Twenty hexagons (20, 6, 2) in five columns and four rows, in pixels."""
    angle = np.arange(6) * np.pi / 3
    hexagon = np.stack([np.cos(angle), np.sin(angle)], axis=1) * (170, 120)
    centres = [
        ((col + 0.5) * WIDTH / 5, (row + 0.5) * HEIGHT / 4) for row in range(4) for col in range(5)
    ]
    return np.round(np.array(centres)[:, None, :] + hexagon)
