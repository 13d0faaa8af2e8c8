"""The grocery before and after the soup was moved from the gondola to the cooler, where far more
people take it; and what cameras that miss and misread hands tell of it."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from miseban.sim.scenario.file import parse_scenario
from miseban.sim.truth.goods import goods_events
from miseban.sim.truth.whole import well
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.events import Event, ShelfTouched, Touch
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.shop import Shop, parse_shop
from tests.sim import grocery

PLACE = "gondola/soup"
DAYS = 4
LENGTH_S = DAYS * 86_400.0
_SOUP = """
facing = "soup"
fixture = "gondola"
side = 1
level = 1
start_m = 0.5
width_m = 0.5
price = 249
weight = 0.5
"""
_AT_THE_GONDOLA = _SOUP.replace("weight = 0.5", "weight = 0.15")
_AT_THE_COOLER = (
    _SOUP.replace('"gondola"', '"cooler"')
    .replace("side = 1", "side = 0")
    .replace("start_m = 0.5", "start_m = 2.6")
    .replace("weight = 0.5", "weight = 3.3")
)
MISSED, MISREAD, INVENTED_PER_HOUR = 0.25, 0.1, 0.05
"""Parts of the hands that no camera tells of, and that it tells as another kind; and hands told of
where there were none."""


class Stretch(NamedTuple):
    """Of ``LENGTH_S`` from ``start`` on: how many pieces were picked up at each facing, by
    the simulation's own ledger, and what the cameras tell."""

    start: datetime
    picked: Counter[str]
    events: list[Event]

    @property
    def end(self) -> datetime:
        return self.start + timedelta(seconds=LENGTH_S)


@cache
def shop() -> Shop:
    # So many pieces that none runs out: where it stands is the only difference.
    text = grocery.shop_text().replace("capacity = 12", "capacity = 9999")
    return parse_shop(text, "grocery.toml")


@cache
def before(seed: int) -> Stretch:
    return _told(seed, 0, _AT_THE_GONDOLA)


def after(seed: int, *, blind_hours: int = 0) -> Stretch:
    """Two weeks later. The camera saw nothing in the first ``blind_hours`` of a day."""
    return _told(seed, 14, _AT_THE_COOLER, blind_hours)


def _told(seed: int, later_days: int, where: str, blind_hours: int = 0) -> Stretch:
    text = grocery.scenario_text((_SOUP, where), per_hour=60)
    scenario = parse_scenario(text, shop(), "grocery.scenario.toml")
    simulation = Simulation(shop(), scenario, seed + 1000 * bool(later_days))
    simulation.run_until(LENGTH_S)
    start = simulation.start + timedelta(days=later_days)
    visits = {person.id: f"{seed % 256:02x}{later_days:02x}{person.id:012x}"
              for person in simulation.people}  # fmt: skip
    goods = simulation.goods
    picked = Counter(one.key for one in goods.changes if one.what == "take")
    true = goods_events(goods, shop(), visits, start, LENGTH_S, seed + later_days)
    rng = random.Random(f"{seed}/{later_days}/eyes")
    blind = start + timedelta(days=1), start + timedelta(days=1, hours=blind_hours)
    events: list[Event] = [
        seen
        for event in (*true, *_invented(rng, start))
        if (seen := _seen(event, rng, blind)) is not None
    ]
    events += [
        report.model_copy(update={"state": "gap", "gap_s": 900.0, "fps": 0.0})
        if blind[0] < report.time <= blind[1]
        else report
        for report in well(shop(), start, LENGTH_S + 3600, seed + later_days)
    ]
    return Stretch(start, picked, sorted(events, key=lambda event: event.time))


def _seen(event: Event, rng: random.Random, blind: tuple[datetime, datetime]) -> Event | None:
    if not isinstance(event, ShelfTouched):
        return event
    if blind[0] <= event.time < blind[1] or rng.random() < MISSED:
        return None
    if rng.random() < MISREAD:
        kinds: tuple[Touch, ...] = ("reach", "pick_up", "put_back")
        return event.model_copy(update={"kind": rng.choice(kinds)})
    return event


def _invented(rng: random.Random, start: datetime) -> list[ShelfTouched]:
    ids = EventIds(rng)
    times = [rng.uniform(0, LENGTH_S) for _ in range(round(INVENTED_PER_HOUR * LENGTH_S / 3600))]
    shelf, facing = PLACE.split("/")
    return [
        ShelfTouched(
            id=ids.at(start.timestamp() + at_s), time=start + timedelta(seconds=at_s),
            shop=shop().shop.id, camera="c", shelf=shelf, facing=facing, kind="pick_up",
            visit=None, confidence=0.6,
        )
        for at_s in times
    ]  # fmt: skip
