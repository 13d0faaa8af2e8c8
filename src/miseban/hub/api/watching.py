"""Who keeps a stream open: how many may, whether they still may, and how all streams are ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final, Protocol

from fastapi import Request
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from miseban.hub.api.needs import Asked, bearer_of, session_of
from miseban.hub.api.problems import Trouble
from miseban.hub.hub import Hub
from miseban.hub.people.identity import Identity
from miseban.hub.people.rights import Right

AGAIN_MS: Final = 2000
"""How long a browser waits before it comes back."""
ASKED_AGAIN_S: Final = 10.0
"""So often it is looked whether who listens still may."""
MOST_LISTENERS: Final = 500
MOST_OF_ONE: Final = 20


class Stream(Protocol):
    """One that is open: ``chunks`` ends when it is closed."""

    def close(self) -> None: ...

    def chunks(self) -> AsyncIterator[bytes]: ...


class Watching:
    """One who keeps a stream open, as long as a session or a token lets them."""

    def __init__(self, hub: Hub, request: Request, by: Asked) -> None:
        self._hub, self.identity = hub, by.identity
        self._bearer, self._session = bearer_of(request), session_of(request)
        self._look_at = asyncio.get_running_loop().time() + ASKED_AGAIN_S

    def may(self, right: Right) -> bool:
        return self.identity.may(right)

    def until_look_s(self) -> float:
        """Seconds until ``still_may`` is to be asked again."""
        return self._look_at - asyncio.get_running_loop().time()

    async def still_may(self) -> bool:
        """False too when a right to see help or devices came or went: the client comes back and
        gets another stream."""
        self._look_at = asyncio.get_running_loop().time() + ASKED_AGAIN_S
        identity = await run_in_threadpool(self._ask)
        if identity is None or not identity.may(Right.SEE_COUNT):
            return False
        rights = (Right.SEE_ASSIST, Right.SEE_DEVICE, Right.SEE_TRAJECTORY)
        same = all(identity.may(one) == self.identity.may(one) for one in rights)
        self.identity = identity
        return same

    def _ask(self) -> Identity | None:
        people, now = self._hub.people, self._hub.now()
        return people.authenticate(now, session=self._session, bearer=self._bearer, touch=False)


def need_room(request: Request, by: Asked) -> None:
    """Raises ``Trouble`` (``throttled``, ``busy``) where one more stream would be too many."""
    streams = _streams(request.app)
    if sum(one == by.identity.account for one in streams.values()) >= MOST_OF_ONE:
        what = f"{MOST_OF_ONE} streams at once are enough"
        raise Trouble("throttled", what, headers={"Retry-After": "10"})
    if len(streams) >= MOST_LISTENERS:
        raise Trouble("busy", "too many listen already", status=503)


def streamed(request: Request, stream: Stream, by: Asked) -> StreamingResponse:
    """The answer that is ``stream``, open from now on until somebody closes it."""
    streams = _streams(request.app)
    streams[stream] = by.identity.account

    async def sent() -> AsyncIterator[bytes]:
        try:
            async for chunk in stream.chunks():
                yield chunk
        finally:
            stream.close()
            streams.pop(stream, None)

    headers = {"X-Accel-Buffering": "no"}  # nginx would hold it back
    return StreamingResponse(sent(), headers=headers, media_type="text/event-stream")


def end_streams(app: Starlette) -> None:
    """Ends every stream, so that a hub that stops need not wait for those who listen."""
    for stream in list(getattr(app.state, "streams", ())):  # none where there is no API
        stream.close()


def _streams(app: Starlette) -> dict[Stream, str]:
    """Every open stream, and whose it is."""
    found: dict[Stream, str] = app.state.streams
    return found
