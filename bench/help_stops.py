"""Long searches by the exact stops of everybody in the shop: what the judge of searches comes to
where no track errs, by ``search_odds``.

``python -m bench.help_stops SEED...`` plays an hour of the supermarket a seed, in which more people
than usual search, and hands the true stops of all shoppers to the judge as they end; then what
would tell more, of groups that search and of the others: how many have reached for nothing up to
their third stop, and what their ways are like. Without seeds those by which ``search_odds`` was
chosen. ``supermarket-3`` for a seed plays what ``bench/help.py`` plays: how many of those searches
a judge without errors of tracks would find. The seeds set aside for ``bench/help.py`` are refused.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np

from bench.help import ASIDE, PLAYS
from bench.help_shop import SHOPS, staged
from bench.seeds import told
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.world.people import Person as Shopper
from miseban.sim.world.simulation import Simulation
from miseban.space.help.people import Person, Stop
from miseban.space.help.searching import LEAST, Searches
from miseban.space.help.settings import HelpSettings
from miseban.vocabulary.shop import load_shop

CHOSEN = (4, 5)
SEARCH_ODDS = (4.0, 4.5, 5.0, 5.5, 6.0)
INCIDENT = {"kind": "long_search", "chance": 0.15}
HOUR_S = 3600.0
EARLY_S = 2.0
"""A call so long before the need says it began is of it."""
HANDS = ("reach", "crouch")
BACK_M = 3.0

Need = tuple[float, float]
Hour = list[tuple[Person, list[Stop], int, Need | None]]


def played(text: str) -> Simulation:
    """An hour from 10:00 on, by the seed or the play and seed of that name."""
    known, _, seed = text.rpartition("-")
    incidents, more_aids = [INCIDENT], 1.0
    if known:
        incidents, more_aids = list(PLAYS[known].incidents), PLAYS[known].more_aids
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "supermarket.toml"
        staged(SHOPS / file.name, file, incidents, more_aids)
        shop = load_shop(file)
        scenario = load_scenario(beside(file), shop).starting_at(time(10))
    sim = Simulation(shop, scenario, int(seed))
    sim.run_until(HOUR_S)
    return sim


def hour(sim: Simulation) -> Hour:
    """All its shoppers, with their stops, their group and its search, if any, in seconds."""
    needs = {need.person.group: need for need in sim.helps if need.kind == "long_search"}
    found: Hour = []
    for number, shopper in enumerate(sim.people):
        if shopper.staff or shopper.passing or len(shopper.trail.t) < 2:
            continue
        need = needs.get(shopper.group)
        person = Person(number, None, shopper.trail.start_s, HOUR_S, (0.0, 0.0))
        person.own_m = shopper.height_m
        span = None if need is None else (need.from_s, need.to_s or HOUR_S)
        found.append((person, list(stops(shopper, HelpSettings())), shopper.group, span))
    return found


def stops(shopper: Shopper, settings: HelpSettings) -> Iterator[Stop]:
    """Where the way, second by second, stays as near to one place as a stop does."""
    trail = shopper.trail
    at_s = np.arange(trail.start_s, trail.end_s)
    x, y = np.interp(at_s, trail.t, trail.x), np.interp(at_s, trail.t, trail.y)
    first = 0
    while first < len(at_s):
        last = first
        while (
            last + 1 < len(at_s)
            and np.hypot(x[last + 1] - x[first], y[last + 1] - y[first]) < settings.stop_m / 2
        ):
            last += 1
        if at_s[last] - at_s[first] >= settings.stop_s:
            xy = float(x[first]), float(y[first])
            yield Stop(float(at_s[first]), float(at_s[last]), xy, whole=True)
        first = last + 1


def curve(hours: Sequence[Hour], odds: float) -> tuple[int, int, int]:
    """Searches found, all of them, and calls for nothing, to which a second of a group belongs."""
    found = needs = nothing = 0
    for one in hours:
        searches, told = Searches(HelpSettings(search_odds=odds), 1.0), set[int]()
        answered = set[int]()
        ends = sorted(
            (
                (stop.to_s, person.key, stop, person, group, span)
                for person, all_stops, group, span in one
                for stop in all_stops
            ),
            key=lambda end: end[:2],
        )
        left = {person.key: len(all_stops) for person, all_stops, _, _ in one}
        for person, *_ in one:
            person.stops.clear()
        needs += len({group for *_, group, span in one if span is not None})
        for to_s, key, stop, person, group, span in ends:
            person.stops.append(stop)
            person.xy = stop.xy
            if key not in told and any(searches.look([person])):
                told.add(key)
                searched = span is not None and span[0] - EARLY_S <= to_s <= span[1]
                if searched and group not in answered:
                    answered.add(group)
                    found += 1
                else:
                    nothing += 1
            left[key] -= 1
            if not left[key]:
                searches.forget(person)
    return found, needs, nothing


@dataclass(frozen=True, slots=True)
class Way:
    """Of a group up to its third stop: whether a hand of any of it was at goods; in the median
    metres from one stop to the next and seconds of a stop of the first; and whether it came back to
    within ``BACK_M`` of a stop before the last."""

    reached: bool
    apart_m: float
    stop_s: float
    back: bool


def ways(sim: Simulation) -> Iterator[tuple[bool, Way]]:
    """Of each group whether it searches, and its way; those of fewer stops have none."""
    searching = {need.person.group for need in sim.helps if need.kind == "long_search"}
    groups: dict[int, list[Shopper]] = defaultdict(list)
    for shopper in sim.people:
        if not shopper.staff and not shopper.passing and len(shopper.trail.t) > 1:
            groups[shopper.group].append(shopper)
    for group, members in groups.items():
        first = list(stops(members[0], HelpSettings()))[:LEAST]
        if len(first) < LEAST:
            continue
        acts = [act for member in members for act in member.trail.acts if act.posture in HANDS]
        apart = [math.dist(one.xy, other.xy) for one, other in pairwise(first)]
        back = math.dist(first[0].xy, first[-1].xy) <= BACK_M
        yield (
            group in searching,
            Way(
                any(act.start_s <= first[-1].to_s for act in acts), median(apart),
                median(stop.to_s - stop.from_s for stop in first), back,
            ),
        )  # fmt: skip


def main(plays: Sequence[str]) -> None:
    """Prints the curve."""
    if any(int(text.rpartition("-")[2]) in ASIDE for text in plays):
        raise SystemExit(f"{told(ASIDE)} are kept for bench/help.py")
    sims = [played(text) for text in plays]
    hours = [hour(sim) for sim in sims]
    for odds in SEARCH_ODDS:
        found, needs, nothing = curve(hours, odds)
        print(f"search_odds {odds:g}: {found} of {needs} found, {nothing} for nothing", flush=True)
    known = [one for sim in sims for one in ways(sim)]
    for name, searching in (("search", True), ("do not", False)):
        mine = [way for which, way in known if which is searching]
        print(
            f"of {len(mine)} groups that {name}, up to the third stop "
            f"{sum(not way.reached for way in mine)} have reached for nothing and "
            f"{sum(way.back for way in mine)} come back; in the median "
            f"{median(way.apart_m for way in mine):.1f} m from stop to stop, "
            f"{median(way.stop_s for way in mine):.0f} s each"
        )


if __name__ == "__main__":
    main(sys.argv[1:] or [str(seed) for seed in CHOSEN])
