"""One camera turned by 20 pixels, one whose clock jumps by 0.7 s, one that comes and goes, each by
itself and all at once: how soon each is told, and what becomes of the shop's totals. And how soon a
turn is told of cameras beside which hardly any other looks."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.process import cost
from bench.result import Result
from bench.seeds import LONG, unseen
from miseban.insight.score.compare import score_folders
from miseban.insight.score.figures import CountScore
from miseban.journal.events_table import read_events
from miseban.vocabulary.events import CameraHealth

SHOP = Path(__file__).parents[1] / "shops" / "supermarket.toml"
SEEDS = unseen(2, 3)
"""None of these was looked at while anything was made or chosen."""
FROM_MINUTE, FAULT_S = "11:00", 900.0
MINUTES, ALONE_MINUTES = (45, 25) if LONG else (25, 21)
"""What is to be told within five minutes has at least six for it."""
FAULTS = {
    # By the camera's focal length and tilt, so many degrees are 20 pixels in the middle.
    "moved": f"aisles-west:nudge=3.73:from={FAULT_S:g}",
    "clock": f"produce:jump=0.7:from={FAULT_S:g}",
    "flapping": f"aisles-east:flap=15:from={FAULT_S:g}",
}
CASES: dict[str, tuple[str, ...]] = {
    "none": (),
    **{kind: (kind,) for kind in FAULTS},
    "together": tuple(FAULTS),
}
TOTALS = 0.03
ALONE = {
    "door": f"door:nudge=8.4:from={FAULT_S:g}",
    "tills": f"tills:nudge=4.19:from={FAULT_S:g}",
}


@dataclass(frozen=True, slots=True)
class Total:
    """A total's relative ``error``, without its sign, and whether its interval held the truth."""

    error: float
    held: bool


@dataclass(frozen=True, slots=True)
class Run:
    """What one seed gave: seconds until each fault was told (infinite: not at all), the other
    troubles told, and the shop's totals."""

    told_s: dict[str, float]
    others: int
    totals: dict[str, Total]


def run(repeats: int) -> list[Result]:
    del repeats  # the seeds repeat it
    results: list[Result] = []
    for case, kinds in CASES.items():
        runs = _seeds({kind: FAULTS[kind] for kind in kinds}, MINUTES)
        results += _results(case, kinds, runs)
    for camera, fault in ALONE.items():
        runs = _seeds({"moved": fault}, ALONE_MINUTES)
        of = f"{len(runs)} seeds of the supermarket from {FROM_MINUTE}, {ALONE_MINUTES} minutes"
        results.append(_told(f"robust-{camera}", "moved", fault, runs, of))
        results.append(_others(f"robust-{camera}", runs, of))
    return results


def _seeds(faults: Mapping[str, str], minutes: int) -> list[Run]:
    """A run of every seed, as many at once as there are processors; ``faults`` by their states."""
    with (
        tempfile.TemporaryDirectory() as name,
        ThreadPoolExecutor(os.cpu_count() or 1) as workers,
    ):
        return list(
            workers.map(lambda seed: _run(Path(name) / str(seed), seed, faults, minutes), SEEDS)
        )


def _run(folder: Path, seed: int, faults: Mapping[str, str], minutes: int) -> Run:
    truth, result = folder / "truth", folder / "result"
    shop = ("--shop", str(SHOP))
    length = ("--minutes", str(minutes), "--from", FROM_MINUTE, "--seed", str(seed))
    words = [word for fault in faults.values() for word in ("--fault", fault)]
    cost("simulate", *shop, *length, "--detector", "default", "--out", str(truth), *words)
    start = json.loads((truth / "summary.json").read_text("utf-8"))["start"]
    detected = truth / "detected.csv"
    cost("replay", str(detected), *shop, "--start", start, "--out", str(result))
    (truth / "tracks.csv").unlink()  # boxes are not compared here
    wanted = {(fault.partition(":")[0], state) for state, fault in faults.items()}
    told_s = dict.fromkeys(faults, float("inf"))
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
    summary = json.loads((result / "summary.json").read_text("utf-8"))
    assert score.visitors is not None
    visitors, passages = score.visitors.visitors, score.lines["entrance"].in_
    totals = {
        "visitors": _total(visitors, summary["visitors"]["visitors_95"]),
        "entrance": _total(passages, summary["lines"]["entrance"]["in"]),
    }
    return Run(told_s, others, totals)


def _total(count: CountScore, interval: Mapping[str, float] | None) -> Total:
    ends = (interval["low"], interval["high"]) if interval else (count.result, count.result)
    return Total(abs(count.relative_error or 0.0), ends[0] <= count.truth <= ends[1])


def _told(name: str, kind: str, fault: str, runs: Sequence[Run], of: str) -> Result:
    worst = max(run.told_s[kind] for run in runs) / 60
    note = f"the longest until it was told, {fault}, {of}"
    return Result(f"{name}-told-{kind}", worst, "min", note, 5.0)


def _others(name: str, runs: Sequence[Run], of: str) -> Result:
    often = sum(run.others for run in runs) / len(runs)
    note = f"troubles told of cameras that are right, a run, {of}"
    return Result(f"{name}-others", often, "", note)


def _results(case: str, kinds: Sequence[str], runs: Sequence[Run]) -> list[Result]:
    of = f"{len(runs)} seeds of the supermarket from {FROM_MINUTE}, {MINUTES} minutes"
    results = [_told(f"robust-{case}", kind, FAULTS[kind], runs, of) for kind in kinds]
    results.append(_others(f"robust-{case}", runs, of))
    for what in ("visitors", "entrance"):
        totals = [run.totals[what] for run in runs]
        worst = 100 * max(one.error for one in totals)
        note = f"the largest error of {what} in {of}; "
        note += f"{sum(one.held for one in totals)} of {len(totals)} intervals held the truth"
        results.append(Result(f"robust-{case}-{what}", worst, "%", note))
    untold = sum(one.error > TOTALS and not one.held for run in runs for one in run.totals.values())
    note = f"totals more than {TOTALS:.0%} off whose interval does not tell so, {of}"
    return [*results, Result(f"robust-{case}-untold", untold, "", note, 0)]
