"""When goods come: at the same local times every day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from miseban.sim.world.arrivals import start_of
from miseban.sim.world.world import World


def daily(times: tuple[time, ...], start: datetime, timezone: str) -> Iterator[float]:
    """Seconds after ``start`` (UTC) of those local times, day after day, without end.

    When clocks are put forward over such a time, it comes as much later as the clocks skip; when
    they are put back over it, it comes the first time only.
    """
    zone = ZoneInfo(timezone)
    day = start.astimezone(zone).date()
    while times:
        moments = [datetime.combine(day, at, zone).astimezone(UTC) for at in times]
        for moment in sorted(set(moments)):
            if moment >= start:
                yield (moment - start).total_seconds()
        day += timedelta(days=1)


class Deliveries:
    """Brings each facing's delivery into the back room."""

    def __init__(self, world: World) -> None:
        self._clock, self._goods = world.clock, world.goods
        start = start_of(world.scenario, world.shop.shop.timezone)
        self._times = daily(world.scenario.goods.deliveries, start, world.shop.shop.timezone)

    def begin(self) -> None:
        """From the first second on, if there is anything to sell."""
        at_s = next(self._times, None) if self._goods.places else None
        if at_s is not None:
            self._clock.at(at_s, self._deliver)

    def _deliver(self, now_s: float) -> None:
        self._goods.deliver(now_s)
        self.begin()
