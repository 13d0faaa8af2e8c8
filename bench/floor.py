"""One floor from many cameras: kept shops, seen by an imperfect eye, fused, and scored by the
truth; beside them the best that a single camera counts of the same lines and zones."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.process import cost
from bench.result import Result
from bench.seeds import LONG, told, unseen
from miseban.insight.score.compare import score_folders
from miseban.insight.score.figures import CountScore, FloorScore, Score
from miseban.vocabulary.shop import Shop, load_shop

SHOPS = Path(__file__).parents[1] / "shops"
SEEDS = unseen(1, 5)
"""None of these was looked at while anything was made or chosen."""
HOURS = {"supermarket": ("10:00", 120), "konbini": ("11:00", 180 if LONG else 90)}
FEW = 50
"""Fewer visits than this, over all seeds, say nothing about a rate."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one seed gave: the fused ``score``, and by camera those of it alone."""

    score: Score
    alone: Mapping[str, Score]

    @property
    def floor(self) -> FloorScore:
        """The figures of the floor."""
        assert self.score.floor is not None
        return self.score.floor


def run(repeats: int) -> list[Result]:
    del repeats  # the seeds repeat it
    results: list[Result] = []
    for name in HOURS:
        shop = load_shop(SHOPS / f"{name}.toml")
        with tempfile.TemporaryDirectory() as folder:
            runs = [_run(Path(folder) / str(seed), name, shop, seed) for seed in SEEDS]
        of = f"{name}, {len(runs)} times {HOURS[name][1]} min ({told(SEEDS)})"
        results += [*_floor(name, runs, of), *_counts(name, runs, shop, of)]
    return results


def _run(folder: Path, name: str, shop: Shop, seed: int) -> Run:
    truth = folder / "truth"
    plan = ("--shop", str(SHOPS / f"{name}.toml"))
    since, minutes = HOURS[name]
    length = ("--from", since, "--minutes", str(minutes), "--seed", str(seed))
    cost("simulate", *plan, *length, "--detector", "default", "--out", str(truth))
    start = json.loads((truth / "summary.json").read_text("utf-8"))["start"]
    detected = (str(truth / "detected.csv"), *plan, "--start", start)

    counts = folder / "counts"  # the truth without boxes: a single camera is compared by counts
    counts.mkdir()
    for file in truth.iterdir():
        if file.name not in ("tracks.csv", "detected.csv"):
            os.link(file, counts / file.name)

    def replayed(camera: str | None) -> Score:
        out = folder / (camera or "fused")
        cost("replay", *detected, *(("--camera", camera) if camera else ()), "--out", str(out))
        return score_folders(counts if camera else truth, out)

    counting = [c.id for c in shop.cameras if shop.lines_of(c.id) or shop.zones_of(c.id)]
    with ThreadPoolExecutor(os.cpu_count() or 1) as workers:
        fused, *each = workers.map(replayed, [None, *counting])
    shutil.rmtree(folder)
    return Run(fused, dict(zip(counting, each, strict=True)))


def _floor(name: str, runs: Sequence[Run], of: str) -> list[Result]:
    floors = [one.floor for one in runs]
    visitors = [one.score.visitors.visitors for one in runs if one.score.visitors is not None]
    truth = sum(v.truth for v in visitors)
    worst = max(abs(v.error) / max(1, v.truth) for v in visitors)
    note = f"unique visitors, error without its sign on average, {of}; {truth} in all, "
    note += f"the worst seed {worst:.1%}"
    errors = [100 * abs(v.error) / max(1, v.truth) for v in visitors]
    hota = [100 * f.hota for f in floors]
    parts = f"DetA {np.mean([f.det_a for f in floors]):.3f}, "
    parts += f"AssA {np.mean([f.ass_a for f in floors]):.3f}, "
    parts += f"{np.mean([f.pieces or 0 for f in floors]):.2f} visits a person"
    error = [f.error_m_median or 0.0 for f in floors]
    p90 = np.mean([f.error_m_p90 or 0.0 for f in floors])
    return [
        Result(f"floor-{name}-visitors", float(np.mean(errors)), "%", note, 3.0),
        Result(
            f"floor-{name}-hota", float(np.mean(hota)), "", f"HOTA on the floor, {of}; {parts}, "
            f"from {min(hota):.1f} to {max(hota):.1f}", 75.0, at_least=True,
        ),
        Result(
            f"floor-{name}-error", float(np.mean(error)), "m",
            f"median error of a place, {of}; 90 % within {p90:.2f} m", 0.35,
        ),
    ]  # fmt: skip


def _counts(name: str, runs: Sequence[Run], shop: Shop, of: str) -> list[Result]:
    """Passages, visits to areas and dwell: fused, and by the camera they are drawn on."""
    results: list[Result] = []
    fused, alone = [], []
    for line in shop.lines:
        if line.camera is None or not line.entrance:
            continue
        for one in runs:
            for way in ("in_", "out"):
                fused.append(getattr(one.score.lines[line.id], way))
                alone.append(getattr(one.alone[line.camera].lines[line.id], way))
    if fused:
        results.append(
            _beside(f"floor-{name}-entrance", "passages of the entrances", fused, alone, of)
        )
    fused, alone = [], []
    dwell: list[tuple[float, float, int]] = []
    for zone in shop.zones:
        if zone.camera is None or zone.kind == "private":
            continue
        ours = [one.score.zones[zone.id] for one in runs]
        theirs = [one.alone[zone.camera].zones[zone.id] for one in runs]
        fused += [z.visits for z in ours]
        alone += [z.visits for z in theirs]
        count = sum(z.visits.truth for z in ours)
        both = [(a.dwell_s, b.dwell_s) for a, b in zip(ours, theirs, strict=True)]
        bias = [
            (a.relative_bias, b.relative_bias) for a, b in both if a is not None and b is not None
        ]
        known = [(abs(a), abs(b)) for a, b in bias if a is not None and b is not None]
        if count >= FEW and known:
            dwell.append((*np.mean(known, axis=0).tolist(), count))
    results.append(_beside(f"floor-{name}-visits", "visits to zones", fused, alone, of))
    if dwell:
        weight = np.array([n for *_, n in dwell], float)
        ours_, theirs_ = (100 * np.average([d[k] for d in dwell], weights=weight) for k in (0, 1))
        note = f"dwell bias without its sign, {len(dwell)} zones with {FEW} visits or more, {of}; "
        note += f"by the best single camera {theirs_:.2f} %"
        results.append(Result(f"floor-{name}-dwell", float(ours_), "%", note, float(theirs_)))
    return results


def _beside(
    name: str, what: str, fused: Sequence[CountScore], alone: Sequence[CountScore], of: str
) -> Result:
    truth = sum(one.truth for one in fused)
    ours, theirs = (100 * sum(abs(o.error) for o in side) / truth for side in (fused, alone))
    note = f"{what} wrong of {truth:,}, {of}; by the best single camera {theirs:.2f} %"
    return Result(name, ours, "%", note, theirs)
