"""The chain of trust: ten simulated days of the kept konbini, seen by an imperfect eye, replayed
and scored by the truth."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.process import cost
from bench.result import Result
from miseban.insight.score.compare import score_folders
from miseban.insight.score.figures import Score

SHOP = Path(__file__).parents[1] / "shops" / "konbini.toml"
MINUTES = 1440
SEEDS = range(11, 21)
"""None of these was looked at while anything was made or chosen."""
BUSY = 20
"""Passages in an hour and direction: with fewer, a single error is more than the bar of 5 %."""

FEW = 100
"""Fewer stays than this say nothing about a bias: at a closed till, say."""


@dataclass(frozen=True, slots=True)
class Day:
    """What one seed gave: true and found passages of every hour and direction, and the score."""

    truth: Sequence[int]
    found: Sequence[int]
    score: Score


def run(repeats: int) -> list[Result]:
    del repeats  # the seeds repeat it
    with tempfile.TemporaryDirectory() as name:
        days = [_day(Path(name) / str(seed), seed) for seed in SEEDS]
    of = f"{len(days)} days of the konbini (seeds {SEEDS[0]} to {SEEDS[-1]}), default detector"
    return [*_entrance(days, of), *_dwell(days, of), *_queue(days, of)]


def _day(folder: Path, seed: int) -> Day:
    truth, result = folder / "truth", folder / "result"
    shop = ("--shop", str(SHOP))
    length = ("--minutes", str(MINUTES), "--seed", str(seed), "--detector", "default")
    cost("simulate", *shop, *length, "--out", str(truth))
    start = json.loads((truth / "summary.json").read_text("utf-8"))["start"]
    detected = truth / "detected.csv"
    cost("replay", str(detected), *shop, "--start", start, "--out", str(result))
    (truth / "tracks.csv").unlink()  # boxes are not compared here
    score = score_folders(truth, result)
    ways = [way for line in score.lines.values() for way in (line.in_, line.out)]
    hours = [hour for way in ways for hour in way.hours]
    return Day([hour.truth for hour in hours], [hour.result for hour in hours], score)


def _entrance(days: Sequence[Day], of: str) -> list[Result]:
    truth = np.concatenate([day.truth for day in days])
    error = np.abs(np.concatenate([day.found for day in days]) - truth)
    busy = truth >= BUSY
    relative = 100 * error[busy] / truth[busy]
    hours = f"hours and directions with {BUSY} passages or more ({busy.sum()} of {len(truth)})"
    total = f"{error.sum()} wrong of {truth.sum():,} passages in all, {error[~busy].sum()} of "
    total += f"{truth[~busy].sum()} in the other hours"
    return [
        Result(
            "trust-entrance", float(relative.mean()), "%", f"error of {hours}, {of}; {total}", 2.0
        ),
        Result("trust-entrance-worst", float(relative.max()), "%", "the worst of them", 5.0),
    ]


def _dwell(days: Sequence[Day], of: str) -> list[Result]:
    results = []
    for zone in days[0].score.zones:
        scores = [day.score.zones[zone] for day in days]
        bias = [s.dwell_s.relative_bias for s in scores if s.dwell_s is not None]
        each = np.array([100 * b for b in bias if b is not None])
        if not len(each):
            continue  # nobody was there
        truth = sum(s.visits.truth for s in scores)
        more = 100 * (sum(s.visits.result for s in scores) / truth - 1)
        note = f"dwell bias without its sign, {truth:,} stays, {of} ({each.mean():+.2f} % on "
        note += f"average, from {each.min():+.2f} to {each.max():+.2f} a day; {more:+.1f} % stays)"
        bar = 3.0 if truth >= FEW else None
        results.append(Result(f"trust-dwell-{zone}", float(abs(each.mean())), "%", note, bar))
    return results


def _queue(days: Sequence[Day], of: str) -> list[Result]:
    return [
        Result(
            f"trust-{queue}-length",
            100 * float(np.mean([day.score.queues[queue].exact for day in days])),
            "%",
            f"seconds with the true length of the queue, {of}",
        )
        for queue in days[0].score.queues
    ]
