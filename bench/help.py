"""Calls for help against the truth: over unseen days of the supermarket and the konbini, on which
nothing was tuned, as the simulated detector sees them.

``supermarket`` and ``konbini`` are played with every incident more often than it would happen, so
that there is something to find: falls, lost children and people who search come to some shoppers,
and people with aids as often as the scenario says, times ``MORE``. ``ordinary`` is the busy
supermarket as its scenario has it: that is where calls for nothing are counted. Both once more
with twice the cameras (``twice``, ``twice-ordinary``): what eight cannot see shows beside it.
Then how long a call takes to the phones of staff (``help_page.py``).

What each seed gave is printed as soon as it is known and kept in ``out/help`` for as long as the
sources stay the same, so that a run that was broken off goes on.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.help_page import pages
from bench.help_shop import DETECTED, TRUTH, simulated
from bench.process import cost
from bench.result import Result
from bench.seeds import told, unseen
from miseban.insight.score.compare import score_folders

SOURCES = Path(__file__).parents[1] / "src" / "miseban"
KEPT = Path("out") / "help"
SEEDS = unseen(2, 6, first=46)
"""None of these was looked at while anything was made or chosen."""
ASIDE = range(46, 52)
"""Nor is any of these to be, so that there are some next time; 1 to 45 were."""
INCIDENTS: tuple[dict[str, Any], ...] = (
    {"kind": "fall", "chance": 0.08, "lasts_s": [40.0, 120.0]},
    {"kind": "long_search", "chance": 0.06},
    {"kind": "slow_walk", "chance": 0.06},
    {"kind": "lost_child", "chance": 0.2},
)
MORE = 4.0
"""So many times as many people come with a walking frame or in a wheelchair."""
BARS = {"fall": 0.95, "aids": 0.95, "slow_walk": 0.85, "long_search": 0.85}
FALSE_AN_HOUR = 1.0


@dataclass(frozen=True, slots=True)
class Play:
    """``minutes`` of a ``shop`` from ``begins`` on, when it is empty."""

    shop: str
    begins: str
    minutes: int
    incidents: tuple[dict[str, Any], ...] = ()
    more_aids: float = 1.0
    twice: bool = False
    """Whether there are twice the cameras (``help_cameras``)."""


PLAYS = {
    "supermarket": Play("supermarket", "10:00", 60, INCIDENTS, MORE),
    "konbini": Play("konbini", "11:00", 120, INCIDENTS, MORE),
    "ordinary": Play("supermarket", "10:00", 60),
    "twice": Play("supermarket", "10:00", 60, INCIDENTS, MORE, twice=True),
    "twice-ordinary": Play("supermarket", "10:00", 60, twice=True),
}


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

    def __str__(self) -> str:
        return f"{self.matched} of {self.truth}, {self.result - self.matched} for nothing"


Kinds = Mapping[str, _Counts]


def run(repeats: int) -> list[Result]:
    """Recall by kind, calls for nothing an hour, and the way to the phones."""
    del repeats  # the seeds repeat it
    results: list[Result] = []
    with ThreadPoolExecutor(2) as workers:
        for name, play in PLAYS.items():
            done = workers.map(lambda seed: _kept(name, play, seed), SEEDS)  # noqa: B023
            results += _results(name, play, list(done))
    return [*results, *pages(SEEDS[0])]


def _kept(name: str, play: Play, seed: int) -> Kinds:
    """Of a seed: read where it was played before with these very sources, else played."""
    file = KEPT / _mark() / f"{name}-{seed}.json"
    if file.is_file():
        told = json.loads(file.read_text("utf-8"))
        kinds: Kinds = {kind: _Counts(**one) for kind, one in told.items()}
    else:
        with tempfile.TemporaryDirectory() as folder:
            kinds = _play(Path(folder), play, seed)
        file.parent.mkdir(parents=True, exist_ok=True)
        told_of = {kind: asdict(one) for kind, one in kinds.items()}
        file.write_text(json.dumps(told_of, indent=1) + "\n", "utf-8")
    by_kind = "; ".join(f"{kind} {one}" for kind, one in sorted(kinds.items()))
    print(f"{name}, seed {seed}: {by_kind}", flush=True)
    return kinds


def _mark() -> str:
    """Of the sources as they are."""
    found = hashlib.sha256()
    for path in sorted([*SOURCES.rglob("*.py"), *SOURCES.rglob("*.toml"), Path(__file__)]):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def _play(folder: Path, play: Play, seed: int) -> Kinds:
    length = (play.begins, play.minutes)
    shop = simulated(
        folder, play.shop, seed, *length, play.incidents, play.more_aids, twice=play.twice
    )
    truth, result = folder / TRUTH, folder / "result"
    start = json.loads((truth / "summary.json").read_text("utf-8"))["start"]
    detected = str(truth / DETECTED)
    cost("replay", detected, "--shop", str(shop), "--start", start, "--out", str(result))
    score = score_folders(truth, result).help
    assert score is not None
    return {
        kind: _Counts(one.truth, one.matched, one.result, one.in_time)
        for kind, one in score.kinds.items()
    }


def _results(name: str, play: Play, runs: Sequence[Kinds]) -> list[Result]:
    with_ = " with twice the cameras" if play.twice else ""
    of = f"{play.shop}{with_} from {play.begins}, {play.minutes} minutes, {told(SEEDS)}"
    kinds: dict[str, _Counts] = {}
    for one in runs:
        for kind, counts in one.items():
            group = "aids" if kind in ("wheelchair", "walking_aid") else kind
            kinds[group] = kinds.get(group, _Counts()).plus(counts)
    often = {kind: counts.result - counts.matched for kind, counts in kinds.items()}
    results = []
    for kind, counts in sorted(kinds.items()):
        if counts.truth:
            note = f"{counts.matched} of {counts.truth} found, {counts.in_time} within 10 s, "
            note += f"{often[kind]} calls for nothing, {of}"
            bar = BARS.get(kind) if play.incidents else None
            recall = counts.matched / counts.truth
            results.append(
                Result(f"help-{name}-{kind}", recall, "", note, bar, at_least=bar is not None)
            )
    hours = len(runs) * play.minutes / 60
    by_kind = ", ".join(f"{kind} {n}" for kind, n in Counter(often).most_common() if n) or "none"
    note = f"calls for nothing an hour ({by_kind} in {hours:g} h), {of}"
    bar = None if play.incidents else FALSE_AN_HOUR
    results.append(Result(f"help-{name}-false", sum(often.values()) / hours, "an hour", note, bar))
    return results
