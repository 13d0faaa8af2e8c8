"""Every route says who may call it: ``needs(Right.X)``, ``needs_log_in()`` or ``open_to_all(why)``.

The check runs before anything of a request is read or looked at, so that whoever has no right
learns nothing from an error. A route without a declaration does not start (``Route``).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.params import Depends as DependsParam
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from miseban.hub.api.problems import Trouble
from miseban.hub.hub import Door, Hub
from miseban.hub.people.browser import CSRF_HEADER, Origins
from miseban.hub.people.identity import Actor, Identity
from miseban.hub.people.rights import Right


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
            elif bearer_of(request) is None:
                check_page(request, None)
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
    """Who asks, if they may. Raises ``Trouble`` (``log-in``, ``right``) and ``Refused``
    (``csrf``)."""
    hub = hub_of(request)
    bearer, session = bearer_of(request), session_of(request)
    identity = hub.people.authenticate(hub.now(), session=session, bearer=bearer)
    if identity is None:
        raise Trouble("log-in", "log in, or send a token that is in force")
    if bearer is None:
        check_page(request, session)
    else:
        session = None  # a token vouches for itself; cookies that came along mean nothing
    if declaration.session and session is None:
        raise Trouble("right", "this needs a person who logged in, not a token")
    for right in declaration.rights:
        if not identity.may(right):
            raise no_right(right)
    return Asked(identity, came_from(request), session)


def check_page(request: Request, session: str | None) -> None:
    """Whether a change was asked for by a page of ours. Raises ``Refused`` (``csrf``)."""
    headers = request.headers
    origins_of(hub_of(request).door, headers.get("host", ""), request.scope).check(
        request.method,
        origin=headers.get("origin"),
        fetch_site=headers.get("sec-fetch-site"),
        session=session,
        csrf=headers.get(CSRF_HEADER),
    )


def origins_of(door: Door, host: str, scope: Scope) -> Origins:
    """The hub's pages, on the port by which it was called: it may be forwarded from another. The
    box's own address, by which the call came in, needs no name: no other page can be there."""
    port = re.search(r":(\d{1,5})$", host)
    usual = 443 if door.tls else 80
    names = door.hosts | _own_address(scope)
    return Origins(names, int(port[1]) if port else usual, tls=door.tls)


def _own_address(scope: Scope) -> set[str]:
    try:
        found = ipaddress.ip_address((scope.get("server") or ("",))[0].partition("%")[0])
    except ValueError:  # a socket that is a file, or a name
        return set()
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return {str(mapped or found)}


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
    """By the cookie."""
    return hub_of(request).door.cookies.read(request.cookies)[0]
