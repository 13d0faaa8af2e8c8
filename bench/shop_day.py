"""A day of a shop as a tracks file: ten people at all times, walking, stopping and queueing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

WIDTH, HEIGHT = 1280, 720
FPS = 5
PEOPLE = 10
HOURS = 12.0

SHOP = f"""\
[shop]
id = "day"
name = "A day"
timezone = "Asia/Tokyo"
policy = "jp"
floor = {{ width_m = 16.0, depth_m = 9.0 }}

[[camera]]
id = "ceiling"
source = "usb:0"
resolution = [{WIDTH}, {HEIGHT}]
fps = {FPS}
floor_points = [
  {{ pixel = [0, 0], floor_m = [0.0, 0.0] }},
  {{ pixel = [1279, 0], floor_m = [16.0, 0.0] }},
  {{ pixel = [1279, 719], floor_m = [16.0, 9.0] }},
  {{ pixel = [0, 719], floor_m = [0.0, 9.0] }},
]

[[line]]
id = "entrance"
camera = "ceiling"
points = [[100, 0], [100, 719]]

[[line]]
id = "aisle"
camera = "ceiling"
points = [[640, 0], [640, 400]]

[[zone]]
id = "fruit"
kind = "area"
camera = "ceiling"
polygon = [[150, 40], [600, 40], [600, 340], [150, 340]]

[[zone]]
id = "drinks"
kind = "area"
camera = "ceiling"
polygon = [[660, 40], [1240, 40], [1240, 340], [660, 340]]

[[zone]]
id = "bread"
kind = "area"
camera = "ceiling"
polygon = [[150, 380], [600, 380], [600, 700], [150, 700]]

[[zone]]
id = "queue-1"
kind = "queue"
camera = "ceiling"
polygon = [[700, 420], [1000, 420], [1000, 640], [700, 640]]

[[zone]]
id = "counter-1"
kind = "counter"
camera = "ceiling"
polygon = [[1020, 420], [1240, 420], [1240, 640], [1020, 640]]

[[till]]
id = "till-1"
queue = "queue-1"
service = "counter-1"
"""


def write(folder: Path, hours: float = HOURS, seed: int = 1) -> tuple[Path, Path, int]:
    """Writes ``shop.toml`` and ``tracks.csv``; returns both paths and the number of rows."""
    rng = np.random.default_rng(seed)
    frames = int(hours * 3600 * FPS)
    xy = np.empty((frames, PEOPLE, 2))
    track = np.empty((frames, PEOPLE), np.int64)
    number = 0
    for place in range(PEOPLE):  # whoever leaves is followed by the next
        first = 0
        while first < frames:
            walk = _visit(rng)[: frames - first]
            xy[first : first + len(walk), place] = walk
            track[first : first + len(walk), place] = number
            first += len(walk)
            number += 1
    xy += rng.normal(0, 2, xy.shape)
    foot = xy.reshape(-1, 2).clip((30, 130), (WIDTH - 31, HEIGHT - 1))
    time_s = np.repeat(np.arange(frames) / FPS, PEOPLE)
    table = pa.table(
        {
            "camera": pa.array(["ceiling"] * len(foot)),
            "time_s": np.round(time_s, 3),
            "track": track.ravel(),
            "x1": np.round(foot[:, 0] - 25, 1),
            "y1": np.round(foot[:, 1] - 120, 1),
            "x2": np.round(foot[:, 0] + 25, 1),
            "y2": np.round(foot[:, 1], 1),
            "score": np.round(rng.uniform(0.5, 0.95, len(foot)), 2),
        }
    )
    shop, tracks = folder / "shop.toml", folder / "tracks.csv"
    shop.write_text(SHOP)
    with tracks.open("wb") as file:
        file.write((",".join(table.column_names) + "\n").encode())
        csv.write_csv(table, file, csv.WriteOptions(include_header=False, quoting_style="none"))
    return shop, tracks, len(foot)


def _visit(rng: np.random.Generator) -> NDArray[np.float64]:
    """One visit (N, 2), pixels at ``FPS``: in at the door, three to eight stops, the till, out."""
    stops = rng.uniform((150, 140), (1240, 400), (rng.integers(3, 9), 2))
    door, queue, till = (35.0, 400.0), (850.0, 530.0), (1130.0, 530.0)
    places = np.array([door, *stops, queue, till, (900.0, 690.0), (200.0, 690.0), door])
    pause_s = np.concatenate(
        [[0.0], rng.exponential(20, len(stops)), rng.exponential([60.0, 45.0]), [0.0, 0.0, 0.0]]
    )
    walk_s = np.linalg.norm(np.diff(places, axis=0), axis=1) / 80  # 1 m/s at 80 pixels a metre
    arrive = np.concatenate([[0.0], np.cumsum(walk_s + pause_s[:-1])])
    times = np.stack([arrive, arrive + pause_s], axis=1).ravel()
    steps = np.arange(0.0, times[-1], 1 / FPS)
    both = np.repeat(places, 2, axis=0)
    return np.stack([np.interp(steps, times, both[:, axis]) for axis in (0, 1)], axis=1)
