"""The hub on the shop's broker, for others: connected again and again, for as long as it runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Final

import aiomqtt

from miseban.hub.ending import ended
from miseban.hub.formats.broker import OnvifIn, load_onvif, tell_others, waiting_passages
from miseban.hub.formats.onvif_counts import OnvifCounts
from miseban.hub.formats.public import PublicFigures, public_topic
from miseban.hub.hub import Hub

_LOG = logging.getLogger(__name__)
AGAIN_S: Final = (1.0, 2.0, 5.0, 10.0)
"""Before it is tried again to connect; the last again and again."""
RULES, COUNTERS = "onvif.toml", "onvif.json"
Connect = Callable[[], AbstractAsyncContextManager[aiomqtt.Client]]


async def speak(connect: Connect, hub: Hub, folder: Path) -> None:
    """Tells others the figures, and hears other makers' cameras, until it is cancelled. ``connect``
    makes a client of the shop's broker; ``folder`` is the hub's, with ``onvif.toml`` if there are
    such cameras. Raises ``BadInput`` for a file there that is wrong."""
    tries = 0
    waiting, retained = waiting_passages(), set[str]()
    while True:
        shop, rules = hub.shop, load_onvif(folder / RULES)
        counts = OnvifCounts(shop, rules, folder / COUNTERS)
        onvif = OnvifIn(counts, hub.journal.append, waiting)
        figures = PublicFigures(shop, lambda moment: hub.live.snapshot(moment))
        try:
            async with connect() as client:
                if tries:
                    _LOG.info("the broker is there again")
                tries = 0
                await client.subscribe(f"miseban/{shop.shop.id}/+/onvif-ej/#", qos=1)
                public = public_topic(shop.shop.id, "")
                await client.subscribe(f"{public}#", qos=1)  # what was told before this start
                await _first_of(
                    tell_others(client, figures, hub.bus, hub.reader, hub.now, retained=retained),
                    _hear(client, onvif, public, retained),
                    _until_another_shop(hub),
                )
        except aiomqtt.MqttError as error:
            if not tries:
                _LOG.warning("the broker is not to be reached: %s", error)
            await asyncio.sleep(AGAIN_S[min(tries, len(AGAIN_S) - 1)])
            tries += 1


async def _hear(client: aiomqtt.Client, onvif: OnvifIn, public: str, retained: set[str]) -> None:
    """What cameras of others tell; and, into ``retained``, what the broker keeps of ``public``."""
    async for message in client.messages:
        if str(message.topic).startswith(public):
            if message.retain:
                retained.add(str(message.topic))
        elif isinstance(message.payload, bytes | bytearray):
            await asyncio.to_thread(onvif.take, str(message.topic), bytes(message.payload))


async def _until_another_shop(hub: Hub) -> None:
    """Until the shop file has been read again."""
    shop = hub.shop
    while hub.shop is shop:
        await asyncio.sleep(1.0)


async def _first_of(*coming: Coroutine[Any, Any, None]) -> None:
    """Ends with the first of them that ends, and ends the others."""
    tasks = [asyncio.create_task(one) for one in coming]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await ended(*tasks)
