"""A hub of a simulated shop with some days behind it, for pages to show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from miseban.journal.journal import Journal
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.truth.whole import well, whole_truth
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.events import Event
from miseban.vocabulary.shop import Shop, load_shop

SHOPS = Path(__file__).parents[2] / "shops"


def simulated(shop: Shop, start: datetime, hours: float, seed: int) -> list[Event]:
    """Everything that happened in the shop for ``hours`` from ``start`` on, and the cameras'
    reports. As many come as in its busiest hour, whatever the clock says: at night there would be
    too few for most pages to tell of."""
    scenario = load_scenario(beside(SHOPS / f"{shop.shop.id}.toml"), shop)
    local = start.astimezone(ZoneInfo(shop.shop.timezone)).replace(tzinfo=None)
    arrivals = scenario.arrivals
    busy = arrivals.model_copy(update={"per_hour": (max(arrivals.per_hour),) * 24})
    at = scenario.scenario.model_copy(update={"start": local})
    scenario = scenario.model_copy(update={"scenario": at, "arrivals": busy})
    length_s = hours * 3600
    simulation = Simulation(shop, scenario, seed)
    simulation.run_until(length_s)
    began = simulation.start
    known = whole_truth(simulation, shop, began, length_s, seed)
    events = [*known.events, *well(shop, began, length_s, seed)]
    return sorted(events, key=lambda event: event.time)


def fill(data: Path, shop_file: Path, days: Sequence[tuple[datetime, float, int]]) -> None:
    """Puts ``days`` (start, hours, seed) into the journal of the folder ``data``."""
    shop = load_shop(shop_file)
    data.mkdir(parents=True, exist_ok=True)
    with_rollups = RollupKeeper()
    journal = Journal.open(
        data / "journal", shop=shop.shop.id, timezone=shop.shop.timezone, rollups=with_rollups
    )
    try:
        for start, hours, seed in days:
            events = simulated(shop, start, hours, seed)
            for first in range(0, len(events), 5000):
                journal.append(events[first : first + 5000])
        journal.compact(datetime.now(UTC))
    finally:
        journal.close()
