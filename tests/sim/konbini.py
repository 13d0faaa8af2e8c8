"""The shop and scenario kept in ``shops/``, as text to change and as checked objects."""

from __future__ import annotations

from pathlib import Path

from miseban.sim.scenario import Scenario
from miseban.sim.scenario.file import parse_scenario
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.shop import Shop, load_shop

SHOPS = Path(__file__).parents[2] / "shops"
SHOP_FILE = SHOPS / "konbini.toml"
SCENARIO_FILE = SHOPS / "konbini.scenario.toml"


def shop() -> Shop:
    return load_shop(SHOP_FILE)


def scenario_text(*changes: tuple[str, str]) -> str:
    """The scenario with pieces of text replaced; each piece must be there."""
    text = SCENARIO_FILE.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def scenario(*changes: tuple[str, str]) -> Scenario:
    return parse_scenario(scenario_text(*changes), shop(), "test.scenario.toml")


def simulated(seed: int, minutes: float, *changes: tuple[str, str]) -> Simulation:
    """The konbini after ``minutes``."""
    world = Simulation(shop(), scenario(*changes), seed)
    world.run_until(minutes * 60)
    return world


NOON = ("start = 2026-04-06T07:00:00", "start = 2026-04-06T12:00:00")
