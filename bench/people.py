"""Staff and groups over unseen shop-days: people followed in pieces, as cameras lose them now and
then; and in the long run what a uniform adds, of which ``uniform`` is the short measure."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import time as clock
from math import comb
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.clothes import COLOURS, Looks, measured
from bench.result import Result
from bench.seeds import LONG, unseen
from miseban.learn.people.days import Day, Seen, looked_at, simulated
from miseban.sim.scenario.file import beside, load_scenario
from miseban.space.groups import GroupFinder
from miseban.space.staff import StaffJudge
from miseban.vocabulary.floor import FloorRows
from miseban.vocabulary.shop import Shop, load_shop

SHOPS = Path(__file__).parents[1] / "shops"
SEEDS = unseen(3, 10)
"""None of these was looked at while anything was made or chosen."""
HOURS = {"supermarket": ("08:00", 14.0), "konbini": ("00:00", 24.0)}
PIECES_S = {"whole": 1e9, "600": 600.0, "150": 150.0} if LONG else {"600": 600.0}
"""Nobody is lost; or somebody is every ten minutes on average, or every two and a half: a visit to
the supermarket is told in three pieces then, or in eight."""
CUES = tuple(COLOURS) if LONG else ()
"""Uniforms: what is told of them is drawn from what ``bench.clothes`` measures on drawn people. All
staff wear them; shoppers wear what they do there."""

Found = tuple[int, int, int]
"""Both, of the truth, of the result."""


class Cue:
    """What is seen of each visit's clothes: nothing in one visit of five. It is the same for as
    long as the visit lasts, right or wrong."""

    def __init__(self, days: Day, looks: Looks, seed: int) -> None:
        rng = np.random.default_rng(seed)
        n = len(days.staff)
        self._odds = np.where(days.staff, rng.choice(looks.worn, n), rng.choice(looks.other, n))
        self._seen = rng.random(n) < 0.8

    def uniform(self, visit: int) -> float | None:
        return float(self._odds[visit]) if self._seen[visit] else None


@dataclass(frozen=True, slots=True)
class Told:
    """Staff by visit and by person-second, for each of the cues or none; pairs of a group."""

    visits: dict[str, Found]
    seconds: dict[str, Found]
    pairs: Found
    judge_s: float
    finder_s: float
    steps: int


def run(repeats: int) -> list[Result]:
    del repeats  # the seeds repeat it
    results = []
    looks = {name: measured(name) for name in CUES}
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        days = {name: [workers.submit(_day, name, s, looks) for s in SEEDS] for name in HOURS}
        for name, done in days.items():
            told = [one.result() for one in done]
            for lost in PIECES_S:
                of = f"{len(told)} days of the {name} (seeds {SEEDS[0]} to {SEEDS[-1]}), "
                of += "nobody lost" if lost == "whole" else f"people lost every {lost} s"
                lost_so = [one[lost] for one in told]
                results += _results(f"{name}-{lost}", lost_so, of, strict=lost != "150")
    return results


def _day(name: str, seed: int, looks: Mapping[str, Looks]) -> dict[str, Told]:
    """What is told of a day, by how often people are lost."""
    since, hours = HOURS[name]
    shop = load_shop(SHOPS / f"{name}.toml")
    scenario = load_scenario(beside(SHOPS / f"{name}.toml"), shop)
    scenario = scenario.starting_at(clock.fromisoformat(since))
    day = simulated(shop, scenario, seed, hours * 3600)
    return {
        lost: _told(shop, looked_at(day, seed, hours * 3600, Seen(piece_s=s)), seed, looks)
        for lost, s in PIECES_S.items()
    }


def _told(shop: Shop, days: Day, seed: int, looks: Mapping[str, Looks]) -> Told:
    seconds = np.bincount(days.rows.visit, minlength=len(days.staff)).astype(np.float64)
    visits, spent, judge_s = {}, {}, 0.0
    for cue in ("", *CUES):
        judge = StaffJudge(shop, uniform=Cue(days, looks[cue], seed) if cue else None)
        begin = time.process_time()
        judge.update(days.rows)
        judge_s = judge_s or time.process_time() - begin
        staff = np.array([judge.role(v)[0] == "staff" for v in range(len(days.staff))])
        visits[cue] = found(days.staff, staff, np.ones(len(staff)))
        spent[cue] = found(days.staff, staff, seconds)
    finder = GroupFinder(shop)
    begin = time.process_time()
    group = _groups(finder, days.rows, len(days.staff))
    finder_s = time.process_time() - begin
    steps = int(days.rows.time_s[-1] - days.rows.time_s[0])
    return Told(visits, spent, _pairs(days, seconds, group), judge_s, finder_s, steps)


def _groups(finder: GroupFinder, rows: FloorRows, visits: int) -> NDArray[np.int64]:
    """The group of each visit two hours after it was last seen: later, nothing is revised."""
    last_s = np.zeros(visits)
    np.maximum.at(last_s, rows.visit, rows.time_s)
    group = np.arange(visits)
    for since_s in np.arange(0.0, rows.time_s[-1] + 600.0, 600.0).tolist():
        low, high = np.searchsorted(rows.time_s, (since_s, since_s + 600.0)).tolist()
        finder.update(rows.take(slice(low, high)))
        over = np.flatnonzero((last_s > since_s - 7800.0) & (last_s <= since_s - 7200.0))
        group[over] = [finder.group(visit) for visit in over.tolist()]
        for visit in over.tolist():
            finder.forget(visit)
    left = np.flatnonzero(last_s > since_s - 7200.0)
    group[left] = [finder.group(visit) for visit in left.tolist()]
    return group


def found(true: NDArray[np.bool_], said: NDArray[np.bool_], weight: NDArray[np.float64]) -> Found:
    """Of ``true`` and ``said`` (N,), with ``weight`` (N,) each."""
    both, a, b = (round(float(weight[one].sum())) for one in (true & said, true, said))
    return both, a, b


def _pairs(days: Day, seconds: NDArray[np.float64], group: NDArray[np.int64]) -> Found:
    """Over pairs of people: of each shopper the visit that lasted longest."""
    longest: dict[int, int] = {}
    for visit in np.argsort(seconds, kind="stable").tolist():
        if not days.staff[visit]:
            longest[int(days.person[visit])] = visit
    names = [(int(days.group[v]), int(group[v])) for v in longest.values()]
    both, true, found = Counter(names), Counter(a for a, _ in names), Counter(b for _, b in names)
    a, b, c = (sum(comb(n, 2) for n in side.values()) for side in (both, true, found))
    return a, b, c


def added(parts: Iterable[Found]) -> Found:
    """Their sum."""
    both, true, found = np.sum(list(parts), axis=0).tolist()
    return both, true, found


def _results(name: str, told: Sequence[Told], of: str, *, strict: bool) -> list[Result]:
    results = []
    for cue in told[0].visits:
        visits, spent = (added([one[cue] for one in part]) for part in (
            [t.visits for t in told], [t.seconds for t in told]
        ))  # fmt: skip
        with_cue = f", with a uniform in {cue}" if cue else ""
        note = f"{visits[1]:,} visits of staff, {visits[2] - visits[0]} others taken for staff, "
        note += f"{of}{with_cue}; by person-minutes {spent[0] / spent[2]:.3f}"
        by_time = f"the same; by person-minutes {spent[0] / spent[1]:.3f}"
        bars = (0.98, 0.95) if strict and not cue else (None, None)
        end = f"-{cue}" if cue else ""
        results += [
            _rate(f"staff-precision-{name}{end}", visits[0] / visits[2], note, bars[0]),
            _rate(f"staff-recall-{name}{end}", visits[0] / visits[1], by_time, bars[1]),
        ]
    pairs = added([one.pairs for one in told])
    note = f"pairs of one group: {pairs[0]:,} found of {pairs[1]:,}, "
    note += f"{pairs[2] - pairs[0]} others, {of}"
    f1 = 2 * pairs[0] / (pairs[1] + pairs[2])
    results.append(_rate(f"groups-f1-{name}", f1, note, 0.90 if strict else None))
    spent_s = sum(one.judge_s + one.finder_s for one in told) / sum(one.steps for one in told)
    # Eight cameras at five frames a second are forty steps.
    note = f"judge and finder, of a camera and step at 8 cameras and 5 frames a second, {of}"
    results.append(Result(f"people-speed-{name}", spent_s / 40 * 1000, "ms", note, 0.2))
    return results


def _rate(name: str, value: float, note: str, bar: float | None) -> Result:
    result = Result(name, value, "", note, bar, at_least=True)
    return result if bar is not None else replace(result, at_least=False)
