"""What the fusion of many cameras costs. How well it follows people: ``floor``."""

from __future__ import annotations

import time

from bench.large_floor import CELL_M, FPS, large_floor, seen, ways
from bench.result import Result
from miseban.space.fusion import FloorFusion

LARGE = (15, 10, 400, 30.0)
SMALL = (4, 2, 40, 60.0)
"""Cameras in a row, rows, people and seconds."""


def run(repeats: int) -> list[Result]:
    del repeats  # each step repeats it
    small, large = load(*SMALL), load(*LARGE)
    return [
        Result(
            "fusion-step", 1000 * small / (SMALL[0] * SMALL[1] * FPS), "ms",
            f"processor time a camera and step: {_what(SMALL)}", 1.0,
        ),
        Result(
            "fusion-large", large, "x",
            f"processor time over the length of the recording: {_what(LARGE)}", 1.0,
        ),
    ]  # fmt: skip


def _what(size: tuple[int, int, int, float]) -> str:
    return f"{size[0] * size[1]} cameras, {size[2]} people"


def load(columns: int, rows: int, people: int, seconds: float) -> float:
    """Seconds of processor time for a second of the recording, after a warm-up of a fifth."""
    shop = large_floor(columns, rows)
    way = ways(people, int(seconds * FPS), (columns * CELL_M, rows * CELL_M), seed=1)
    frames = seen(shop, way, seed=1)
    fusion, first = FloorFusion(shop), len(frames) // 5
    began = time.process_time()
    for k, frame in enumerate(frames):
        if k == first:
            began = time.process_time()
        until_s = (k + 1) / FPS
        for name, part in frame.items():
            fusion.update(name, part, until_s)
        fusion.advance(until_s)
        fusion.ended()
    return (time.process_time() - began) / ((len(frames) - first) / FPS)
