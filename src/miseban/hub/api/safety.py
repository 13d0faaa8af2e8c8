"""What holds for every request before a route sees it: its host, its size, its time; and for every
answer: the headers that keep a browser from doing harm with it."""

from __future__ import annotations

import asyncio
import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from miseban.hub.api.problems import problem
from miseban.hub.formats.sales import LARGEST_FILE

SMALL: Final = 262_144
"""Bytes of a body."""
LARGE: Final[dict[str, int]] = {"/api/v1/receipts": LARGEST_FILE, "/api/v1/shop": 4_194_304}
"""Bytes of a body, by path, where more is needed."""
BODY_S: Final = 60.0
"""Seconds for a whole body to come."""
_UNSAFE: Final = ("POST", "PUT", "PATCH", "DELETE")
_HEADERS: Final = {
    # Nothing but our own files may run, load or be talked to; nobody may put a page in a frame.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


class _TooLarge(Exception):
    pass


class _TooSlow(Exception):
    pass


class Safety:
    """``hosts`` are the names and addresses by which the hub may be called (without ports): who
    makes a browser call it by another name (DNS rebinding) gets nothing. ``tls`` adds the header
    that keeps browsers from trying without."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], *, tls: bool) -> None:
        self.app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._headers = dict(_HEADERS)
        if tls:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing here speaks WebSocket
            await send({"type": "websocket.close", "code": 1008})
            return
        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        refused = self._refused(scope, headers)
        if refused is not None:
            await problem(*refused)(scope, receive, guarded)
            return
        try:
            await self.app(scope, _limited(receive, _limit(scope)), guarded)
        except (_TooLarge, _TooSlow) as error:
            if begun:
                raise
            if isinstance(error, _TooLarge):
                what = f"the body is over {_limit(scope)} bytes"
                await problem("too-large", what, 413)(scope, receive, guarded)
            else:
                what = f"the body took over {BODY_S:.0f} s"
                await problem("too-slow", what, 408)(scope, receive, guarded)

    def _refused(self, scope: Scope, headers: Headers) -> tuple[str, str, int] | None:
        host = _name(headers.get("host", ""))
        if host not in self._hosts:
            return "host", "the hub is not called that; its operator can add the name", 400
        origin = headers.get("origin")
        if origin is not None and scope["method"] in _UNSAFE:
            # A page of somebody else: its requests are refused whatever cookies come along.
            if origin == "null" or _authority(origin) != headers.get("host", "").lower():
                return "csrf", "a page of another origin may not do this", 403
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
            raise _TooSlow from None
        if message["type"] == "http.request":
            left -= len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if left < 0:
                raise _TooLarge
        return message

    return limited


def _name(host: str) -> str:
    """Without the port: ``[::1]:8443`` is ``::1``."""
    found = re.fullmatch(r"\[([0-9A-Fa-f:.]+)\](?::\d+)?|([^:\[\]]+)(?::\d+)?", host)
    if found is None:
        return ""
    return (found[1] or found[2]).lower().rstrip(".")


def _authority(origin: str) -> str:
    return origin.partition("://")[2].lower()
