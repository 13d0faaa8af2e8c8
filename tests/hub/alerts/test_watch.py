"""What keeps alerts going: at once for a call, once a second for the rest, also after a jam."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from miseban.hub.alerts import Alerts, Notice, Watch, default_rules
from miseban.hub.bus import Bus
from miseban.hub.live import LiveState
from miseban.vocabulary.events import Event
from tests.hub.shopfront import SHOP, Making

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 20))


class Hub:
    def __init__(self) -> None:
        self.live, self.bus = LiveState(SHOP), Bus()
        self.alerts = Alerts(default_rules().limited(SHOP), self.live, self.keep)
        self.notices: list[Notice] = []
        self.make = Making()
        self.make.start = datetime.now(UTC)

    def keep(self, events: Sequence[Event]) -> None:
        self.live.take(events, datetime.now(UTC))
        self.bus.publish(events)

    def watch(self, every_s: float) -> asyncio.Task[None]:
        watch = Watch(self.alerts, self.notices.extend, lambda: datetime.now(UTC), every_s=every_s)
        return asyncio.create_task(watch.run(self.bus))

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.notices) < count:
                await asyncio.sleep(0.01)


def test_a_call_is_not_kept_waiting_for_the_next_second() -> None:
    async def work() -> None:
        hub = Hub()
        task = hub.watch(every_s=3600)
        await asyncio.sleep(0.05)
        hub.keep([hub.make.help(0, "h1")])
        await hub.until(1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run(work())


def test_what_was_missed_in_a_jam_is_found_all_the_same() -> None:
    async def work() -> None:
        hub = Hub()
        task = hub.watch(every_s=3600)
        await asyncio.sleep(0.05)
        hub.keep([hub.make.help(0, "h1")])
        hub.keep([hub.make.queue(0, 1) for _ in range(3000)])  # before the loop comes to look
        await hub.until(1)
        assert hub.notices[0].alert.help == "h1"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run(work())


def test_it_looks_every_second_also_when_nothing_is_told() -> None:
    async def work() -> None:
        hub = Hub()
        hub.keep([hub.make.help(0, "h1", "fall")])
        task = hub.watch(every_s=0.02)
        await hub.until(1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run(work())


def test_what_breaks_is_not_hidden() -> None:
    async def work() -> None:
        hub = Hub()

        def broken(_: Sequence[Notice]) -> None:
            raise RuntimeError("broken")

        with pytest.raises(ExceptionGroup):
            await Watch(hub.alerts, broken, lambda: datetime.now(UTC)).run(hub.bus)

    run(work())
