"""``/api/v1/live/screen``: what a page shows now, again whenever it is another.

A page needs the shop's state once a second, not every event: however many events come and however
many pages are open, each state is made and written once, and sent to all who may see it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from typing import Final

from fastapi import APIRouter, Request
from fastapi.sse import format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from miseban.hub.api.needs import Asked, By, Route, TheHub, needs
from miseban.hub.api.problems import responses
from miseban.hub.api.watching import AGAIN_MS, Watching, need_room, streamed
from miseban.hub.hub import Hub
from miseban.hub.people.rights import Right
from miseban.vocabulary.events import AssistEvent, Event

router = APIRouter(prefix="/api/v1/live", tags=["live"], route_class=Route)

TURN_S: Final = 1.0
"""So often a state is made; that of help also whenever something happens with a call."""
FLOOR_S: Final = 0.5
"""So often it is told who is where on the floor."""
EVENTS: Final = {"now": "now", "now_devices": "now", "help": "help", "floor": "floor"}
"""Of each kind of state the event as which it is sent."""
BEAT_S: Final = 10.0
"""Without news something is sent so often, so that a page knows that it still listens."""


class Board:
    """The states that pages are sent, by kind, each with a number that grows when it changes; made
    only while somebody looks. In the loop of the hub's pages."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._watched: Counter[str] = Counter()
        self._making: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self._in_order = asyncio.Lock()
        self.shown: dict[str, tuple[int, bytes]] = {}

    @contextlib.asynccontextmanager
    async def watched(self, kinds: Collection[str]) -> AsyncIterator[None]:
        """Somebody looks at these ``kinds``."""
        self._watched.update(kinds)
        if self._making is None or self._making.done():
            self._changed, self._in_order = asyncio.Condition(), asyncio.Lock()  # of this loop
            self._making = asyncio.create_task(self._make())
        try:
            yield
        finally:
            self._watched.subtract(kinds)

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

    async def put(self, **texts: str) -> None:
        """By kind, the JSON of an event for whoever watches it: all of them together, so that
        nobody is woken twice."""
        news = False
        for kind, text in texts.items():
            number, before = self.shown.get(kind, (0, b""))
            message = format_sse_event(event=EVENTS[kind], data_str=text)
            if message != before:
                self.shown[kind] = (number + 1, message)
                news = news or self._watched[kind] > 0
        if news:
            async with self._changed:
                self._changed.notify_all()

    async def _make(self) -> None:
        async with asyncio.TaskGroup() as group:
            calls = group.create_task(self._make_help())
            try:
                await self._make_all()
            finally:
                calls.cancel()

    async def _make_all(self) -> None:
        """In turns, until nobody looks."""
        states_at = floor_at = time.monotonic()
        while self._watched.total() > 0:
            now = time.monotonic()
            async with self._in_order:
                texts: dict[str, str] = {}
                if now >= states_at:
                    states_at = max(states_at + TURN_S, now)
                    texts = await run_in_threadpool(self._states)
                if self._watched["floor"]:
                    texts["floor"] = self._hub.floor.text(self._hub.now())
                else:  # whoever looks next is not shown where people were a while ago
                    self.shown.pop("floor", None)
                await self.put(**texts)
            floor_at = max(floor_at + FLOOR_S, now)
            await asyncio.sleep(max(0.0, floor_at - time.monotonic()))
        self.shown.clear()
        self._making = None  # whoever looks from now on is not left to what is ending

    async def _make_help(self) -> None:
        """At once: who needs a hand does not wait for the next turn."""
        with self._hub.bus.subscribe_with_help(_is_help) as calls:
            while await calls.some():
                if self._watched["help"]:
                    async with self._in_order:
                        await self.put(help=await run_in_threadpool(self._help))

    def _help(self) -> str:
        return self._hub.live.help(self._hub.now()).model_dump_json()

    def _states(self) -> dict[str, str]:
        hub = self._hub
        now = hub.now()
        snapshot = hub.live.snapshot(now)
        plain = snapshot.model_copy(update={"cameras": ()})
        return {
            "now": plain.model_dump_json(),
            "now_devices": snapshot.model_dump_json(),
            "help": self._help(),
        }


def _is_help(event: Event) -> bool:
    return isinstance(event, AssistEvent)


@router.get(
    "/screen",
    summary="The shop for a page that stays open",
    dependencies=[needs(Right.SEE_COUNT)],
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events: `now` as `/live` gives it, `help` for those who "
            "may see help, each again when it is another; twice a second `floor`, anonymous dots "
            "on the floor, for those who may see trajectories; `beat` where nothing changes.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **responses(401, 403, 429, 503),
    },
)
async def screen(request: Request, hub: TheHub, by: By) -> StreamingResponse:
    """At most once a second, `floor` twice, `help` also when a call or its alert is another.
    `floor` is `{time, cameras, dots}`, a dot being `[key, x_m, y_m, spread_m, staff, group]`. Dots
    are kept nowhere. For programs that want every event there is `/live/events`."""
    need_room(request, by)
    look = Look(hub, request, by, board_of(request, hub))
    return streamed(request, look, by)


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
        async with self._board.watched(tuple(seen)):
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
    kinds = ["now_devices" if may(Right.SEE_DEVICE) else "now"]
    if may(Right.SEE_TRAJECTORY):
        kinds.append("floor")
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
