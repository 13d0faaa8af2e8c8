"""Who faces a shelf: what is told of where people stop, beside the headings of simulated people, in
the two shops that come with the project."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.result import Result
from bench.seeds import told, unseen
from miseban.sim.scenario.file import parse_scenario
from miseban.sim.world.simulation import Simulation
from miseban.space.faced import FacedWatch, fronts_of
from miseban.vocabulary.events import VisitEnded
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.shop import Shop, load_shop

SHOPS = Path(__file__).parents[1] / "shops"
NAMES = ("konbini", "supermarket")
FIRST = 31
LENGTH_S = 3600
OFF_M = 0.1
"""Each place is off by so much, each second anew (standard deviation along both axes)."""
NEAR_M, TURNED_S = 1.3, 3
"""The truth: somebody who stands no farther from a facing, and looks at it for so many seconds."""
BESIDE_M = 0.1
"""Who looks so far beside a facing still looks at it."""
STANDS_MPS = 0.1
START = datetime(2026, 4, 7, tzinfo=UTC)

Told = set[tuple[int, int, str, str]]
"""Seed, person, shelf and facing."""
Way = NDArray[np.float64]


def run(repeats: int) -> list[Result]:
    del repeats  # seeds repeat it
    seeds = unseen(1, 3, FIRST)
    results = []
    for name in NAMES:
        shop = load_shop(SHOPS / f"{name}.toml")
        found, true = Told(), Told()
        off_cm, laid, of = 0.0, 0, 0
        for seed in seeds:
            simulation = _simulation(shop, name, seed)
            off_cm, laid, of = _laid(shop, simulation)
            played(shop, simulation, seed, found, true)
        note = f"{name}, {told(seeds)}, {LENGTH_S / 3600:g} h each, places off by {OFF_M:g} m"
        shelves = [{one[:3] for one in side} for side in (found, true)]
        results += [
            Result(f"faced-{name}-laid", off_cm, "cm",
                   f"{laid} of {of} facings laid on the floor, the worst off by so much"),
            Result(f"faced-{name}-precision", _share(found & true, found), "",
                   f"of a visit and a facing, {len(true)} true, {len(found)} told; {note}"),
            Result(f"faced-{name}-recall", _share(found & true, true), "", "the same"),
            Result(f"faced-{name}-shelf-precision", _share(shelves[0] & shelves[1], shelves[0]),
                   "", f"of a visit and a shelf, {len(shelves[1])} true; {note}"),
            Result(f"faced-{name}-shelf-recall", _share(shelves[0] & shelves[1], shelves[1]), "",
                   "the same"),
        ]  # fmt: skip
    return results


def _share(some: set[tuple[int, int, str]] | Told, of: set[tuple[int, int, str]] | Told) -> float:
    return len(some) / max(1, len(of))


def _simulation(shop: Shop, name: str, seed: int) -> Simulation:
    text = (SHOPS / f"{name}.scenario.toml").read_text("utf-8")
    return Simulation(shop, parse_scenario(text, shop, name), seed)


def _laid(shop: Shop, simulation: Simulation) -> tuple[float, int, int]:
    """By how many centimetres the worst facing is off that is laid, how many are, of how many."""
    fronts, worst = fronts_of(shop), 0.0
    places = list(simulation.goods.places.values())
    for place in places:
        front = fronts.get((place.shelf, place.facing))
        if front is not None:
            middle = front.side.start + front.side.along * (front.from_m + front.to_m) / 2
            worst = max(worst, float(np.hypot(*(middle - np.array(place.front[:2])))))
    return 100 * worst, len(fronts), len(places)


def played(shop: Shop, simulation: Simulation, seed: int, found: Told, true: Told) -> None:
    """Adds an hour of what is told to ``found`` and of what is so to ``true``."""
    watch = FacedWatch(shop, EventIds(random.Random(seed)))
    widths = {facing.key: facing.width_m for facing in simulation.scenario.facings}
    rng = np.random.default_rng(seed)
    for person, (times, way) in _ways(simulation).items():
        seen = way[:, :2] + rng.normal(0, OFF_M, (len(way), 2))
        for event in watch.of(_visit(shop, person, times, seen)):
            found.add((seed, person, event.shelf, event.facing))
        for key, place in simulation.goods.places.items():
            if _looked_s(way, np.array(place.front[:2]), widths[key]) >= TURNED_S:
                true.add((seed, person, place.shelf, place.facing))


def _ways(simulation: Simulation) -> dict[int, tuple[list[int], Way]]:
    """By person, staff left out: the seconds, and (N, 3) where they were and where they looked."""
    times: defaultdict[int, list[int]] = defaultdict(list)
    ways: defaultdict[int, list[tuple[float, float, float]]] = defaultdict(list)
    for second in range(LENGTH_S):
        for one in simulation.scene(float(second)).figures:
            if one.kind != "staff":
                times[one.id].append(second)
                ways[one.id].append((one.x, one.y, one.heading))
    return {person: (times[person], np.array(way)) for person, way in ways.items()}


def _looked_s(way: Way, front: NDArray[np.float64], width_m: float) -> int:
    """For how many seconds somebody stood near ``front`` (2,), the middle of a facing, and looked
    at it."""
    x, y, heading = way.T
    still = np.append(np.hypot(np.diff(x), np.diff(y)) < STANDS_MPS, False)
    far = np.hypot(front[0] - x, front[1] - y)
    to = np.arctan2(front[1] - y, front[0] - x)
    off = np.abs((to - heading + np.pi) % (2 * np.pi) - np.pi)
    return int((still & (far < NEAR_M) & (off < np.arctan2(width_m / 2 + BESIDE_M, far))).sum())


def _visit(shop: Shop, person: int, times: list[int], seen: Way) -> VisitEnded:
    return VisitEnded.model_validate(
        {
            "id": "v", "time": START, "shop": shop.shop.id, "camera": None, "started": START,
            "visit": f"{person:016x}", "t": [float(second) for second in times],
            "x": seen[:, 0].tolist(), "y": seen[:, 1].tolist(), "unit": "m", "areas": [],
            "stitched": 1,
        }
    )  # fmt: skip
