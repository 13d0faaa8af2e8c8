"""What runs in the hub's asyncio loop beside its pages: alerts, whoever is told of them, and
reports on schedule."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from miseban.camera.process.logs import log
from miseban.hub.alerts import Notice
from miseban.hub.alerts.watch import Watch
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
        self._notifier = self._new_notifier()
        self._schedule = _schedule(box)

    async def run(self) -> None:
        box, loop = self._box, asyncio.get_running_loop()
        box.hub.deliver = self._deliver
        watching = loop.create_task(self._again("alerts", self._watch))

        def begin_anew() -> None:
            nonlocal watching
            watching.cancel()
            self._notifier = self._new_notifier()  # names of places may be others
            watching = loop.create_task(self._again("alerts", self._watch))

        def reloaded() -> None:
            loop.call_soon_threadsafe(begin_anew)

        box.reloaded = reloaded
        hooks = loop.create_task(self._again("webhooks", self._hook))
        reports = loop.create_task(self._again("reports", self._schedule.run))
        try:
            await asyncio.Event().wait()
        finally:
            box.reloaded = lambda: None
            for task in (watching, hooks, reports):
                task.cancel()
            await asyncio.gather(watching, hooks, reports, return_exceptions=True)
            await self._notifier.close()
            await self._outgoing.close()

    def _new_notifier(self) -> Notifier:
        hub = self._box.hub
        return Notifier(
            hub.shop,
            hub.rules.language,
            lambda alert, channel: hub.alerts.delivered(alert, channel, hub.now()),
            push=self._push,
            chats=self._chats,
        )

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
