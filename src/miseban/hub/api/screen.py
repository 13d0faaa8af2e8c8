"""``/api/v1/live/screen``: what a page shows now, again whenever it is another.

A page needs the shop's state once a second, not every event: however many events come and however
many pages are open, each state is made and written once, and sent to all who may see it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Final

from fastapi import APIRouter, Request
from fastapi.sse import format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from miseban.hub.api.needs import Asked, By, Route, TheHub, needs
from miseban.hub.api.problems import responses
from miseban.hub.api.watching import AGAIN_MS, Watching, closed, need_room, opened
from miseban.hub.hub import Hub
from miseban.hub.people.rights import Right

router = APIRouter(prefix="/api/v1/live", tags=["live"], route_class=Route)

TURN_S: Final = 1.0
"""So often a state is made."""
BEAT_S: Final = 10.0
"""Without news something is sent so often, so that a page knows that it still listens."""


class Board:
    """The states that pages are sent, by kind, each with a number that grows when it changes; made
    only while somebody looks. In the loop of the hub's pages."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._watched = 0
        self._making: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self.shown: dict[str, tuple[int, bytes]] = {}

    async def __aenter__(self) -> Board:
        self._watched += 1
        if self._making is None or self._making.done():
            self._changed = asyncio.Condition()  # of the loop that it is now
            self._making = asyncio.create_task(self._make())
        return self

    async def __aexit__(self, *error: object) -> None:
        self._watched -= 1

    async def news(self, seen: dict[str, int], wait_s: float) -> list[bytes]:
        """What is newer than ``seen`` (its kinds: number seen), which is brought up to date;
        empty after ``wait_s``."""

        def newer() -> list[str]:
            return [k for k, n in seen.items() if k in self.shown and self.shown[k][0] != n]

        try:
            async with asyncio.timeout(wait_s), self._changed:
                await self._changed.wait_for(newer)
        except TimeoutError:
            return []
        found = newer()
        for kind in found:
            seen[kind] = self.shown[kind][0]
        return [self.shown[kind][1] for kind in found]

    async def put(self, kind: str, event: str, text: str) -> None:
        """``text`` is the JSON of an ``event`` for whoever watches ``kind``."""
        number, before = self.shown.get(kind, (0, b""))
        message = format_sse_event(event=event, data_str=text)
        if message != before:
            self.shown[kind] = (number + 1, message)
            async with self._changed:
                self._changed.notify_all()

    async def _make(self) -> None:
        while self._watched:
            began = time.monotonic()
            plain, devices, helping = await run_in_threadpool(self._states)
            await self.put("now", "now", plain)
            await self.put("now.devices", "now", devices)
            await self.put("help", "help", helping)
            await asyncio.sleep(max(0.0, TURN_S - (time.monotonic() - began)))
        self.shown.clear()

    def _states(self) -> tuple[str, str, str]:
        hub = self._hub
        now = hub.now()
        snapshot = hub.live.snapshot(now)
        plain = snapshot.model_copy(update={"cameras": ()})
        return (
            plain.model_dump_json(),
            snapshot.model_dump_json(),
            hub.live.help(now).model_dump_json(),
        )


@router.get(
    "/screen",
    summary="The shop for a page that stays open",
    dependencies=[needs(Right.SEE_COUNT)],
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events: `now` as `/live` gives it, `help` for those who "
            "may see help, each again when it is another; `beat` where nothing changes.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **responses(401, 403, 429, 503),
    },
)
async def screen(request: Request, hub: TheHub, by: By) -> StreamingResponse:
    """At most once a second. For programs that want every event there is `/live/events`."""
    need_room(request, by)
    look = Look(hub, request, by, board_of(request, hub))
    opened(request, look, by)

    async def stream() -> AsyncIterator[bytes]:
        try:
            async for chunk in look.chunks():
                yield chunk
        finally:
            closed(request, look)

    headers = {"X-Accel-Buffering": "no"}  # nginx would hold it back
    return StreamingResponse(stream(), headers=headers, media_type="text/event-stream")


class Look:
    """One stream to one page."""

    def __init__(self, hub: Hub, request: Request, by: Asked, board: Board) -> None:
        self._watching, self._board = Watching(hub, request, by), board
        self._ends = False

    def close(self) -> None:
        self._ends = True

    async def chunks(self) -> AsyncIterator[bytes]:
        """Bytes to send, until it is closed or the page may no longer see anything."""
        yield f"retry: {AGAIN_MS}\n\n".encode()
        seen = dict.fromkeys(kinds_for(self._watching.may), 0)
        beat_at = time.monotonic()
        async with self._board:
            while not self._ends:
                if self._watching.until_look_s() <= 0 and not await self._watching.still_may():
                    return
                news = await self._board.news(seen, TURN_S)
                if news:
                    beat_at = time.monotonic()
                    yield b"".join(news)
                elif time.monotonic() - beat_at >= BEAT_S:
                    beat_at = time.monotonic()
                    yield format_sse_event(event="beat", data_str="{}")


def kinds_for(may: Callable[[Right], bool]) -> tuple[str, ...]:
    """What of the board somebody is sent."""
    kinds = ["now.devices" if may(Right.SEE_DEVICE) else "now"]
    if may(Right.SEE_ASSIST):
        kinds.append("help")
    return tuple(kinds)


def board_of(request: Request, hub: Hub) -> Board:
    """The hub's one board."""
    state = request.app.state
    if getattr(state, "board", None) is None:
        state.board = Board(hub)
    found: Board = state.board
    return found
