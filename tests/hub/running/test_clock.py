"""A hub whose clock is set while it runs, and whose files are read again: what is so now follows,
alerts go on, and none is raised twice."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from miseban.hub.running import loop
from miseban.hub.running.box import Box, open_box
from miseban.hub.running.loop import HubLoop
from miseban.hub.running.settings import Settings, load_settings
from miseban.vocabulary.events import AlertStep, QueueState, ZoneEntered
from miseban.vocabulary.identifiers import EventIds
from tests.hub.shopfront import SHOP_TEXT
from tests.logging_as_before import logging_as_before as _as_before  # noqa: F401

RULES = """
defaults = false
[[rule]]
id = "long"
when = "queue.length"
at_least = 4
hold_s = 0
clear_s = 0
cooldown_s = 0
"""


class Clock:
    """The machine's, ``by`` which it is wrong."""

    def __init__(self) -> None:
        self.by = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by


class Telling:
    """Events of one camera, by the same clock."""

    def __init__(self, box: Box, clock: Clock) -> None:
        self._box, self._clock, self._ids = box, clock, EventIds()

    def queue(self, length: int) -> None:
        now = self._clock()
        self._box.hub.journal.append(
            [
                QueueState(
                    id=self._ids.at(now.timestamp()), time=now, shop="kado", camera="tills",
                    zone="queue-1", length=length, waiting_s=0.0,
                )
            ]
        )  # fmt: skip

    def come(self, visit: str) -> None:
        now = self._clock()
        self._box.hub.journal.append(
            [
                ZoneEntered(
                    id=self._ids.at(now.timestamp()), time=now, shop="kado", camera="door",
                    zone="fruit", visit=visit,
                )
            ]
        )  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[Box, Clock, Telling]]:
    shop_file, rules = tmp_path / "shop.toml", tmp_path / "rules.toml"
    shop_file.write_text(SHOP_TEXT, encoding="utf-8")
    rules.write_text(RULES, encoding="utf-8")
    clock = Clock()
    given: Settings = load_settings(None, data=tmp_path / "data")
    with open_box(shop_file, given.model_copy(update={"rules": rules}), now=clock) as box:
        yield box, clock, Telling(box, clock)


async def until(true: Callable[[], bool], wait_s: float = 15.0) -> None:
    async with asyncio.timeout(wait_s):
        while not true():
            await asyncio.sleep(0.05)


def people(box: Box) -> int:
    zones = box.hub.live.snapshot(box.hub.now()).zones
    return next(one.people for one in zones if one.zone == "fruit")


def opened(box: Box) -> list[str | None]:
    return [one.subject for one in box.hub.alerts.open()]


@pytest.mark.parametrize("days", [1, -1])
def test_what_is_so_now_follows_a_clock_that_is_set(
    shop: tuple[Box, Clock, Telling], monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    box, clock, telling = shop
    monkeypatch.setattr(loop, "LASTS_S", 0.2)

    async def a_day_of_clocks() -> None:
        running = asyncio.create_task(HubLoop(box).run())
        for visit in ("a", "b", "c"):
            telling.come(visit)
        assert people(box) == 3
        telling.queue(9)
        await until(lambda: opened(box) == ["queue-1"])
        telling.queue(0)
        await until(lambda: opened(box) == [])

        live = box.hub.live
        clock.by = timedelta(days=days)
        await until(lambda: box.hub.live is not live)
        assert people(box) == 0, "three of another day"
        telling.come("d")
        telling.queue(9)
        await until(lambda: opened(box) == ["queue-1"])
        assert people(box) == 1

        live = box.hub.live
        clock.by = timedelta()
        await until(lambda: box.hub.live is not live)
        assert people(box) == 3
        telling.queue(0)
        await until(lambda: opened(box) == [])
        telling.queue(9)
        await until(lambda: opened(box) == ["queue-1"])
        live = box.hub.live
        clock.by = timedelta(seconds=30)
        await asyncio.sleep(1.5)
        assert box.hub.live is live, "a little is no matter"
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(a_day_of_clocks())
    assert set(raised(box).values()) == {1}
    assert len(raised(box)) == 3


def raised(box: Box) -> Counter[str]:
    steps = [one for one in box.hub.reader.events(["alert.step"]) if isinstance(one, AlertStep)]
    return Counter(one.alert for one in steps if one.step == "raised")


def test_rules_that_are_read_again_and_again_raise_nothing_twice(
    shop: tuple[Box, Clock, Telling],
) -> None:
    box, _, telling = shop
    steps: list[AlertStep] = []
    box.hub.journal.subscribe(
        lambda events: steps.extend(one for one in events if isinstance(one, AlertStep))
    )
    alerts, over = box.hub.alerts, threading.Event()

    def look() -> None:
        while not over.is_set():
            alerts.tick(box.hub.now())
            box.hub.alerts.tick(box.hub.now())

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for number in range(24):
            reloading = threading.Thread(target=box.reload)
            reloading.start()
            telling.queue(9 if number % 2 else 0)
            reloading.join()
    finally:
        over.set()
        looking.join()
    said = [one.step for one in steps if one.step in ("raised", "ended")]
    assert len(said) > 5
    assert said == [("raised", "ended")[at % 2] for at in range(len(said))]
