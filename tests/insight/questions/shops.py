"""A simulated morning in a journal, and little journals made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from miseban.insight.questions import QUESTIONS, Answer, answer
from miseban.journal.journal import Journal
from miseban.journal.reader import JournalReader
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.truth.events import truth
from miseban.sim.truth.goods import goods_events
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.events import Event
from miseban.vocabulary.shop import Shop, load_shop, parse_shop

SHOPS = Path(__file__).parents[3] / "shops"
MORNING_S = 2 * 3600.0
LATER = datetime(2027, 1, 1, tzinfo=UTC)


@cache
def konbini() -> Shop:
    return load_shop(SHOPS / "konbini.toml")


@cache
def morning() -> tuple[datetime, list[Event]]:
    """When it begins, and the exact events of two hours of the konbini."""
    shop = konbini()
    simulation = Simulation(shop, load_scenario(beside(SHOPS / "konbini.toml"), shop), 1)
    simulation.run_until(MORNING_S)
    known = truth(shop, simulation.people, simulation.start, MORNING_S, 1)
    goods = goods_events(simulation.goods, shop, known.visits, simulation.start, MORNING_S, 1)
    return simulation.start, known.joined(goods).events


@dataclass(frozen=True)
class Place:
    """A journal and its shop."""

    shop: Shop
    reader: JournalReader

    def ask(self, question: str, since: datetime, until: datetime, **more: Any) -> Answer:
        told = {"question": question, "since": since, "until": until, **more}
        return answer(QUESTIONS.validate_python(told), self.shop, self.reader)


def kept(folder: Path, shop: Shop, events: Sequence[Event], *, compacted: bool = True) -> Place:
    journal = Journal.open(
        folder, shop=shop.shop.id, timezone=shop.shop.timezone, rollups=RollupKeeper()
    )
    journal.append(events)
    if compacted:
        journal.compact(LATER)
    journal.close()
    return Place(shop, JournalReader(folder))


SMALL = """
[shop]
id = "small"
timezone = "{zone}"
policy = "jp"
empty = [{empty}]
[[camera]]
id = "door"
source = "usb:0"
resolution = [640, 360]
[[line]]
id = "entrance"
camera = "door"
points = [[0, 100], [300, 100]]
[[zone]]
id = "milk"
kind = "area"
camera = "door"
polygon = [[0, 0], [50, 0], [50, 50]]
[[zone]]
id = "queue"
kind = "queue"
camera = "door"
polygon = [[100, 0], [150, 0], [150, 50]]
[[shelf]]
id = "milk"
camera = "door"
[[shelf.facing]]
id = "a"
gtin = "2101000010001"
polygon = [[0, 0], [50, 0], [50, 50]]
capacity = 9
"""


def small(zone: str = "Asia/Tokyo", empty: str = "") -> Shop:
    return parse_shop(SMALL.format(zone=zone, empty=empty), "small.toml")


def rows(answer: Answer, measure: str) -> dict[tuple[str, str], list[float | None]]:
    """The values of a measure by place and detail, in order of time."""
    found: dict[tuple[str, str], list[float | None]] = {}
    told = zip(answer.place, answer.detail, answer.measures[measure].values, strict=True)
    for place, detail, value in told:
        found.setdefault((place, detail), []).append(value)
    return found


def one(answer: Answer, measure: str, place: str = "", detail: str = "") -> float | None:
    (value,) = rows(answer, measure)[place, detail]
    return value
