"""Figures for others, and counts from other makers' cameras, through a real broker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from miseban.hub.formats import speaking
from miseban.hub.formats.broker import OnvifIn, load_onvif, tell_others
from miseban.hub.formats.onvif import COUNTER, OCCUPANCY, read_onvif
from miseban.hub.formats.onvif_counts import OnvifCounts
from miseban.hub.formats.public import PublicFigures, changed
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import LineCrossed, ZoneEntered
from tests.hub.api.hubs import NOW, Place, a_morning, open_hub
from tests.hub.formats.test_onvif_in import RULES, told
from tests.servers.mosquitto import Mosquitto, need_mosquitto

pytestmark = pytest.mark.anyio
PUBLIC = "miseban/shop/public/"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with open_hub(tmp_path) as found:
        yield found


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    need_mosquitto()
    with Mosquitto(tmp_path / "broker") as found:
        yield found


def figures_of(place: Place) -> PublicFigures:
    return PublicFigures(place.hub.shop, place.hub.live.snapshot)


def entered(n: int, zone: str = "milk") -> ZoneEntered:
    return ZoneEntered(
        id=f"z{n}", time=NOW - timedelta(seconds=5), shop="shop", zone=zone, visit=f"{n:016x}"
    )


def crossed(n: int, time: datetime = NOW) -> LineCrossed:
    return LineCrossed(
        id=f"c{n}", time=time, shop="shop", line="entrance", direction="in", visit=f"{n:016x}"
    )


def test_what_is_told_is_figures_of_places_and_of_nobody(place: Place) -> None:
    place.keep(*a_morning(), entered(99), crossed(99))
    figures = figures_of(place)
    figures.catch_up(place.hub.reader, NOW)
    told = figures.told(NOW)
    plain = {topic.removeprefix(PUBLIC): say for topic, say in told.items() if "onvif" not in topic}
    assert plain["zone/milk"] == {"people": 1}
    assert plain["line/entrance"] == {"in": 21, "out": 20}
    assert plain["queue/queue-1"] == {"length": 0}
    assert all(topic.startswith(PUBLIC) for topic in told)
    everything = " ".join(told) + json.dumps([c.decode() for c in changed(told, {}).values()])
    for never in ("help", "visit", "fall", "staff", "receipt", "waiting_s", f"{99:016x}"):
        assert never not in everything


def test_onvif_counters_say_the_same_and_can_be_read_as_such(place: Place) -> None:
    place.keep(*a_morning())
    figures = figures_of(place)
    figures.catch_up(place.hub.reader, NOW)
    told = changed(figures.told(NOW), {})
    events = [read_onvif(topic, payload) for topic, payload in told.items() if "onvif" in topic]
    counts = {(e.topic, e.rule): e.data["Count"] for e in events if e is not None}
    assert counts[COUNTER, "entrance-in"] == counts[COUNTER, "entrance-out"] == "20"
    assert counts[OCCUPANCY, "milk"] == "0"
    assert all(e is not None and e.of_people for e in events)


def test_passages_are_of_the_shops_day_and_each_counts_once(place: Place) -> None:
    figures = figures_of(place)
    place.keep(crossed(1, NOW - timedelta(days=1)), crossed(2), crossed(3))
    figures.catch_up(place.hub.reader, NOW)
    figures.take(crossed(3))
    line = f"{PUBLIC}line/entrance"
    assert figures.told(NOW)[line] == {"in": 2, "out": 0}
    midnight = NOW + timedelta(hours=12)  # at the shop
    assert figures.told(midnight - timedelta(seconds=1))[line] == {"in": 2, "out": 0}
    assert figures.told(midnight)[line] == {"in": 0, "out": 0}


def test_only_what_changed_is_told_again(place: Place) -> None:
    figures = figures_of(place)
    before = figures.told(NOW)
    place.keep(entered(1))
    after = changed(figures.told(NOW + timedelta(seconds=1)), before)
    assert {topic.removeprefix(PUBLIC).split("&")[0] for topic in after} == {
        "zone/milk",
        "onvif-ej/RuleEngine/CountAggregation/OccupancyCounter/",
    }


@asynccontextmanager
async def reading(broker: Mosquitto) -> AsyncIterator[dict[str, Any]]:
    """What a program of somebody else has read so far, by topic."""
    got: dict[str, Any] = {}
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.subscribe("miseban/+/public/#", qos=1)

        async def read() -> None:
            async for message in client.messages:
                assert isinstance(message.payload, bytes)
                if message.payload:
                    got[str(message.topic)] = json.loads(message.payload)
                else:
                    got.pop(str(message.topic), None)

        task = asyncio.create_task(read())
        try:
            yield got
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def until(ready: Any, limit_s: float = 10) -> None:
    async with asyncio.timeout(limit_s):
        while not ready():
            await asyncio.sleep(0.02)


async def test_figures_reach_others_also_those_who_come_later(
    place: Place, broker: Mosquitto
) -> None:
    place.keep(*a_morning())
    hub, line = place.hub, f"{PUBLIC}line/entrance"
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        telling = asyncio.create_task(
            tell_others(client, figures_of(place), hub.bus, hub.reader, place.clock, 0.05)
        )
        async with reading(broker) as got:
            await until(lambda: got.get(line) == {"in": 20, "out": 20})
            await asyncio.to_thread(place.keep, crossed(77), crossed(78), entered(77))
            await until(lambda: got.get(line) == {"in": 22, "out": 20})
            await until(lambda: got.get(f"{PUBLIC}zone/milk") == {"people": 1})
        async with reading(broker) as later:
            await until(lambda: later.get(line) == {"in": 22, "out": 20})
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def test_a_zone_that_becomes_private_keeps_no_figure_on_the_broker(
    place: Place, broker: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    milk = f"{PUBLIC}zone/milk"
    shown = place.hub.shop
    zones = [one.model_copy(update={"kind": "private"}) if one.id == "milk" else one
             for one in shown.zones]  # fmt: skip
    hidden = shown.model_copy(update={"zones": tuple(zones)})

    def speaking_hub() -> asyncio.Task[None]:
        return asyncio.create_task(
            speaking.speak(
                lambda: aiomqtt.Client("127.0.0.1", broker.port), place.hub, tmp_path
            )
        )  # fmt: skip

    for again in (False, True):  # while the hub runs, and while it did not
        place.hub.shop = shown
        task = speaking_hub()
        try:
            async with reading(broker) as got:
                await until(lambda: milk in got)
                if again:
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)
                place.hub.shop = hidden
                if again:
                    task = speaking_hub()
                await until(lambda: not [t for t in got if "milk" in t])
            async with reading(broker) as later:
                await until(lambda: f"{PUBLIC}line/entrance" in later)
                assert not [topic for topic in later if "milk" in topic]
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_counting_camera_of_others_is_heard_through_the_broker(
    place: Place, broker: Mosquitto, tmp_path: Path
) -> None:
    onvif = OnvifIn(
        OnvifCounts(place.hub.shop, RULES, tmp_path / "onvif.json"), place.hub.journal.append
    )
    async with (
        aiomqtt.Client("127.0.0.1", broker.port) as hub,
        aiomqtt.Client("127.0.0.1", broker.port) as camera,
    ):
        await hub.subscribe("miseban/shop/+/onvif-ej/#", qos=1)
        for at_s, count in enumerate((5, 6, 9)):
            topic, payload = told(count, at_s)
            await camera.publish(topic, payload, qos=1, retain=True)
        async with asyncio.timeout(10):
            got = 0
            async for message in hub.messages:
                assert isinstance(message.payload, bytes)
                await asyncio.to_thread(onvif.take, str(message.topic), message.payload)
                got += 1
                if got == 3:
                    break
    kept = list(place.hub.reader.events(types=["line.crossed"]))
    assert len(kept) == 4


def test_the_rules_of_other_cameras_are_a_readable_file(tmp_path: Path) -> None:
    file = tmp_path / "onvif.toml"
    assert load_onvif(file) == ()
    good = '[[rule]]\ndevice = "gate"\nrule = "Entry"\nline = "entrance"\ndirection = "in"\n'
    file.write_text(good)
    assert load_onvif(file) == tuple(RULES)
    for bad, why in (
        (good.replace('"in"', '"up"'), r"\[\[rule\]\] 1 direction"),
        (good + "more = 1\n", "more"),
        ("[[rule", "TOML"),
    ):
        file.write_text(bad)
        with pytest.raises(BadInput, match=why):
            load_onvif(file)


async def test_the_hub_comes_back_to_a_broker_that_was_away(
    place: Place, broker: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaking, "AGAIN_S", (0.05,))
    (tmp_path / "onvif.toml").write_text(
        '[[rule]]\ndevice = "gate"\nrule = "Entry"\nline = "entrance"\ndirection = "in"\n'
    )
    line = f"{PUBLIC}line/entrance"
    task = asyncio.create_task(
        speaking.speak(
            lambda: aiomqtt.Client("127.0.0.1", broker.port), place.hub, tmp_path
        )
    )  # fmt: skip
    try:
        for at_s, base in ((0, 0), (10, 3)):
            async with reading(broker) as got:
                await until(lambda: line in got)
                async with aiomqtt.Client("127.0.0.1", broker.port) as camera:
                    for n in range(4):
                        topic, payload = told(base + n, at_s + n)
                        await camera.publish(topic, payload, qos=1)
                await until(lambda: got[line]["in"] == base + 3)  # noqa: B023
            if not at_s:
                await asyncio.to_thread(broker.kill)
                await asyncio.to_thread(broker.start)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
