"""``/api/v1/live``: the shop at this moment, and what happens from then on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request
from fastapi.sse import format_sse_event
from pydantic import BaseModel, ConfigDict
from starlette.responses import StreamingResponse

from miseban.hub.api.needs import Asked, By, Route, TheHub, needs
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.api.watching import AGAIN_MS, Watching, need_room, streamed
from miseban.hub.bus import Missed, Subscription, Told
from miseban.hub.hub import Hub
from miseban.hub.live import HelpSnapshot, LiveSnapshot
from miseban.hub.people.rights import Right, see
from miseban.vocabulary.events import EVENT_CLASSES, AlertStep, Event, HelpStep, PlainEvent

router = APIRouter(prefix="/api/v1/live", tags=["live"], route_class=Route)

HEARTBEAT_S: Final = 15.0
"""Without anything to tell, a comment is sent so often: who hears nothing for longer is cut off."""
MOST_AT_ONCE: Final = 256


class Now(BaseModel):
    """``place`` is where in the stream of events this was: ``/live/events?after=`` goes on from
    there without a gap."""

    model_config = ConfigDict(extra="forbid")

    place: str
    shop: LiveSnapshot


@router.get(
    "",
    summary="The shop at this moment",
    dependencies=[needs(Right.SEE_COUNT)],
    responses=responses(401, 403),
)
def now(hub: TheHub, by: By) -> Now:
    """Nothing about help is in it. Cameras are there for those who may see devices."""
    place = hub.bus.place
    snapshot = hub.live.snapshot(hub.now())
    if not by.may(Right.SEE_DEVICE):
        snapshot = snapshot.model_copy(update={"cameras": ()})
    return Now(place=place, shop=snapshot)


@router.get(
    "/help",
    summary="Open calls for help",
    dependencies=[needs(Right.SEE_ASSIST)],
    responses=responses(401, 403),
)
def help_now(hub: TheHub) -> HelpSnapshot:
    """For those who help, and nobody else."""
    return hub.live.help(hub.now())


@router.get(
    "/events",
    summary="Events as they happen",
    dependencies=[needs(Right.SEE_COUNT)],
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events. `event` is the type, `data` the event as JSON, "
            "`id` its place. `missed` says that some were lost: ask for `/live` again.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **responses(401, 403, 429, 503),
    },
)
async def events(
    request: Request,
    hub: TheHub,
    by: By,
    types: Annotated[
        list[str] | None, Query(description="Only of these types; all that one may see without.")
    ] = None,
    after: Annotated[str | None, Query(max_length=64, description="A place seen before.")] = None,
    last_event_id: Annotated[str | None, Header(max_length=64)] = None,
) -> StreamingResponse:
    """Of the classes that the caller may see when each event happens. Who comes back with
    ``Last-Event-ID`` (as browsers do) gets what was missed, where it is still known."""
    wanted = _types(types)
    for kind in wanted if types else ():
        by.need(see(EVENT_CLASSES[kind]))
    need_room(request, by)
    listener = Listener(hub, request, by, wanted, last_event_id or after)
    return streamed(request, listener, by)


Found = Told[PlainEvent] | Told[Event] | Missed


class Listener:
    """One stream to one client. ``seen`` is the place it saw last."""

    def __init__(
        self, hub: Hub, request: Request, by: Asked, wanted: frozenset[str], seen: str | None
    ) -> None:
        self._hub, self._wanted = hub, wanted
        self._watching = Watching(hub, request, by)
        # Who may not see help has a subscription through which no call for help can come.
        self._subscription: Subscription[PlainEvent] | Subscription[Event]
        if by.may(Right.SEE_ASSIST):
            self._subscription = hub.bus.subscribe_with_help(self._lets_through, after=seen)
        else:
            self._subscription = hub.bus.subscribe(self._lets_through, after=seen)

    def close(self) -> None:
        self._subscription.close()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Bytes to send, until it is closed or the client may no longer see anything. What waits
        together goes out together."""
        yield f"retry: {AGAIN_MS}\n\n".encode()
        quiet_s = 0.0
        while True:
            wait_s = min(HEARTBEAT_S - quiet_s, self._watching.until_look_s())
            found = await self._some(wait_s)
            if self._watching.until_look_s() <= 0 and not await self._watching.still_may():
                return
            if found is None:
                quiet_s += wait_s
                if quiet_s >= HEARTBEAT_S:
                    quiet_s = 0.0
                    yield b": here\n\n"
                continue
            if not found:  # closed from this side
                return
            quiet_s = 0.0
            yield b"".join(map(_written, found))
            self._tell_who_was_told(found)

    def _tell_who_was_told(self, found: Sequence[Found]) -> None:
        """An alert on a page of somebody who can answer it has been delivered there."""
        if not self._watching.may(Right.ANSWER_ALERTS):
            return
        for one in found:
            event = one.event if isinstance(one, Told) else None
            if isinstance(event, AlertStep | HelpStep) and event.step in ("raised", "escalated"):
                # In a thread, since it waits for the disk; whoever listens does not.
                asyncio.get_running_loop().run_in_executor(
                    None, self._hub.alerts.delivered, event.alert, "page", self._hub.now()
                )

    async def _some(self, wait_s: float) -> Sequence[Found] | None:
        """None where nothing came in that time."""
        try:
            async with asyncio.timeout(max(0.0, wait_s)):
                return await self._subscription.some(MOST_AT_ONCE)
        except TimeoutError:
            return None

    def _lets_through(self, event: PlainEvent | Event) -> bool:
        return event.type in self._wanted and self._watching.may(see(EVENT_CLASSES[event.type]))


def _written(found: Found) -> bytes:
    if isinstance(found, Missed):
        return format_sse_event(event="missed", data_str="{}", id=found.place)
    event = found.event
    return format_sse_event(event=event.type, data_str=event.model_dump_json(), id=found.place)


def _types(types: list[str] | None) -> frozenset[str]:
    unknown = set(types or ()) - EVENT_CLASSES.keys()
    if unknown:
        what = f"expected types of events, found {sorted(unknown)[0]!a:.60}"
        raise Trouble("invalid", what, status=422, where="query.types")
    return frozenset(types or EVENT_CLASSES)
