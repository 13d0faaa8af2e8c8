"""One camera turned by 20 pixels, one whose clock jumps by 0.7 s, one that comes and goes, each by
itself and all at once: how soon each is told, and what becomes of the shop's totals."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.process import cost
from bench.result import Result
from miseban.insight.score.compare import score_folders
from miseban.journal.events_table import read_events
from miseban.vocabulary.events import CameraHealth

SHOP = Path(__file__).parents[1] / "shops" / "supermarket.toml"
SEEDS = range(11, 14)
"""None of these was looked at while anything was made or chosen."""
FROM_MINUTE, MINUTES, FAULT_S = "11:00", 45, 900.0
FAULTS = {
    # By the camera's focal length and tilt, 3.73 degrees are 20 pixels in the middle.
    "moved": f"aisles-west:nudge=3.73:from={FAULT_S:g}",
    "clock": f"produce:jump=0.7:from={FAULT_S:g}",
    "flapping": f"aisles-east:flap=15:from={FAULT_S:g}",
}
CASES: dict[str, tuple[str, ...]] = {
    "none": (),
    **{kind: (kind,) for kind in FAULTS},
    "together": tuple(FAULTS),
}


@dataclass(frozen=True, slots=True)
class Run:
    """What one seed gave: seconds until each fault was told (infinite: not at all), the other
    troubles told, and relative errors of the shop's totals."""

    told_s: dict[str, float]
    others: int
    visitors: float
    entrance: float


def run(repeats: int) -> list[Result]:
    del repeats  # the seeds repeat it
    results: list[Result] = []
    for case, kinds in CASES.items():
        with tempfile.TemporaryDirectory() as name:
            runs = [_run(Path(name) / str(seed), seed, kinds) for seed in SEEDS]
        results += _results(case, kinds, runs)
    return results


def _run(folder: Path, seed: int, kinds: Sequence[str]) -> Run:
    truth, result = folder / "truth", folder / "result"
    shop = ("--shop", str(SHOP))
    length = ("--minutes", str(MINUTES), "--from", FROM_MINUTE, "--seed", str(seed))
    faults = [word for kind in kinds for word in ("--fault", FAULTS[kind])]
    cost("simulate", *shop, *length, "--detector", "default", "--out", str(truth), *faults)
    start = json.loads((truth / "summary.json").read_text("utf-8"))["start"]
    detected = truth / "detected.csv"
    cost("replay", str(detected), *shop, "--start", start, "--out", str(result))
    (truth / "tracks.csv").unlink()  # boxes are not compared here
    wanted = {(FAULTS[kind].partition(":")[0], kind) for kind in kinds}
    told_s = dict.fromkeys(kinds, float("inf"))
    others = 0
    for event in read_events(result / "events.parquet", ["camera.health"]):
        if not isinstance(event, CameraHealth) or event.phase != "begins":
            continue
        if (event.camera, event.state) in wanted:
            since_s = event.time.timestamp() - datetime.fromisoformat(start).timestamp() - FAULT_S
            told_s[event.state] = min(told_s[event.state], since_s)
        else:
            others += 1
    score = score_folders(truth, result)
    visitors = score.visitors.visitors.relative_error if score.visitors else None
    entrance = score.lines["entrance"].in_.relative_error
    return Run(told_s, others, abs(visitors or 0.0), abs(entrance or 0.0))


def _results(case: str, kinds: Sequence[str], runs: Sequence[Run]) -> list[Result]:
    of = f"{len(runs)} seeds of the supermarket from {FROM_MINUTE}, {MINUTES} minutes"
    results = [
        Result(
            f"robust-{case}-told-{kind}",
            max(run.told_s[kind] for run in runs) / 60,
            "min",
            f"the longest until it was told, {FAULTS[kind]}, {of}",
            5.0,
        )
        for kind in kinds
    ]
    results.append(
        Result(
            f"robust-{case}-others",
            sum(run.others for run in runs) / len(runs),
            "",
            f"troubles told of cameras that are right, a run, {of}",
        )
    )
    for what in ("visitors", "entrance"):
        worst = 100 * max(getattr(run, what) for run in runs)
        note = f"the largest error of {what} in {of}"
        results.append(Result(f"robust-{case}-{what}", worst, "%", note, 3.0))
    return results
