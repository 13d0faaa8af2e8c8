"""What runs in the hub's asyncio loop beside its pages: alerts, whoever is told of them, and
reports on schedule."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from miseban.camera.process.logs import log
from miseban.camera.process.wall_clock import WallClock
from miseban.hub.alerts import Notice
from miseban.hub.alerts.watch import Watch
from miseban.hub.ending import ended
from miseban.hub.notify.chat import Chat
from miseban.hub.notify.notifier import Notifier
from miseban.hub.notify.outgoing import Outgoing
from miseban.hub.notify.webhooks import Webhooks
from miseban.hub.notify.webpush import WebPush
from miseban.hub.reports.ledger import Ledger
from miseban.hub.reports.making import report_of
from miseban.hub.reports.post import Letter, letter
from miseban.hub.reports.schedule import Schedule
from miseban.hub.running.box import Box
from miseban.insight.digest import Kind
from miseban.vocabulary.errors import MisebanError

SET_BY_S = 120.0
"""A clock that was set by less does little harm: people and queues are forgotten minutes too early
or too late."""
LASTS_S = 3.0
"""So long the new time must stand."""
AGAIN_S = 5.0
"""Before a part that failed is begun anew."""
_LOG = log("hub")


class HubLoop:
    """``run`` until it is cancelled. A part that fails is logged and begun anew; the others do not
    notice."""

    def __init__(self, box: Box) -> None:
        """Raises ``BadInput`` (``channel``) for an address that nobody knows."""
        self._box = box
        notify = box.notify
        self._outgoing = Outgoing(local=True, allowed=notify.networks, insecure=notify.insecure)
        self._chats = [Chat(channel) for channel in notify.channels]
        self._push = WebPush(box.hub.pushes, box.vapid, self._outgoing, box.hub.now)
        hub = box.hub
        self._notifier = Notifier(
            hub.shop,
            hub.rules.language,
            lambda alert, channel: hub.alerts.delivered(alert, channel, hub.now()),
            push=self._push,
            chats=self._chats,
        )
        self._schedule = _schedule(box)

    async def run(self) -> None:
        box, loop = self._box, asyncio.get_running_loop()
        box.hub.deliver = self._deliver

        def reloaded() -> None:
            self._notifier.speak(box.hub.shop, box.hub.rules.language)

        box.on_reload.append(reloaded)
        parts = {
            "alerts": self._watch, "webhooks": self._hook, "clock": self._mind_the_clock,
            "reports": self._schedule.run,
        }  # fmt: skip
        tasks = [loop.create_task(self._again(name, part)) for name, part in parts.items()]
        try:
            await asyncio.Event().wait()
        finally:
            box.on_reload.remove(reloaded)
            await ended(*tasks)
            await self._notifier.close()
            await self._outgoing.close()

    def _deliver(self, notices: Sequence[Notice]) -> None:
        self._notifier.send(notices)

    async def _watch(self) -> None:
        hub = self._box.hub
        await Watch(hub.alerts, self._deliver, hub.now).run(hub.bus)

    async def _hook(self) -> None:
        hub, notify = self._box.hub, self._box.notify
        webhooks = Webhooks(
            hub.hooks, self._outgoing, hub.now, dead_after_days=notify.dead_after_days
        )
        await webhooks.run(hub.bus, hub.reader)

    async def _mind_the_clock(self) -> None:
        """What is so now hangs on what the clock says: when it was set by much, all is looked at
        anew, by the journal."""
        box = self._box

        def standing() -> WallClock:
            return WallClock(lambda: box.hub.now().timestamp(), set_by_s=SET_BY_S, lasts_s=LASTS_S)

        clock = standing()
        while True:
            await asyncio.sleep(1.0)
            if clock.was_set():
                begun = standing()
                try:
                    await asyncio.to_thread(box.rebuild)
                except MisebanError as error:
                    _LOG.error("the live state could not be made anew", why=str(error))
                else:
                    clock = begun

    async def _again(self, name: str, part: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await part()
            except Exception:  # noqa: BLE001  (the others go on)
                _LOG.exception("a part failed", part=name)
            await asyncio.sleep(AGAIN_S)


def _schedule(box: Box) -> Schedule:
    hub = box.hub

    def write(kind: Kind, day: date, language: str) -> Letter:
        # Of cameras only how much was seen: who gets a mail need have no right to see devices.
        return letter(report_of(hub, kind, day, language, devices=False), hub.door.url)

    return Schedule(
        Ledger(hub.engine),
        box.notify.reports,
        box.notify.channels,
        write,
        timezone=lambda: hub.shop.shop.timezone,
        language=lambda: hub.rules.language,
        now=hub.now,
    )
