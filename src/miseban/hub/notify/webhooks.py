"""Sends webhooks from their queue, and fills it with what the journal keeps."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, Protocol

from miseban.hub.bus import Bus, Missed, Told
from miseban.hub.notify.hooks import Due, Hooks
from miseban.hub.notify.outgoing import Outgoing
from miseban.hub.notify.signing import headers
from miseban.vocabulary.errors import MisebanError
from miseban.vocabulary.events import Event, plain

_LOG = logging.getLogger(__name__)
BACKOFF_S: Final = (5.0, 60.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0)
"""Before it is tried again; the last again and again, until the webhook is given up."""
AT_ONCE: Final = 50
"""Messages of one webhook that are sent one after another before the database is told."""
OVERLAP: Final = timedelta(minutes=10)
"""So much before the newest event that a webhook was given is read again from the journal after a
restart: cameras are heard at different times."""


class Reader(Protocol):
    """The part of the journal's reader that catching up needs."""

    def events(
        self, types: Sequence[str] | None = None, since: datetime | None = None
    ) -> Iterable[Event]: ...


class Webhooks:
    """``run`` until it is cancelled."""

    def __init__(
        self,
        hooks: Hooks,
        outgoing: Outgoing,
        clock: Callable[[], datetime],
        *,
        dead_after_days: int = 5,
        backoff_s: tuple[float, ...] = BACKOFF_S,
        every_s: float = 1.0,
    ) -> None:
        self._hooks, self._outgoing, self._clock = hooks, outgoing, clock
        self._dead_after = timedelta(days=dead_after_days)
        self._backoff_s, self._every_s = backoff_s, every_s
        self._filled = asyncio.Event()

    async def run(self, bus: Bus, reader: Reader) -> None:
        """Feeds and sends."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.feed(bus, reader))
            group.create_task(self.send())

    async def feed(self, bus: Bus, reader: Reader) -> None:
        """Puts events into the queue as they come: first those that came while nobody looked."""
        with bus.subscribe() as subscription:
            await asyncio.to_thread(self._catch_up, reader)
            while found := await subscription.some():
                if any(isinstance(one, Missed) for one in found):
                    await asyncio.to_thread(self._catch_up, reader)
                events = [one.event for one in found if isinstance(one, Told)]
                if await asyncio.to_thread(self._hooks.put, events, self._clock()):
                    self._filled.set()

    def _catch_up(self, reader: Reader) -> None:
        for one in self._hooks.behind(OVERLAP):
            missed = iter(reader.events(types=one.types, since=one.since))
            while some := list(islice(missed, 500)):
                self._hooks.put(plain(some), self._clock(), one.hook)

    async def send(self) -> None:
        """Sends what is due, to all receivers at once and to each in order."""
        while True:
            self._filled.clear()
            if not await self.send_due():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._every_s):
                        await self._filled.wait()

    async def send_due(self) -> int:
        """What is due now; how many were taken."""
        due = await asyncio.to_thread(self._hooks.due, self._clock(), AT_ONCE)
        taken = await asyncio.gather(*(self._send_to(hook, some) for hook, some in due.items()))
        return sum(taken)

    async def _send_to(self, hook: str, messages: list[Due]) -> int:
        taken: list[int] = []
        failed: tuple[Due, float | None, bool] | None = None
        why = ""
        for message in messages:
            status, wait_s, why = await self._once(message)
            if status is not None and 200 <= status < 300:
                taken.append(message.number)
                continue
            failed = message, wait_s, status == 410
            break
        now = self._clock()
        if taken:
            await asyncio.to_thread(self._hooks.sent, hook, taken, now)
        if failed is not None:
            message, ask_s, gone = failed
            wait = self._backoff_s[min(message.tries, len(self._backoff_s) - 1)]
            again = now + timedelta(seconds=max(wait, min(ask_s or 0.0, 86_400.0)))
            after = timedelta(0) if gone else self._dead_after
            if await asyncio.to_thread(self._hooks.failed, hook, message.number, again, now, after):
                _LOG.error("webhook %s is given up: its receiver takes nothing: %s", hook, why)
            elif message.tries == 0:
                _LOG.warning("webhook %s: its receiver did not take a message: %s", hook, why)
        return len(taken)

    async def _once(self, message: Due) -> tuple[int | None, float | None, str]:
        """The status (none: not reached), how long to wait, and what to say of it."""
        signed = headers(message.event, int(self._clock().timestamp()), message.body, message.keys)
        try:
            answer = await self._outgoing.post(
                message.url, message.body, {**signed, "Content-Type": "application/json"}
            )
        except MisebanError as error:
            return None, None, error.what
        return answer.status, answer.retry_after_s, f"it answered {answer.status}"
