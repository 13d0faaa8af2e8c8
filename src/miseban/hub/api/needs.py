"""Every route says who may call it: ``needs(Right.X)``, ``needs_log_in()`` or ``open_to_all(why)``.

The check runs before anything of a request is read or looked at, so that whoever has no right
learns nothing from an error. A route without a declaration does not start (``Route``).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response
from fastapi.params import Depends as DependsParam
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from miseban.hub.api.problems import Trouble
from miseban.hub.hub import Hub
from miseban.hub.people.handed_out import csrf_of, same
from miseban.hub.people.identity import Actor, Identity
from miseban.hub.people.rights import Right

SESSION_COOKIE: Final = "miseban-session"
DEVICE_COOKIE: Final = "miseban-device"
CSRF_HEADER: Final = "X-CSRF-Token"
_SAFE: Final = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, by which way, from which address."""

    identity: Identity
    came_from: str
    session: str | None = None

    @property
    def actor(self) -> Actor:
        return self.identity.actor(self.came_from)

    def may(self, right: Right) -> bool:
        return self.identity.may(right)

    def need(self, right: Right) -> None:
        """Raises ``Trouble`` (``right``) without it."""
        if not self.may(right):
            raise no_right(right)


@dataclass(frozen=True, slots=True)
class Needs:
    """``rights``: all of them; ``session``: a person who logged in, not a program's token."""

    rights: tuple[Right, ...] = ()
    session: bool = False

    def __call__(self) -> None:
        """The check itself is ``Route``'s; this only carries what is declared."""


@dataclass(frozen=True, slots=True)
class OpenToAll:
    """``why`` nobody need say who asks."""

    why: str

    def __call__(self) -> None:
        """Nothing to check."""


def needs(*rights: Right) -> DependsParam:
    """For ``dependencies=[...]`` of a route: who asks must have all ``rights``."""
    return DependsParam(Needs(rights))


def needs_log_in(*rights: Right) -> DependsParam:
    """The same, and whoever asks must have logged in: a token will not do."""
    return DependsParam(Needs(rights, session=True))


def open_to_all(why: str) -> DependsParam:
    """The route can be called by anybody on the network, because of ``why``."""
    return DependsParam(OpenToAll(why))


def declared(route: APIRoute) -> Needs | OpenToAll:
    """What a route says of itself. Raises ``LookupError`` where it says nothing, or two things."""
    found = [
        one.dependency
        for one in route.dependencies
        if isinstance(one.dependency, Needs | OpenToAll)
    ]
    if len(found) != 1:
        raise LookupError(f"{route.path}: expected one declaration of rights, found {len(found)}")
    return found[0]


class Route(APIRoute):
    """A route that asks who is there before it does anything."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()
        declaration = declared(self)

        async def handler(request: Request) -> Response:
            if isinstance(declaration, Needs):
                request.state.asked = await run_in_threadpool(let_in, request, declaration)
            return await answer(request)

        return handler


def asked_by(request: Request) -> Asked:
    """The ``Asked`` of a route that ``needs``."""
    found: Asked = request.state.asked
    return found


By = Annotated[Asked, Depends(asked_by)]


def hub_of(request: Request) -> Hub:
    found: Hub = request.app.state.hub
    return found


TheHub = Annotated[Hub, Depends(hub_of)]


def came_from(request: Request) -> str:
    """The address at the other end."""
    return request.client.host if request.client else "nowhere"


def let_in(request: Request, declaration: Needs) -> Asked:
    """Who asks, if they may. Raises ``Trouble`` (``log-in``, ``csrf``, ``right``)."""
    hub = hub_of(request)
    bearer, session = bearer_of(request), session_of(request)
    now = hub.now()
    identity = hub.people.authenticate(now, session=session, bearer=bearer)
    if identity is None:
        raise Trouble("log-in", "log in, or send a token that is in force")
    if bearer is not None:
        session = None
    if session is not None and request.method not in _SAFE:
        sent = request.headers.get(CSRF_HEADER, "")
        if not same(sent, csrf_of(session)):
            raise Trouble("csrf", f"a change by a session needs the header {CSRF_HEADER}")
    if declaration.session and session is None:
        raise Trouble("right", "this needs a person who logged in, not a token")
    for right in declaration.rights:
        if not identity.may(right):
            raise no_right(right)
    return Asked(identity, came_from(request), session)


def no_right(right: Right) -> Trouble:
    return Trouble("right", f"this needs the right {right}")


def bearer_of(request: Request) -> str | None:
    """What stands after ``Bearer``; empty, and so in force nowhere, for any other scheme."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, value = header.partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def session_of(request: Request) -> str | None:
    """By the cookie; its name begins with ``__Host-`` where the hub speaks TLS."""
    return request.cookies.get(cookie_name(hub_of(request), SESSION_COOKIE))


def cookie_name(hub: Hub, name: str) -> str:
    return f"__Host-{name}" if hub.door.tls else name
