"""The way to the hub by MQTT 3.1.1: batches with QoS 1 out, the hub's answers in.

The broker is believed in nothing. Sessions are clean, and neither its state nor its acknowledgement
of a publish matters for what the outbox forgets: only the hub's own answer does.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import aiomqtt
import structlog

from miseban.camera.delivery.address import HubAddress
from miseban.camera.delivery.connecting import TIMEOUT_S, backoff_s, broker_client
from miseban.camera.delivery.flow import Flow, FlowSettings
from miseban.camera.delivery.outbox import Outbox
from miseban.vocabulary.delivery import ack_topic, events_topic, read_ack
from miseban.vocabulary.errors import BadInput

log = structlog.get_logger(__name__)


class MqttSender:
    """Empties ``outbox`` towards the hub of ``shop`` at ``address``, from a thread, for ever."""

    def __init__(
        self,
        outbox: Outbox,
        shop: str,
        address: HubAddress,
        *,
        settings: FlowSettings | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outbox, self._shop, self._address, self._clock = outbox, shop, address, clock
        self._flow = Flow(outbox, settings)
        self._out = events_topic(shop, outbox.source)
        self._in = ack_topic(shop, outbox.source)
        self._connected = False
        self._lost = False
        self._stopping = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._news = asyncio.Event()
        self._thread = threading.Thread(target=self._work, name="miseban-mqtt", daemon=True)

    @property
    def connected(self) -> bool:
        return self._connected and self._flow.known

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._news.set)

    def stop(self, wait_s: float) -> None:
        until_s = self._clock() + wait_s
        while self._thread.is_alive() and self._outbox.waiting and self._clock() < until_s:
            self._thread.join(0.02)
        self._stopping.set()
        self.wake()
        self._thread.join(TIMEOUT_S + 1.0)

    def _work(self) -> None:
        try:
            self._loop.run_until_complete(self._for_ever())
        finally:
            self._loop.close()

    async def _for_ever(self) -> None:
        attempt = 0
        while not self._stopping.is_set():
            try:
                await self._connection()
            except (aiomqtt.MqttError, OSError, TimeoutError) as error:
                if self._connected:
                    attempt = 0
                self._tell_lost(error)
            self._connected = False
            if self._stopping.is_set():
                return
            await self._pause(backoff_s(attempt))
            attempt += 1

    async def _connection(self) -> None:
        """One connection, until it breaks or ``stop``."""
        identifier = f"miseban-{self._shop}-{self._outbox.source}"
        async with broker_client(self._address, identifier) as client:
            await client.subscribe(self._in, qos=1)
            self._flow.restart()
            self._connected = True
            listening = asyncio.create_task(self._listen(client))
            try:
                await self._send(client, listening)
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    async def _send(self, client: aiomqtt.Client, listening: asyncio.Task[None]) -> None:
        while not self._stopping.is_set():
            self._news.clear()
            batch = self._flow.next(self._clock())
            if batch is not None:
                await client.publish(self._out, batch.encode(), qos=1)
            else:
                await self._pause(self._flow.wait_s(self._clock()))
            if listening.done():
                listening.result()
                raise aiomqtt.MqttError("the connection was closed")

    async def _listen(self, client: aiomqtt.Client) -> None:
        try:
            async for message in client.messages:
                payload = message.payload
                try:
                    ack = read_ack(payload if isinstance(payload, bytes) else b"", self._in)
                except BadInput as error:
                    log.warning("hub.unreadable", source=self._outbox.source, why=error.what)
                    continue
                self._flow.answered(ack, self._clock())
                self._tell_back()
                self._news.set()
        finally:
            self._news.set()

    async def _pause(self, wait_s: float) -> None:
        """Waits so long, or until there is news."""
        try:
            await asyncio.wait_for(self._news.wait(), min(wait_s, 60.0))
        except TimeoutError:
            return

    def _tell_lost(self, error: Exception) -> None:
        if not self._lost:
            self._lost = True
            log.warning(
                "hub.lost", source=self._outbox.source, hub=self._address.shown, why=str(error)
            )

    def _tell_back(self) -> None:
        if self._lost:
            self._lost = False
            log.info("hub.back", source=self._outbox.source, waiting=self._outbox.waiting)
