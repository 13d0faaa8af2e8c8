"""Sends web push messages (RFC 8030) to the phones and browsers of staff."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal

from miseban.hub.notify import base64url
from miseban.hub.notify.encryption import encrypt
from miseban.hub.notify.messages import Message
from miseban.hub.notify.outgoing import Outgoing
from miseban.hub.notify.subscriptions import Subscription, Subscriptions
from miseban.hub.notify.vapid import Vapid
from miseban.vocabulary.errors import BadInput, MisebanError
from miseban.vocabulary.events import Urgency

_LOG = logging.getLogger(__name__)
TTL_S: Final[dict[Urgency, int]] = {"note": 3600, "warning": 1800, "urgent": 600}
"""For how long a push service keeps a message for a phone that is off: what is urgent is of no use
to anybody much later."""
URGENCY: Final[dict[Urgency, str]] = {"note": "low", "warning": "normal", "urgent": "high"}
"""In the words of RFC 8030, 5.3: "high" wakes a phone."""
WAITS_S: Final = (1.0, 5.0, 20.0)
"""Before it is tried again, when a service is busy or out of reach."""
AT_ONCE: Final = 20

Outcome = Literal["sent", "gone", "refused", "out of reach"]


class WebPush:
    """``clock`` tells the time for tokens."""

    def __init__(
        self,
        subscriptions: Subscriptions,
        vapid: Vapid,
        outgoing: Outgoing,
        clock: Callable[[], datetime],
        waits_s: tuple[float, ...] = WAITS_S,
    ) -> None:
        self._subscriptions, self._vapid, self._outgoing = subscriptions, vapid, outgoing
        self._clock, self._waits_s = clock, waits_s
        self._room = asyncio.Semaphore(AT_ONCE)

    async def send(self, message: Message) -> int:
        """Tells everybody of the message's roles, all at once; to how many browsers it got. What
        does not exist any more (404, 410) is forgotten."""
        found = await asyncio.to_thread(self._subscriptions.of_roles, message.roles)
        outcomes = await asyncio.gather(*(self.send_to(one, message) for one in found))
        return outcomes.count("sent")

    async def send_to(self, subscription: Subscription, message: Message) -> Outcome:
        """Hands it to the browser's push service."""
        body = encrypt(payload(message), subscription.key, subscription.auth)
        for wait_s in (*self._waits_s, None):
            outcome, ask_s = await self._once(subscription, message, body)
            if outcome != "out of reach" or wait_s is None:
                break
            await asyncio.sleep(max(wait_s, min(ask_s or 0.0, 60.0)))
        if outcome == "gone":
            await asyncio.to_thread(self._subscriptions.remove, subscription.id)
        elif outcome != "sent":
            _LOG.warning("web push to %s: %s", subscription.id, outcome)
        return outcome

    async def _once(
        self, subscription: Subscription, message: Message, body: bytes
    ) -> tuple[Outcome, float | None]:
        headers = {
            "Authorization": self._vapid.header(subscription.endpoint, self._clock()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL_S[message.urgency]),
            "Urgency": URGENCY[message.urgency],
            "Topic": topic(message.alert),
        }
        try:
            async with self._room:
                # A push service is never in the shop; who may subscribe is anybody of the staff.
                answer = await self._outgoing.post(
                    subscription.endpoint, body, headers, local=False
                )
        except BadInput:
            return "refused", None
        except MisebanError:
            return "out of reach", None
        if 200 <= answer.status < 300:
            return "sent", None
        if answer.status in (404, 410):
            return "gone", None
        if answer.status == 429 or answer.status >= 500:
            return "out of reach", answer.retry_after_s
        return "refused", None


def payload(message: Message) -> bytes:
    """What the page's service worker shows: what and where, and no person."""
    told = {
        "alert": message.alert,
        "title": message.title,
        "body": message.body,
        "urgency": message.urgency,
        "lang": message.language,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def topic(alert: str) -> str:
    """A later message about the same alert takes the place of one that still waits (RFC 8030, 5.4:
    32 characters of base64url)."""
    return base64url.encode(hashlib.sha256(alert.encode()).digest()[:24])
