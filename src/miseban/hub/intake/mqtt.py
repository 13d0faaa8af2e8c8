"""Intake by MQTT: every camera of the shop, through a broker that is believed in nothing.

A broker that loses its state, or batches, loses no event: cameras keep what has not been answered.
So sessions are clean, and when more comes than can be kept, the rest is dropped here.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from typing import Final

import aiomqtt
from prometheus_client import Counter

from miseban.camera.delivery.address import HubAddress
from miseban.camera.delivery.connecting import TIMEOUT_S, backoff_s, broker_client
from miseban.camera.delivery.direct import Accept
from miseban.camera.process.logs import log
from miseban.hub.ending import ended
from miseban.hub.intake.desk import Desk, TakesFloor, to_nobody
from miseban.hub.intake.lessons import MOST
from miseban.vocabulary.delivery import LARGEST_PAYLOAD, ack_topic, events_topic
from miseban.vocabulary.floor_now import floor_topic
from miseban.vocabulary.identifiers import is_name
from miseban.vocabulary.lessons import lessons_topic

_LESSONS: Final = 20 * MOST
"""That wait for all sources together: each camera of a floor is told."""
WAITING_BYTES: Final = 64_000_000
"""Of payloads that wait to be kept."""
GROUP_BYTES: Final = 4_000_000
"""Of payloads that are kept with one write, at most, and one more."""
DROPPED: Final = Counter("miseban_intake_dropped", "Batches that came faster than they were kept.")
_LOG = log("intake")


class MqttIntake:
    """Listens to all cameras of ``shop`` at the broker ``address`` from a thread, for ever.
    ``floor`` is handed who is on the floor, with the source that says so."""

    def __init__(
        self, shop: str, address: HubAddress, accept: Accept, floor: TakesFloor = to_nobody
    ) -> None:
        self._floor = floor
        self._shop, self._address, self._desk = shop, address, Desk(accept)
        self._loop = asyncio.new_event_loop()
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._lessons: deque[tuple[str, bytes]] = deque(maxlen=_LESSONS)
        self._bytes = 0
        self._news = asyncio.Event()
        self._stopping = False
        self._lost = False
        self._connected = threading.Event()
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)

    @property
    def connected(self) -> bool:
        return self._connected.is_set()

    def wait_connected(self, wait_s: float) -> bool:
        """Whether it was within ``wait_s``."""
        return self._connected.wait(wait_s)

    def start(self) -> None:
        self._thread.start()

    def teach(self, source: str, lesson: bytes) -> None:
        """Tells the process ``source`` what staff say; forgets it while there is no broker. May be
        called from any thread."""
        if self.connected:
            self._lessons.append((source, lesson))
            with contextlib.suppress(RuntimeError):  # the loop has been closed just now
                self._loop.call_soon_threadsafe(self._news.set)

    def stop(self) -> None:
        """What is being kept is kept and answered; what waits is the cameras' again."""
        self._stopping = True
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._news.set)
            self._thread.join(2 * TIMEOUT_S)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._for_ever())
        finally:
            self._loop.close()

    async def _for_ever(self) -> None:
        attempt = 0
        while not self._stopping:
            try:
                await self._connection()
            except (aiomqtt.MqttError, OSError, TimeoutError) as error:
                attempt = 0 if self.connected else attempt + 1
                if not self._lost and not self._stopping:
                    self._lost = True
                    _LOG.warning("broker lost", broker=self._address.shown, why=str(error))
            self._connected.clear()
            if not self._stopping:
                await asyncio.sleep(backoff_s(attempt))

    async def _connection(self) -> None:
        """One connection, until it breaks or ``stop``."""
        async with broker_client(self._address, f"miseban-{self._shop}-hub") as client:
            await client.subscribe(events_topic(self._shop, "+"), qos=1)
            await client.subscribe(floor_topic(self._shop, "+"), qos=0)
            self._connected.set()
            if self._lost:
                self._lost = False
                _LOG.info("broker back", broker=self._address.shown)
            self._waiting.clear()
            self._lessons.clear()
            self._bytes = 0
            listening = asyncio.create_task(self._listen(client))
            try:
                await self._keep(client, listening)
            finally:
                await ended(listening)

    async def _listen(self, client: aiomqtt.Client) -> None:
        try:
            async for message in client.messages:
                (_, _, source, what), payload = message.topic.value.split("/"), message.payload
                if not isinstance(payload, bytes) or not is_name(source):
                    continue
                if what == "floor":
                    if not message.retain:  # one that was kept by a broker is not of this moment
                        self._floor(source, payload)
                    continue
                if self._bytes + len(payload) > WAITING_BYTES or len(payload) > LARGEST_PAYLOAD:
                    DROPPED.inc()
                    continue
                self._waiting.append((source, payload))
                self._bytes += len(payload)
                self._news.set()
        finally:
            self._news.set()

    async def _keep(self, client: aiomqtt.Client, listening: asyncio.Task[None]) -> None:
        while not self._stopping:
            self._news.clear()
            while self._lessons:
                source, lesson = self._lessons.popleft()
                await client.publish(lessons_topic(self._shop, source), lesson, qos=1)
            group = self._group()
            if group:
                # In a thread, so that the broker is listened to while the disk is waited for.
                answers = await asyncio.to_thread(self._desk.take, group)
                for source, ack in answers:
                    await client.publish(ack_topic(self._shop, source), ack.encode(), qos=1)
            elif not listening.done():
                await self._news.wait()
            if listening.done():
                listening.result()
                raise aiomqtt.MqttError("the connection was closed")

    def _group(self) -> list[tuple[str, bytes]]:
        group, size = [], 0
        while self._waiting and size < GROUP_BYTES:
            group.append(self._waiting.popleft())
            size += len(group[-1][1])
        self._bytes -= size
        return group
