"""Figures of the API itself, for Prometheus."""

from __future__ import annotations

import time
from typing import Final

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUESTS: Final = Counter(
    "miseban_http_requests", "Requests, by method, route and status.", ["method", "route", "status"]
)
SECONDS: Final = Histogram(
    "miseban_http_seconds",
    "Seconds until an answer began, by route.",
    ["route"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
)
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Measured:
    """Counts what comes in. A route is its pattern, so that nobody makes the figures grow by asking
    for ever new addresses."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun_s = time.perf_counter()
        counted_once = False

        def count(status: int) -> None:
            nonlocal counted_once
            counted_once = True
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            REQUESTS.labels(method, route, str(status)).inc()
            SECONDS.labels(route).observe(time.perf_counter() - begun_s)

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                count(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, counted)
        except Exception:  # goes on: it becomes a 500 further out
            if not counted_once:  # else its answer had begun
                count(500)
            raise
