"""Calls for help against the truth: over unseen days of the supermarket and the konbini, on which
nothing was tuned, as the simulated detector sees them. Every incident of the scenario happens more
often than it would, so that there is something to find; all else is as it is.

Falls, lost children and people who search come to some shoppers; people with aids come as often as
the scenario says, times ``MORE``.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from bench.process import cost
from bench.result import Result
from bench.seeds import LONG, told, unseen
from miseban.insight.score.compare import score_folders
from miseban.sim.scenario.file import beside

SHOPS = Path(__file__).parents[1] / "shops"
SEEDS = unseen(2, 10)
"""None of these was looked at while anything was made or chosen."""
PLAYED = {"supermarket": ("10:00", 120 if LONG else 60), "konbini": ("11:00", 240)}
"""When it begins, in an empty shop, and how many minutes are played."""
INCIDENTS: tuple[dict[str, Any], ...] = (
    {"kind": "fall", "chance": 0.08, "lasts_s": [40.0, 120.0]},
    {"kind": "long_search", "chance": 0.06},
    {"kind": "slow_walk", "chance": 0.06},
    {"kind": "lost_child", "chance": 0.2},
)
MORE = 4.0
"""So many times as many people come with a walking frame or in a wheelchair."""
AIDS = ("walker", "wheelchair")
BARS = {"fall": 0.95, "aids": 0.95, "slow_walk": 0.85, "long_search": 0.85}
FALSE_AN_HOUR = 1.0


@dataclass(frozen=True, slots=True)
class _Counts:
    """Of one kind: needs, those found, calls in all; and those found within ten seconds."""

    truth: int = 0
    matched: int = 0
    result: int = 0
    in_time: int = 0

    def plus(self, other: _Counts) -> _Counts:
        """Both together."""
        return _Counts(
            self.truth + other.truth,
            self.matched + other.matched,
            self.result + other.result,
            self.in_time + other.in_time,
        )


@dataclass(frozen=True, slots=True)
class _Played:
    kinds: Mapping[str, _Counts]
    hours: float


def run(repeats: int) -> list[Result]:
    """Recall by kind and calls for nothing an hour."""
    del repeats  # the seeds repeat it
    results: list[Result] = []
    for name, (begins, minutes) in PLAYED.items():
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as workers:
            done = workers.map(
                lambda seed: _play(Path(folder) / str(seed), name, seed, begins, minutes),  # noqa: B023
                SEEDS,
            )
            runs = list(done)
        results += _results(name, runs, f"{name} from {begins}, {minutes} minutes, {told(SEEDS)}")
    return results


def _play(folder: Path, name: str, seed: int, begins: str, minutes: int) -> _Played:
    folder.mkdir()
    shop = folder / f"{name}.toml"
    staged(SHOPS / f"{name}.toml", shop, INCIDENTS, MORE)
    truth, result = folder / "truth", folder / "result"
    length = ("--minutes", str(minutes), "--from", begins, "--seed", str(seed))
    cost("simulate", "--shop", str(shop), *length, "--detector", "default", "--out", str(truth))
    start = json.loads((truth / "summary.json").read_text("utf-8"))["start"]
    detected = str(truth / "detected.csv")
    cost("replay", detected, "--shop", str(shop), "--start", start, "--out", str(result))
    (truth / "tracks.csv").unlink()  # boxes are not compared here
    score = score_folders(truth, result).help
    assert score is not None
    kinds: dict[str, _Counts] = {
        kind: _Counts(one.truth, one.matched, one.result, one.in_time)
        for kind, one in score.kinds.items()
    }
    return _Played(kinds, minutes / 60)


def staged(
    source: Path, target: Path, incidents: Iterable[Mapping[str, Any]], more_aids: float
) -> None:
    """A copy of the shop and its scenario with help switched on, ``incidents`` besides its own, and
    more people with aids."""
    shop = tomlkit.parse(source.read_text("utf-8"))
    if "help" not in shop:
        shop["help"] = tomlkit.table()
    target.write_text(tomlkit.dumps(shop), "utf-8")
    scenario = tomlkit.parse(beside(source).read_text("utf-8"))
    kinds: Any = scenario["kind"]
    for kind in kinds:
        if kind.get("carries") in AIDS:
            kind["share"] = float(kind["share"]) * more_aids
    tables: Any = scenario.setdefault("incident", tomlkit.aot())
    small = any(kind.get("height_m", [1.5])[0] < 1.4 for kind in kinds)
    for incident in incidents:
        if incident["kind"] != "lost_child" or small:
            table = tomlkit.table()
            table.update(incident)
            tables.append(table)
    beside(target).write_text(tomlkit.dumps(scenario), "utf-8")


def _results(name: str, runs: Sequence[_Played], of: str) -> list[Result]:
    total: Counter[str] = Counter()
    kinds: dict[str, _Counts] = {}
    for one in runs:
        for kind, counts in one.kinds.items():
            group = "aids" if kind in ("wheelchair", "walking_aid") else kind
            kinds[group] = kinds.get(group, _Counts()).plus(counts)
            total[group] += counts.result - counts.matched
    hours = sum(one.hours for one in runs)
    results = []
    for kind, counts in sorted(kinds.items()):
        if counts.truth:
            note = f"{counts.matched} of {counts.truth} found, {counts.in_time} within 10 s, "
            note += f"{total[kind]} calls for nothing, {of}"
            recall = counts.matched / counts.truth
            bar = BARS.get(kind)
            results.append(
                Result(f"help-{name}-{kind}", recall, "", note, bar, at_least=bar is not None)
            )
    often = sum(total.values()) / hours
    by_kind = ", ".join(f"{kind} {n}" for kind, n in sorted(total.items()) if n) or "none"
    note = f"calls for nothing an hour ({by_kind} in {hours:g} h), {of}"
    results.append(Result(f"help-{name}-false", often, "an hour", note, FALSE_AN_HOUR))
    return results
