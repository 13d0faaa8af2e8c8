"""A report as a message, for channels that can attach a file and for those that cannot."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import apprise
from apprise.attachment.memory import AttachMemory

from miseban.hub.notify.chat import addresses_of
from miseban.hub.notify.settings import Channel
from miseban.insight.digest import Report
from miseban.insight.digest.pdf import as_pdf
from miseban.insight.digest.sentences import headline
from miseban.insight.digest.words import Words


@dataclass(frozen=True, slots=True)
class Letter:
    """``name`` is that of the PDF file."""

    title: str
    text: str
    link: str
    attached: str
    name: str
    pdf: bytes


def letter(report: Report, hub_url: str) -> Letter:
    """In the report's language."""
    words = Words(report.language, report.timezone)
    url = f"{hub_url}/reports?kind={report.kind}&day={report.first}"
    return Letter(
        title=headline(report, words),
        text="\n\n".join(report.says).replace("\u2060", ""),  # some readers show boxes
        link=words("head.open", url=url),
        attached=words("head.attached"),
        name=f"{report.shop}-{report.kind}-{report.first}.pdf",
        pdf=as_pdf(report),
    )


class Post:
    """The addresses of one channel."""

    def __init__(self, channel: Channel) -> None:
        """Raises ``BadInput`` (``channel``) for an address that Apprise does not know."""
        self.channel = channel
        self._to = addresses_of(channel)

    @property
    def numbers(self) -> range:
        """Of its addresses, from 1."""
        return range(1, len(self._to) + 1)

    async def send(self, number: int, one: Letter) -> bool:
        """Whether address ``number`` has taken it."""
        return await asyncio.to_thread(_send, self._to[number - 1], one)


def _send(to: apprise.Apprise, one: Letter) -> bool:
    can_attach = all(bool(server.attachment_support) for server in to)
    parts = [one.text, *([one.attached] if can_attach else []), one.link]
    pdf: Any = AttachMemory(  # type: ignore[no-untyped-call]
        content=one.pdf, name=one.name, mimetype="application/pdf"
    )
    told = to.notify(
        title=one.title,
        body="\n\n".join(parts),
        notify_type=apprise.NotifyType.INFO,
        body_format=apprise.NotifyFormat.TEXT,
        attach=[pdf] if can_attach else None,
    )
    return bool(told)
