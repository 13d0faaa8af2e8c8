"""A floor for a measurement: many cameras above a grid, and people who walk about under them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.sim.projection import FloorView
from miseban.sim.seen.views import FlatView
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]

FPS = 5.0
CELL_M = 5.0
"""Cameras hang so far apart; each sees a metre and a half of its neighbours' cells."""
EDGE_M = 5.0  # of the plan around them
SIZE = (640, 480)
JITTER = 0.02  # of a box's place, in its heights
FOUND = 0.9  # of the boxes


def large_floor(columns: int, rows: int) -> Shop:
    """A shop of ``columns`` times ``rows`` cameras."""
    width, height = SIZE
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    cameras = []
    for k in range(columns * rows):
        x, y = (k % columns) * CELL_M + EDGE_M, (k // columns) * CELL_M + EDGE_M
        # A picture sees a wider strip far away, at its upper edge, than near by.
        far, near = CELL_M + 1.5, CELL_M / 2 + 0.5
        middle = x + CELL_M / 2
        floor = [
            (middle - far, y - 1.5),
            (middle + far, y - 1.5),
            (middle + near, y + CELL_M + 1.5),
            (middle - near, y + CELL_M + 1.5),
        ]
        points = [
            {"pixel": [float(u), float(v)], "floor_m": [float(a), float(b)]}
            for (u, v), (a, b) in zip(corners, floor, strict=True)
        ]
        name = f"c{k}"
        one = {"id": name, "source": f"sim:{name}", "resolution": list(SIZE), "fps": FPS}
        cameras.append({**one, "floor_points": points})
    plan = {"width_m": columns * CELL_M + 2 * EDGE_M, "depth_m": rows * CELL_M + 2 * EDGE_M}
    shop = {"id": "large", "timezone": "UTC", "policy": "strict", "floor": plan}
    return Shop.checked({"shop": shop, "camera": cameras}, where="bench")


def ways(people: int, frames: int, size_m: tuple[float, float], seed: int) -> Floats:
    """(people, frames, 2) where everybody is: from one place to another at a walk, with stops."""
    rng = np.random.default_rng(seed)
    place = rng.uniform(0, size_m, (people, 2))
    goal, stop = rng.uniform(0, size_m, (people, 2)), rng.integers(0, 50, people)
    speed = rng.uniform(0.5, 1.3, people) / FPS
    found = np.empty((people, frames, 2))
    for frame in range(frames):
        found[:, frame] = place
        to = goal - place
        far = np.hypot(*to.T)
        step = np.where(stop > 0, 0.0, np.minimum(speed, far))
        place = place + to * (step / np.maximum(far, 1e-9))[:, None]
        arrived = (far < 0.01) & (stop == 0)
        stop = np.where(arrived, rng.integers(10, 100, people), np.maximum(stop - 1, 0))
        near = place + rng.normal(0, 6.0, (people, 2))
        goal = np.where(arrived[:, None], np.clip(near, 0, size_m), goal)
    return found + EDGE_M


def seen(shop: Shop, way: Floats, seed: int) -> list[dict[str, TrackRows]]:
    """Frame by frame, what each camera's tracker tells; a track ends where somebody goes."""
    rng = np.random.default_rng(seed)
    people, frames, _ = way.shape
    by_frame: list[dict[str, TrackRows]] = [{} for _ in range(frames)]
    for k, camera in enumerate(shop.cameras):
        view = FlatView(FloorView(camera))
        flat = way.transpose(1, 0, 2).reshape(-1, 2)
        xyxy = view.look(flat, np.full(len(flat), 1.7)).xyxy
        there = np.flatnonzero(np.isfinite(xyxy[:, 0]) & (rng.random(len(flat)) < FOUND))
        tall = (xyxy[there, 3] - xyxy[there, 1])[:, None]
        boxes = xyxy[there] + np.tile(rng.normal(0, JITTER, (len(there), 2)) * tall, 2)
        frame, who = there // people, there % people
        cut = np.searchsorted(frame, np.arange(frames + 1))
        for f in range(frames):
            part = slice(int(cut[f]), int(cut[f + 1]))
            n = part.stop - part.start
            by_frame[f][camera.id] = TrackRows(
                np.full(n, f / FPS),
                who[part] + 1000 * (k + 1),
                boxes[part],
                np.full(n, 0.8),
                np.full(n, f + 1),
            )
    return by_frame
