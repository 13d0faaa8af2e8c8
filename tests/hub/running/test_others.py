"""A whole hub on a broker: others hear its figures."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiomqtt

from miseban.camera.delivery.address import parse_hub
from miseban.hub.running.box import Box, open_box
from miseban.hub.running.loop import HubLoop
from miseban.hub.running.others import in_the_loop
from miseban.hub.running.settings import load_settings
from tests.hub.running.test_hub import shop_file
from tests.servers.mosquitto import Mosquitto, need_mosquitto


def test_others_hear_the_figures_of_a_hub_that_runs(tmp_path: Path) -> None:
    need_mosquitto()

    async def listen(box: Box, port: int, shop: str) -> dict[str, object]:
        address = parse_hub(f"mqtt://127.0.0.1:{port}")
        running = asyncio.create_task(in_the_loop(HubLoop(box), box, address))
        try:
            async with aiomqtt.Client("127.0.0.1", port) as client, asyncio.timeout(20):
                await client.subscribe(f"miseban/{shop}/public/line/+", qos=1)
                async for message in client.messages:
                    assert isinstance(message.payload, bytes)
                    found: dict[str, object] = json.loads(message.payload)
                    return found
                raise AssertionError("the broker went away")
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    settings = load_settings(None, data=tmp_path / "data")
    with (
        Mosquitto(tmp_path / "broker") as broker,
        open_box(shop_file(tmp_path), settings) as box,
    ):
        figures = asyncio.run(listen(box, broker.port, box.hub.shop.shop.id))
    assert figures == {"in": 0, "out": 0}
