"""Beside the pages, in their loop: the hub's own parts, and what is for others on the broker."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import aiomqtt

from miseban.camera.delivery.address import HubAddress
from miseban.camera.delivery.connecting import broker_client
from miseban.camera.process.logs import log
from miseban.hub.formats.speaking import speak
from miseban.hub.mqtt_access import HUB_OTHERS, HUB_USER
from miseban.hub.running.box import Box
from miseban.hub.running.loop import AGAIN_S, HubLoop
from miseban.vocabulary.errors import MisebanError

_LOG = log("others")


async def in_the_loop(parts: HubLoop, box: Box, address: HubAddress | None) -> None:
    """Until it is cancelled. ``address`` is that of the broker; none where there is none."""
    async with asyncio.TaskGroup() as group:
        group.create_task(parts.run())
        if address is not None:
            group.create_task(_with_others(box, address))


async def _with_others(box: Box, address: HubAddress) -> None:
    user = HUB_OTHERS if address.user == HUB_USER else address.user

    def connect() -> aiomqtt.Client:
        return broker_client(replace(address, user=user), f"miseban-{box.hub.shop.shop.id}-others")

    while True:
        try:
            await speak(connect, box.hub, box.settings.data)
        except (MisebanError, OSError) as error:  # a file that is wrong: it may be put right
            _LOG.error("others are not spoken with", why=str(error))
        await asyncio.sleep(AGAIN_S)
