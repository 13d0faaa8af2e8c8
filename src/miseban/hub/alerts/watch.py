"""Keeps alerts going while the hub runs: at every event that matters, and once a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from miseban.hub.alerts.alert import Notice
from miseban.hub.alerts.alerts import Alerts
from miseban.hub.bus import Bus, Told
from miseban.vocabulary.events import (
    CameraHealth,
    Event,
    HelpEnded,
    HelpNeeded,
    LineCrossed,
    QueueState,
    ShelfState,
    ZoneEntered,
)

_WATCHED = (
    CameraHealth, HelpEnded, HelpNeeded, LineCrossed, QueueState, ShelfState, ZoneEntered,
)  # fmt: skip


class Watch:
    """``deliver`` is called in the loop and must not wait. ``clock`` is the wall's, ``steady`` one
    that never jumps; alerts are looked at in threads, since a step waits for the disk."""

    def __init__(
        self,
        alerts: Alerts,
        deliver: Callable[[Sequence[Notice]], None],
        clock: Callable[[], datetime],
        *,
        steady: Callable[[], float] = time.monotonic,
        every_s: float = 1.0,
    ) -> None:
        self._alerts, self._deliver, self._clock = alerts, deliver, clock
        self._steady, self._every_s = steady, every_s

    async def run(self, bus: Bus) -> None:
        """Until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._events(bus))
            group.create_task(self._ticks())

    async def _events(self, bus: Bus) -> None:
        with bus.subscribe_with_help(_matters) as subscription:
            while found := await subscription.some():
                events = [one.event for one in found if isinstance(one, Told)]
                if len(events) < len(found):  # some were missed: a tick looks at everything
                    await self._tick()
                now, steady_s = self._clock(), self._steady()
                self._deliver(await asyncio.to_thread(self._alerts.take, events, now, steady_s))

    async def _ticks(self) -> None:
        while True:
            await self._tick()
            await asyncio.sleep(self._every_s)

    async def _tick(self) -> None:
        self._deliver(await asyncio.to_thread(self._alerts.tick, self._clock(), self._steady()))


def _matters(event: Event) -> bool:
    return isinstance(event, _WATCHED)
