"""A hub of a few lines over a real broker, in a thread: keeps in memory, and answers."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Self

import aiomqtt

from miseban.vocabulary.delivery import ack_topic, read_batch
from tests.camera.delivery.made import Keeping


class SmallHub:
    """Answers every batch of ``shop`` as ``keeping`` says; ``came_s`` has the monotonic time
    at which each event's batch arrived, by the event's number."""

    def __init__(self, port: int, keeping: Keeping, shop: str = "s", **login: object) -> None:
        self._port, self.keeping, self._shop, self._login = port, keeping, shop, login
        self.came_s: dict[int, float] = {}
        self.batches = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._task: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *exc: object) -> None:
        assert self._task is not None
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)
        self._loop.close()

    def _run(self) -> None:
        self._task = self._loop.create_task(self._serve())
        self._loop.run_until_complete(asyncio.gather(self._task, return_exceptions=True))

    async def _serve(self) -> None:
        while True:
            try:
                async with aiomqtt.Client("127.0.0.1", self._port, **self._login) as client:  # type: ignore[arg-type]
                    await client.subscribe(f"miseban/{self._shop}/+/events", qos=1)
                    self._ready.set()
                    async for message in client.messages:
                        assert isinstance(message.payload, bytes)
                        batch = read_batch(message.payload, message.topic)
                        self.batches += 1
                        for number in range(batch.head.first, batch.last + 1):
                            self.came_s.setdefault(number, time.monotonic())
                        for ack in self.keeping.accept([batch]):
                            await client.publish(
                                ack_topic(self._shop, batch.head.source), ack.encode()
                            )
            except aiomqtt.MqttError:
                await asyncio.sleep(0.1)
