"""What holds for every request before a route sees it: its host, its size, its time; and for every
answer: the headers that keep a browser from doing harm with it."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from miseban.hub.api.headers import HEADERS
from miseban.hub.api.needs import origins_of
from miseban.hub.api.problems import Trouble, problem
from miseban.hub.formats.sales import LARGEST_FILE
from miseban.hub.hub import Door
from miseban.insight.planogram import LARGEST_PLAN

SMALL: Final = 262_144
"""Bytes of a body."""
LARGE: Final[dict[str, int]] = {
    "/api/v1/receipts": LARGEST_FILE,
    "/api/v1/shelves/plan": LARGEST_PLAN,
    "/api/v1/shop/file": 4_194_304,
    "/api/v1/rules/file": 4_194_304,
}
"""Bytes of a body, by path, where more is needed."""
BODY_S: Final = 60.0
"""Seconds for a whole body to come."""


class Safety:
    """Who makes a browser call the hub by a name that is not its own (DNS rebinding) gets nothing.
    Where there is TLS, a header keeps browsers from trying without."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app, self._door = app, door
        self._headers = dict(HEADERS)
        if door.tls:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing here speaks WebSocket
            await send({"type": "websocket.close", "code": 1008})
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        refused = self._refused(scope, headers)
        if refused is not None:
            await problem(*refused)(scope, receive, guarded)
            return
        await self.app(scope, _limited(receive, _limit(scope)), guarded)

    def _refused(self, scope: Scope, headers: Headers) -> tuple[str, str, int] | None:
        host = headers.get("host", "")
        if not origins_of(self._door, host, scope).is_host(host):
            return "host", "the hub is not called that; its operator can add the name", 400
        length = headers.get("content-length")
        if length is not None and length.isdigit() and int(length[:12]) > _limit(scope):
            return "too-large", f"the body is over {_limit(scope)} bytes", 413
        return None


def _limit(scope: Scope) -> int:
    return LARGE.get(scope["path"], SMALL)


def _limited(receive: Receive, limit: int) -> Receive:
    """``receive`` that raises when a body is longer than ``limit``, or takes too long."""
    left = limit
    ends: float | None = None
    whole = False

    async def limited() -> Message:
        nonlocal left, ends, whole
        if whole:  # waits for the client to go: as long as it likes
            return await receive()
        loop = asyncio.get_running_loop()
        ends = ends if ends is not None else loop.time() + BODY_S
        try:
            async with asyncio.timeout_at(ends):
                message = await receive()
        except TimeoutError:
            raise Trouble("too-slow", f"the body took over {BODY_S:.0f} s") from None
        if message["type"] == "http.request":
            left -= len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if left < 0:
                raise Trouble("too-large", f"the body is over {limit} bytes")
        return message

    return limited
