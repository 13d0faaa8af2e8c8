"""Takes notices, and sees that they reach people by every channel, without making anybody wait."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

from miseban.hub.alerts import Notice
from miseban.hub.ending import ended
from miseban.hub.notify.chat import Chat
from miseban.hub.notify.messages import Message, Words
from miseban.vocabulary.shop import Shop

_LOG = logging.getLogger(__name__)
AT_ONCE: Final = 200
"""Deliveries on their way; who comes then is told when one of them has arrived."""


class Way(Protocol):
    """A channel."""

    async def send(self, message: Message) -> int:
        """To how many it got."""
        ...


class Notifier:
    """``delivered`` is told the alert and the channel of every delivery that got through, in a
    thread of its own. The channel ``page`` is not in here: pages are told by the bus."""

    def __init__(
        self,
        shop: Shop,
        language: str,
        delivered: Callable[[str, str], None],
        *,
        push: Way | None = None,
        chats: Iterable[Chat] = (),
    ) -> None:
        self._delivered = delivered
        self._push, self._chats = push, tuple(chats)
        self._ways: dict[str, tuple[Way, Words]] = {}
        self.speak(shop, language)
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    def speak(self, shop: Shop, language: str) -> None:
        """From now on in that language, with the names that ``shop`` has for its places."""
        words = Words(language, shop)
        ways: dict[str, tuple[Way, Words]] = {}
        if self._push is not None:
            ways["push"] = self._push, words
        for chat in self._chats:
            own = Words(chat.language, shop) if chat.language else words
            ways[chat.id] = chat, own
        self._ways = ways

    def send(self, notices: Sequence[Notice]) -> None:
        """Sends them on their way and returns at once. Call it in the hub's loop."""
        for notice in notices:
            for channel in notice.channels:
                if channel in self._ways:
                    task = asyncio.get_running_loop().create_task(self._send(notice, channel))
                    self._tasks.add(task)
                    task.add_done_callback(self._ended)

    async def close(self, wait_s: float = 5.0) -> None:
        """Waits for what is on its way, no longer than ``wait_s``."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=wait_s)
        await ended(*self._tasks)

    async def _send(self, notice: Notice, channel: str) -> None:
        way, words = self._ways[channel]
        async with self._room:
            reached = await way.send(words.message(notice))
            if reached:
                await asyncio.to_thread(self._delivered, notice.alert.alert, channel)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _LOG.error("a delivery failed", exc_info=task.exception())
