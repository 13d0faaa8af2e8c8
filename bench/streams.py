"""Six cameras of the simulated supermarket at once, each analysed in a process of its own with the
built-in detector: whether two cores keep up, against the length of the recordings."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.process import cost
from bench.result import CannotRunError, Result

SHOP = Path(__file__).parents[1] / "shops" / "supermarket.toml"
MINUTES, FPS, SEED = 1, 5, 3


def run(repeats: int) -> list[Result]:
    del repeats  # one minute is long enough
    if importlib.util.find_spec("panda3d") is None:
        raise CannotRunError("panda3d is not installed, which draws the pictures")
    with tempfile.TemporaryDirectory() as name:
        return [_together(Path(name))]


def _together(folder: Path) -> Result:
    cameras = _cameras()
    shown = [option for camera in cameras for option in ("--video", camera)]
    played = ("--from", "12:00", "--minutes", str(MINUTES), "--seed", str(SEED))
    truth = folder / "truth"
    cost("simulate", "--shop", str(SHOP), *played, *shown, "--video-fps", str(FPS),
         "--out", str(truth))  # fmt: skip
    began, busy = time.perf_counter(), os.times()
    running = [
        subprocess.Popen(
            [sys.executable, "-c", "from miseban.cli.app import main; main()", "analyze",
             str(truth / f"{camera}.mp4"), "--shop", str(SHOP), "--camera", camera,
             "--model", "person-small", "--out", str(folder / camera)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for camera in cameras
    ]  # fmt: skip
    try:
        failed = [one.wait() != 0 for one in running]
    finally:  # none goes on over a folder that is gone
        for one in running:
            one.kill()
            one.wait()
    if any(failed):
        raise CannotRunError(f"{sum(failed)} of {len(failed)} analyses failed")
    took, after = time.perf_counter() - began, os.times()
    spent = after.children_user + after.children_system - busy.children_user - busy.children_system
    note = f"{len(cameras)} streams of {FPS} frames a second, person-small, {MINUTES} min each, "
    note += f"against their length, start and report included; {spent / 60 / MINUTES:.2f} cores"
    share = took / (60 * MINUTES)
    return Result("streams", share, "x", note, 1.0, details={"processor_s": spent, "seconds": took})


def _cameras() -> tuple[str, ...]:
    from miseban.vocabulary.shop import load_shop

    return tuple(camera.id for camera in load_shop(SHOP).cameras)[:6]
