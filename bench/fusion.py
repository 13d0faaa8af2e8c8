"""One floor from many cameras: how well people are followed across it, and what that costs."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import numpy as np

from bench.large_floor import CELL_M, FPS, large_floor, seen, ways
from bench.process import cost
from bench.result import Result
from miseban.insight.score.compare import score_folders
from miseban.insight.score.figures import FloorScore
from miseban.space.fusion import FloorFusion

SHOP = Path(__file__).parents[1] / "shops" / "supermarket.toml"
START, MINUTES = "10:00", 120
SEEDS = range(11, 14)
"""None of these was looked at while anything was made or chosen."""
LARGE = (15, 10, 400, 30.0)
SMALL = (4, 2, 40, 60.0)
"""Cameras in a row, rows, people and seconds."""


def run(repeats: int) -> list[Result]:
    del repeats  # the seeds repeat it
    with tempfile.TemporaryDirectory() as name:
        scores = [_floor(Path(name) / str(seed), seed) for seed in SEEDS]
    of = f"supermarket, eight cameras, {MINUTES} minutes from {START}, default detector, "
    of += f"seeds {SEEDS[0]} to {SEEDS[-1]}"
    hota = [100 * score.hota for score in scores]
    error = [score.error_m_median for score in scores if score.error_m_median is not None]
    visitors = [abs(score.visitors.relative_error or 0.0) * 100 for score in scores]
    counts = ", ".join(f"{s.visitors.result} of {s.visitors.truth}" for s in scores)
    small, large = _load(*SMALL), _load(*LARGE)
    return [
        Result(
            "fusion-hota", float(np.mean(hota)), "", f"HOTA on the floor, {of}", 75.0,
            at_least=True, details={str(s): h for s, h in zip(SEEDS, hota, strict=True)},
        ),
        Result("fusion-error", float(np.median(error)), "m", f"median error of places, {of}", 0.35),
        Result(
            "fusion-visitors", max(visitors), "%",
            f"unique visitors, the worst seed, {of} ({counts})", 3.0,
        ),
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


def _floor(folder: Path, seed: int) -> FloorScore:
    truth, result = folder / "truth", folder / "result"
    shop = ("--shop", str(SHOP))
    length = ("--minutes", str(MINUTES), "--from", START, "--seed", str(seed))
    cost("simulate", *shop, *length, "--detector", "default", "--out", str(truth))
    start = json.loads((truth / "summary.json").read_text("utf-8"))["start"]
    detected = truth / "detected.csv"
    cost("replay", str(detected), *shop, "--start", start, "--out", str(result))
    score = score_folders(truth, result).floor
    if score is None:
        raise RuntimeError("the result tells no places on the floor")
    return score


def _load(columns: int, rows: int, people: int, seconds: float) -> float:
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
