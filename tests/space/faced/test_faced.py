"""Who stands before a facing: where facings are on the floor, and beside the true headings of a
simulated shop."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.sim.scenario.file import parse_scenario
from miseban.sim.world.simulation import Simulation
from miseban.space.faced import FacedWatch, fronts_of
from miseban.space.faced.watch import STOOD_S, stops
from miseban.vocabulary.events import VisitEnded
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.shop import Shop, load_shop, parse_shop

SHOPS = Path(__file__).parents[3] / "shops"
START = datetime(2026, 4, 7, tzinfo=UTC)
NEAR_M, TURNED_S = 1.3, 3
"""The truth: somebody who stands no farther from a facing, and looks at it for so many seconds."""


@pytest.fixture(scope="module")
def shop() -> Shop:
    return load_shop(SHOPS / "konbini.toml")


def visit(x: list[float], y: list[float], unit: str = "m", name: int = 1) -> VisitEnded:
    return VisitEnded.model_validate(
        {
            "id": "v", "time": START, "shop": "konbini", "camera": None, "started": START,
            "visit": f"{name:016x}", "t": [float(n) for n in range(len(x))], "x": x, "y": y,
            "unit": unit, "areas": [], "stitched": 1,
        }
    )  # fmt: skip


def watch(shop: Shop) -> FacedWatch:
    return FacedWatch(shop, EventIds(random.Random(1)))


@pytest.mark.parametrize("name", ["konbini", "supermarket"])
def test_facings_are_laid_where_they_are(name: str) -> None:
    there = load_shop(SHOPS / f"{name}.toml")
    text = (SHOPS / f"{name}.scenario.toml").read_text("utf-8")
    goods = Simulation(there, parse_scenario(text, there, name), 1).goods.places.values()
    fronts = fronts_of(there)
    assert {(one.shelf, one.facing) for one in goods} == set(fronts)
    for one in goods:
        front = fronts[one.shelf, one.facing]
        middle = front.side.start + front.side.along * (front.from_m + front.to_m) / 2
        assert math.dist(middle, one.front[:2]) < 0.1


def test_whoever_stops_there_faces_what_is_over_each_other_there_and_nothing_else(
    shop: Shop,
) -> None:
    fronts = fronts_of(shop)
    front = fronts["drinks", "cola"]
    x, y = front.side.start + front.side.along * (front.from_m + front.to_m) / 2
    nx, ny = front.side.out
    at = (float(x + 0.5 * nx), float(y + 0.5 * ny))
    way = [(at[0] + 4 - 0.5 * n, at[1]) for n in range(8)] + [at] * 8
    told = watch(shop).of(visit([p[0] for p in way], [p[1] for p in way]))
    here = {
        facing
        for (shelf, facing), other in fronts.items()
        if shelf == "drinks" and abs(other.from_m - front.from_m) < 0.1
    }
    assert "cola" in here
    assert here == {one.facing for one in told}
    assert {one.shelf for one in told} == {"drinks"}
    assert all(7.0 <= one.dwell_s <= 8.0 for one in told)
    assert {(one.time - START).total_seconds() for one in told} <= {7.0, 8.0}
    assert not watch(shop).of(visit([p[0] for p in way], [p[1] for p in way], "px"))


@settings(max_examples=50)
@given(st.floats(0.0, 11.0), st.floats(0.4, 2.6), st.integers(1, 20))
def test_who_does_not_stop_or_is_out_of_reach_faces_nothing(
    x: float, y: float, seconds: int
) -> None:
    there = load_shop(SHOPS / "konbini.toml")
    walks = [x + 0.8 * n for n in range(seconds)]
    assert watch(there).of(visit(walks, [y] * seconds)) == []
    stands = watch(there).of(visit([x] * seconds, [y] * seconds))
    if seconds - 1 < STOOD_S or y > 0.5 + 1.1:
        assert all(one.shelf != "drinks" for one in stands)
    assert len({one.facing for one in stands}) == len(stands)


def test_between_two_shelves_that_are_about_as_near_nobody_can_tell() -> None:
    """With an aisle of 0.9 m: in its middle neither side is told."""
    text = (SHOPS / "konbini.toml").read_text("utf-8")
    narrow = text.replace("[2.0, 2.5], [8.0, 2.5]", "[2.0, 1.4], [8.0, 1.4]")
    assert narrow != text
    there = parse_shop(narrow, "narrow.toml")
    at = [5.9] * 10
    assert watch(there).of(visit(at, [0.95] * 10)) == []
    assert watch(there).of(visit(at, [0.75] * 10)) != []


def test_where_nobody_was_seen_nobody_stood() -> None:
    """Forty seconds of which nothing is known, between two places three metres apart."""
    time_s = np.array([0.0, 1.0, 2.0, 42.0, 43.0, 44.0])
    xy = np.array([[0.0, 0], [1, 0], [2, 0], [5, 0], [6, 0], [7, 0]])
    assert not list(stops(time_s, xy))
    assert len(list(stops(np.arange(6.0), np.zeros((6, 2))))) == 1


def test_in_a_simulated_shop_most_of_what_is_told_is_true_and_most_is_told(shop: Shop) -> None:
    text = (SHOPS / "konbini.scenario.toml").read_text("utf-8")
    scenario = parse_scenario(text, shop, "konbini")
    simulation = Simulation(shop, scenario, 21)
    ways: defaultdict[int, list[tuple[float, float, float]]] = defaultdict(list)
    for second in range(2400):
        for one in simulation.scene(float(second)).figures:
            if one.kind != "staff":
                ways[one.id].append((one.x, one.y, one.heading))
    widths = {facing.key: facing.width_m for facing in scenario.facings}
    rng = np.random.default_rng(21)
    told, true = set(), set()
    for number, way in ways.items():
        x, y, heading = np.array(way).T
        seen = rng.normal(0, 0.05, (2, len(x))) + np.stack([x, y])
        for event in watch(shop).of(visit(seen[0].tolist(), seen[1].tolist(), name=number)):
            told.add((number, event.shelf, event.facing))
        still = np.append(np.hypot(np.diff(x), np.diff(y)) < 0.1, False)
        for key, place in simulation.goods.places.items():
            far = np.hypot(place.front[0] - x, place.front[1] - y)
            to = np.arctan2(place.front[1] - y, place.front[0] - x)
            off = np.abs((to - heading + np.pi) % (2 * np.pi) - np.pi)
            looks = still & (far < NEAR_M) & (off < np.arctan2(widths[key] / 2 + 0.1, far))
            if looks.sum() >= TURNED_S:
                true.add((number, place.shelf, place.facing))
    right = len(told & true)
    assert len(true) > 100
    assert right / len(told) > 0.85
    assert right / len(true) > 0.6
