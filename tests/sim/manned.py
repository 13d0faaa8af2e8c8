"""Shops with people who work there, and things that go wrong."""

from __future__ import annotations

import re

from miseban.sim.scenario import Scenario
from miseban.sim.scenario.file import parse_scenario
from miseban.sim.world.simulation import Simulation
from tests.sim import grocery, konbini
from tests.sim.konbini import NOON

STOCKER = """
[[staff]]
id = "stocker"
zones = ["drinks", "bento"]
stop_s = [60.0, 240.0]
"""
CLERK = """
[[staff]]
id = "clerk"
till = "till-1"
at = [12.3, 4.1]
"""
POST = 12.25, 4.25
"""Where that clerk stands: the middle of the cell."""

FILLER = """
[[staff]]
id = "filler"
zones = ["drinks", "papers"]
back_room = [9.2, 0.8]
stop_s = [20.0, 60.0]

[[staff]]
id = "second"
zones = ["drinks"]
stop_s = [20.0, 60.0]
"""


def incident(kind: str, **keys: object) -> str:
    """One table."""
    lines = [f"{key} = {value!r}".replace("'", '"') for key, value in keys.items()]
    return "\n".join(["", "[[incident]]", f'kind = "{kind}"', *lines, ""])


EVERYTHING = (
    CLERK
    + incident("fall", chance=0.06, at_s=[600.0])
    + incident("long_search", chance=0.08, at_s=[200.0])
    + incident("lost_child", chance=0.5)
    + incident(
        "unmanned_counter", till="till-1", per_day=150.0, at_s=[400.0], lasts_s=[40.0, 100.0]
    )
)


def text(more: str, *changes: tuple[str, str]) -> str:
    """The konbini at noon without goods, with one who goes about, and with further tables."""
    kept = re.split(r"^(?=\[)", konbini.scenario_text(NOON), flags=re.MULTILINE)
    heads = ("[[staff]]", "[[incident]]", "[[facing]]", "[goods]")
    plain = "".join(part for part in kept if not part.startswith(heads)) + STOCKER + more
    for old, new in changes:
        assert old in plain, old
        plain = plain.replace(old, new)
    return plain


def scenario(more: str, *changes: tuple[str, str]) -> Scenario:
    """That scenario, checked."""
    return parse_scenario(text(more, *changes), konbini.shop(), "a.scenario.toml")


def simulated(seed: int, minutes: float, more: str, *changes: tuple[str, str]) -> Simulation:
    """That konbini from noon on, after ``minutes``."""
    world = Simulation(konbini.shop(), scenario(more, *changes), seed)
    world.run_until(minutes * 60)
    return world


def filled(seed: int, minutes: float, *changes: tuple[str, str]) -> Simulation:
    """The grocery with staff who fill its shelves, after ``minutes``."""
    words = grocery.scenario_text(*changes, per_hour=120) + FILLER
    world = Simulation(
        grocery.shop(), parse_scenario(words, grocery.shop(), "grocery.scenario.toml"), seed
    )
    world.run_until(minutes * 60)
    return world
