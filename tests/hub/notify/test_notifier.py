"""From an event to a phone: bus, watch, alerts, notifier and push, as they are in the hub."""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from miseban.hub.alerts import Alerts, Notice, Watch, default_rules
from miseban.hub.bus import Bus, Told
from miseban.hub.live import LiveState
from miseban.hub.notify.chat import Chat
from miseban.hub.notify.messages import Message
from miseban.hub.notify.notifier import Notifier
from miseban.hub.notify.settings import Channel
from miseban.journal.journal import Journal
from miseban.vocabulary.delivery import Batch, BatchHead
from miseban.vocabulary.events import Event, HelpStep
from tests.hub.alerts.floor import Hub
from tests.hub.notify.receivers import http_receiver
from tests.hub.shopfront import SHOP, Making

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 30))


def now() -> datetime:
    return datetime.now(UTC)


def batch(events: list[Event], first: int) -> Batch:
    lines = tuple(event.model_dump_json().encode() for event in events)
    head = BatchHead(
        source="door", stream="0" * 16, first=first, events=len(lines), oldest=first
    )  # what is older will never come: there was nothing
    return Batch(head, lines)


class Phone:
    """Stands for a way to be told; ``seen`` are the messages, and when they came."""

    def __init__(self) -> None:
        self.seen: list[tuple[Message, float]] = []

    async def send(self, message: Message) -> int:
        self.seen.append((message, time.perf_counter()))
        return 1


def test_a_fall_is_on_the_page_and_on_the_phone_at_once(tmp_path: Path) -> None:
    """On a real journal, which syncs every step to the disk, while a camera keeps talking."""
    journal = Journal.open(tmp_path / "journal", shop="kado")
    live, bus, phone = LiveState(SHOP), Bus(), Phone()
    journal.subscribe(lambda events: live.take(events, now()))
    journal.subscribe(bus.publish)
    alerts = Alerts(default_rules().limited(SHOP), live, journal.append)
    making = Making()
    making.start = now()
    rng = random.Random(1)

    async def work() -> tuple[float, float]:
        notifier = Notifier(SHOP, "en", lambda a, c: alerts.delivered(a, c, now()), push=phone)
        watch = asyncio.create_task(Watch(alerts, notifier.send, now).run(bus))
        reader = bus.subscribe_with_help(lambda event: isinstance(event, HelpStep))
        stop = threading.Event()

        def talk() -> None:
            number = 1
            while not stop.is_set():
                some: list[Event] = [making.queue(0, rng.randint(0, 9)) for _ in range(10)]
                if number == 31:
                    some.append(making.help(0, "h1"))
                    told.append(time.perf_counter())
                journal.accept([batch(some, number)])
                number += len(some)
                time.sleep(0.02)

        told: list[float] = []
        talking = threading.Thread(target=talk)
        talking.start()
        found = await reader.next()
        shown = time.perf_counter()
        assert isinstance(found, Told)
        assert isinstance(found.event, HelpStep)
        assert found.event.step == "raised"
        delivered = await reader.next()
        assert isinstance(delivered, Told)
        assert isinstance(delivered.event, HelpStep)
        assert (delivered.event.step, delivered.event.channel) == ("delivered", "push")
        stop.set()
        talking.join()
        await notifier.close()
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        return shown - told[0], phone.seen[0][1] - told[0]

    page_s, phone_s = run(work())
    # `python -m bench live` has the figures of a quiet machine; these are for a busy one.
    assert page_s < 2.0
    assert phone_s < 4.0
    message = phone.seen[0][0]
    assert (message.title, message.about_help) == ("Somebody has fallen: Fruit table", True)
    journal.close()


def notice(channels: tuple[str, ...]) -> Notice:
    hub = Hub(default_rules().limited(SHOP))
    hub.tell(Making().help(0, "h1"))
    first = hub.notices[0]
    return Notice(first.alert, first.measure, first.kind, first.roles, channels, first.why)


def test_each_channel_is_told_by_itself_and_what_fails_is_not_delivered() -> None:
    with http_receiver() as good, http_receiver() as bad:
        good.answer, bad.answer = lambda _: 200, lambda _: 500
        chats = [
            Chat(
                Channel(id=name, urls=(one.url.replace("http", "json"),), language="ja"), waits_s=()
            )
            for name, one in (("good", good), ("bad", bad))
        ]
        delivered: list[str] = []

        async def work() -> None:
            notifier = Notifier(
                SHOP, "en", lambda _, channel: delivered.append(channel), chats=chats
            )
            notifier.send([notice(("page", "good", "bad", "unknown"))])
            assert [*delivered, *good.received, *bad.received] == [], "it waits for no delivery"
            await notifier.close()

        run(work())
        assert delivered == ["good"]
        assert json.loads(good.received[0].body)["title"] == "転倒した方がいます：Fruit table"


def test_a_way_that_breaks_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        async def send(self, message: Message) -> int:
            raise RuntimeError("broken")

    delivered: list[str] = []

    async def work() -> None:
        notifier = Notifier(SHOP, "en", lambda _, c: delivered.append(c), push=Broken())
        notifier.send([notice(("push",))])
        await notifier.close()

    run(work())
    assert delivered == []
    assert "a delivery failed" in caplog.text


def test_a_way_that_hangs_is_left_when_the_hub_stops() -> None:
    class Hanging:
        async def send(self, message: Message) -> int:
            await asyncio.sleep(3600)
            return 1

    async def work() -> float:
        notifier = Notifier(SHOP, "en", lambda _, __: None, push=Hanging())
        notifier.send([notice(("push",))])
        begin = time.perf_counter()
        await notifier.close(wait_s=0.1)
        return time.perf_counter() - begin

    assert run(work()) < 5
