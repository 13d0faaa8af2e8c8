"""The way to the hub by MQTT 3.1.1: batches with QoS 1 out, the hub's answers in; and between
them, with QoS 0, who is on the floor now.

The broker is believed in nothing. Sessions are clean, and neither its state nor its acknowledgement
of a publish matters for what the outbox forgets: only the hub's own answer does.
"""

from __future__ import annotations

import asyncio
import contextlib
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
from miseban.vocabulary.floor_now import floor_topic
from miseban.vocabulary.lessons import lessons_topic

log = structlog.get_logger(__name__)


class MqttSender:
    """Empties ``outbox`` towards the hub of ``shop`` at ``address``, from a thread, for ever.
    An outbox that cannot be used is logged once until it works again, and tried again. ``taught``
    is handed each message of what staff say to these cameras."""

    def __init__(
        self,
        outbox: Outbox,
        shop: str,
        address: HubAddress,
        *,
        settings: FlowSettings | None = None,
        clock: Callable[[], float] = time.monotonic,
        taught: Callable[[bytes], None] | None = None,
    ) -> None:
        self._taught = taught
        self._outbox, self._shop, self._address, self._clock = outbox, shop, address, clock
        self._flow = Flow(outbox, settings)
        self._out = events_topic(shop, outbox.source)
        self._in = ack_topic(shop, outbox.source)
        self._floor_out = floor_topic(shop, outbox.source)
        self._lessons_in = lessons_topic(shop, outbox.source)
        self._floor: bytes | None = None  # not sent yet; only the newest is worth anything
        self._connected = False
        self._lost = False
        self._ill = False
        self._stopping = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._news, self._told_to_stop = asyncio.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._work, name="miseban-mqtt", daemon=True)

    @property
    def connected(self) -> bool:
        return self._connected and self._flow.known and not self._ill

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._set(self._news)

    def show(self, floor: bytes) -> None:
        """Who is on the floor now: sent once when nothing else is to be sent, or forgotten. May be
        called from any thread."""
        if self._connected:
            self._floor = floor
            self._set(self._news)

    def stop(self, wait_s: float) -> None:
        until_s = self._clock() + wait_s
        while self._thread.is_alive() and self._outbox.waiting and self._clock() < until_s:
            self._thread.join(0.02)
        self._stopping.set()
        self._set(self._told_to_stop)
        self._set(self._news)
        self._thread.join(TIMEOUT_S + 1.0)

    def _set(self, event: asyncio.Event) -> None:
        if self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # the loop has been closed just now
                self._loop.call_soon_threadsafe(event.set)

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
            except Exception as error:  # most likely of the disk; the thread must not end unseen
                if not self._ill:
                    log.exception("outbox.failed", source=self._outbox.source, why=str(error))
                self._ill = True
            self._connected = False
            if self._stopping.is_set():
                return
            # Not until there is news: events go on coming while the broker is away.
            await _wait(self._told_to_stop, backoff_s(attempt))
            attempt += 1

    async def _connection(self) -> None:
        """One connection, until it breaks or ``stop``."""
        identifier = f"miseban-{self._shop}-{self._outbox.source}"
        async with broker_client(self._address, identifier) as client:
            await client.subscribe(self._in, qos=1)
            if self._taught is not None:
                await client.subscribe(self._lessons_in, qos=1)
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
                if batch.lines:
                    self._tell_well()
                await client.publish(self._out, batch.encode(), qos=1)
            elif self._floor is not None:
                floor, self._floor = self._floor, None
                await client.publish(self._floor_out, floor, qos=0)
            else:
                await _wait(self._news, self._flow.wait_s(self._clock()))
            if listening.done():
                listening.result()
                raise aiomqtt.MqttError("the connection was closed")

    async def _listen(self, client: aiomqtt.Client) -> None:
        try:
            async for message in client.messages:
                payload = message.payload
                if message.topic.value == self._lessons_in:
                    # What a broker kept is of another moment.
                    if self._taught is not None and not message.retain:
                        self._taught(payload if isinstance(payload, bytes) else b"")
                    continue
                try:
                    ack = read_ack(payload if isinstance(payload, bytes) else b"", self._in)
                except BadInput as error:
                    log.warning("hub.unreadable", source=self._outbox.source, why=error.what)
                    continue
                self._flow.answered(ack, self._clock())
                self._tell_back()
                if not self._outbox.waiting:
                    self._tell_well()
                self._news.set()
        finally:
            self._news.set()

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

    def _tell_well(self) -> None:
        if self._ill:
            self._ill = False
            log.info("outbox.works", source=self._outbox.source, waiting=self._outbox.waiting)


async def _wait(event: asyncio.Event, wait_s: float) -> None:
    """So long, or until ``event``."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), min(wait_s, 60.0))
