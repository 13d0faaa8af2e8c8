"""All that happened in a simulated shop: people, goods and calls for help; and cameras that are
well."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from miseban.sim.truth.drawings import on_floor
from miseban.sim.truth.events import Truth, truth
from miseban.sim.truth.goods import goods_events
from miseban.sim.truth.help import help_truth
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.events import CameraHealth, ZoneOccupancy
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.shop import Shop

QUARTER_S = 900
HOUR_S = 3600.0


def whole_truth(
    simulation: Simulation,
    shop: Shop,
    start: datetime,
    length_s: float,
    seed: int,
    *,
    trail_s: float = 1.0,
) -> Truth:
    """Of the first ``length_s`` seconds of a simulation that has run so far, as if it had begun at
    ``start`` (UTC); with a place every ``trail_s`` of a visit's way. Raises ``BadInput`` as
    ``truth`` does."""
    people = simulation.people
    known = truth(shop, people, start, length_s, seed, trail_s=trail_s)
    goods = goods_events(simulation.goods, shop, known.visits, start, length_s, seed)
    known = known.joined(goods)
    needed = help_truth(
        shop, simulation.helps, people, known.events, known.visits, start, length_s, seed
    )
    return known.joined(needed.events)


def well(shop: Shop, start: datetime, length_s: float, seed: int) -> Iterator[CameraHealth]:
    """Every camera of ``shop`` says each quarter of an hour that it is well."""
    ids = EventIds(random.Random(f"{seed}/reports"))
    for camera in shop.cameras:
        for quarter in range(1, int(length_s / QUARTER_S) + 1):
            when = start + timedelta(seconds=QUARTER_S * quarter)
            yield CameraHealth(
                id=ids.at(when.timestamp()), time=when, shop=shop.shop.id, camera=camera.id,
                state="ok", fps=camera.fps, gap_s=0.0,
            )  # fmt: skip


def nobody(shop: Shop, start: datetime, end: datetime, seed: int) -> Iterator[ZoneOccupancy]:
    """Every zone is told to be empty from ``start`` to ``end`` (UTC), for each hour of the clock
    or what of it lies between: cameras look on while a shop is closed."""
    ids = EventIds(random.Random(f"{seed}/closed/{start:%d%H}"))
    zones = on_floor(shop)[1]
    while start < end:
        after_s = HOUR_S - start.timestamp() % HOUR_S
        until = min(end, start + timedelta(seconds=after_s))
        for zone in zones:
            yield ZoneOccupancy(
                id=ids.at(until.timestamp()), time=until, shop=shop.shop.id, camera=zone.camera,
                zone=zone.id, people=0, people_max=0, person_s=0.0,
                period_s=(until - start).total_seconds(), coverage=1.0,
            )  # fmt: skip
        start = until
