"""Sends every report of the settings when its time has come, to each address once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from miseban.hub.notify.settings import Channel, ReportSettings
from miseban.hub.reports.due import Due, due
from miseban.hub.reports.ledger import Delivery, Ledger
from miseban.hub.reports.post import Letter, Post
from miseban.insight.digest import Kind
from miseban.vocabulary.errors import MisebanError

_LOG = logging.getLogger(__name__)
LOOKS_S: Final = 20.0
WAITS: Final = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1),
)  # fmt: skip
"""After a channel has refused; the last one again and again, until it is too late to send."""

Write = Callable[[Kind, date, str], Letter]
"""Makes the report of a day or of the week with it, in a language: in a thread."""


class Schedule:
    """``timezone`` and ``language`` are asked for each time: the shop file and the rules may have
    been read again."""

    def __init__(
        self,
        ledger: Ledger,
        reports: Sequence[ReportSettings],
        channels: Sequence[Channel],
        write: Write,
        *,
        timezone: Callable[[], str],
        language: Callable[[], str],
        now: Callable[[], datetime],
    ) -> None:
        """Raises ``BadInput`` (``channel``) for an address that nobody knows."""
        self._ledger, self._reports, self._write = ledger, reports, write
        self._timezone, self._language, self._now = timezone, language, now
        wanted = {name for report in reports for name in report.channels}
        self._posts = {one.id: Post(one) for one in channels if one.id in wanted}

    async def run(self) -> None:
        """Until it is cancelled. What is being sent then is sent to its end, and noted."""
        for one in await asyncio.to_thread(self._ledger.in_doubt):
            _LOG.warning(
                "report %s of %s, channel %s: the hub was cut off while it was sent; it may not "
                "have arrived, and is not sent again", one.report, one.first, one.channel,
            )  # fmt: skip
        while True:
            await self.round()
            await asyncio.sleep(LOOKS_S)

    async def round(self) -> None:
        """Everything that is due now."""
        for report in self._reports:
            found = due(report, self._timezone(), self._now())
            if found is not None:
                await self._deliver(report, found)
        await asyncio.to_thread(self._ledger.tidy, self._now())

    async def _deliver(self, report: ReportSettings, found: Due) -> None:
        written: dict[str, Letter] = {}
        for name in report.channels:
            post = self._posts[name]
            language = report.language or post.channel.language or self._language()
            for number in post.numbers:
                one = Delivery(report.id, found.first, name, number)
                if not await asyncio.to_thread(self._ledger.waiting, one, self._now()):
                    continue
                if language not in written:
                    try:
                        made = await asyncio.to_thread(
                            self._write, report.kind, found.first, language
                        )
                    except MisebanError as error:  # asked again at the next look
                        _LOG.error("report %s of %s: %s", report.id, found.first, error)
                        return
                    written[language] = made
                # To its end, although this is cancelled: what was sent is noted as sent.
                sending = asyncio.ensure_future(self._send(post, one, written[language]))
                try:
                    await asyncio.shield(sending)
                except asyncio.CancelledError:
                    await sending
                    raise

    async def _send(self, post: Post, one: Delivery, letter: Letter) -> None:
        if not await asyncio.to_thread(self._ledger.claim, one, self._now()):
            return
        took = await post.send(one.number, letter)
        if took:
            await asyncio.to_thread(self._ledger.sent, one, self._now())
            return
        tries = await asyncio.to_thread(self._ledger.tries, one)
        wait = WAITS[min(tries, len(WAITS)) - 1]
        await asyncio.to_thread(self._ledger.refused, one, self._now(), wait)
        if tries == 1:
            _LOG.warning(
                "report %s of %s: channel %s did not take it; it is tried again",
                one.report, one.first, one.channel,
            )  # fmt: skip
