"""Chat, mail and pagers, by Apprise.

Apprise is given addresses of the settings and nothing else: it reads no configuration or plugin of
the machine, keeps nothing on disk, makes no keys, follows no redirect, and puts no picture of the
internet into a message.
"""

from __future__ import annotations

import asyncio
import logging
import warnings
from typing import Final

import apprise

from miseban.hub.notify.messages import Message
from miseban.hub.notify.settings import Channel
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import Urgency

_LOG = logging.getLogger(__name__)
WAITS_S: Final = (2.0, 20.0)
"""Before it is tried again."""
_TYPES: Final[dict[Urgency, apprise.NotifyType]] = {
    "note": apprise.NotifyType.INFO,
    "warning": apprise.NotifyType.WARNING,
    "urgent": apprise.NotifyType.FAILURE,
}


def _asset() -> apprise.AppriseAsset:
    return apprise.AppriseAsset(
        plugin_paths=[],
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        secure_logging=True,
        allow_templates=False,
        service_timeout=20.0,
        app_id="miseban",
        app_desc="miseban",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        http_redirects=False,
        pgp_autogen=False,
        pem_autogen=False,
    )


def addresses_of(channel: Channel) -> list[apprise.Apprise]:
    """One for each address, so that one that fails is tried again without telling the others
    twice. Raises ``BadInput`` (``channel``) for one that Apprise does not know; it is not shown,
    since it holds a password."""
    found = []
    for number, url in enumerate(channel.urls, start=1):
        one = apprise.Apprise(asset=_asset())
        with warnings.catch_warnings():
            # Apprise loads its plugins now, and one of them a module that Python will drop.
            warnings.simplefilter("ignore", DeprecationWarning)
            known = one.add(url)
        if not known:
            where = f'[[channel]] "{channel.id}" urls {number}'
            raise BadInput("channel", where, "expected an address that Apprise knows")
        found.append(one)
    return found


class Chat:
    """One channel of the settings."""

    def __init__(self, channel: Channel, waits_s: tuple[float, ...] = WAITS_S) -> None:
        """Raises ``BadInput`` (``channel``) for an address that Apprise does not know; the address
        is not shown, since it holds a password."""
        self.id = channel.id
        self.language = channel.language
        self._waits_s = waits_s
        self._to = addresses_of(channel)

    async def send(self, message: Message) -> int:
        """To how many addresses it got."""
        return sum(await asyncio.gather(*(self._send_to(one, message) for one in self._to)))

    async def _send_to(self, to: apprise.Apprise, message: Message) -> bool:
        for wait_s in (*self._waits_s, None):
            if await asyncio.to_thread(_notify, to, message):
                return True
            if wait_s is not None:
                await asyncio.sleep(wait_s)
        _LOG.warning("channel %s: a message did not get through", self.id)
        return False


def _notify(to: apprise.Apprise, message: Message) -> bool:
    told = to.notify(title=message.title, body=message.body, notify_type=_TYPES[message.urgency])
    return bool(told)
