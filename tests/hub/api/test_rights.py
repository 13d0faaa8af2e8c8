"""Every route, every role, every way of having no right."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.types import Message, Receive, Scope, Send

from miseban.hub.api.needs import (
    Needs,
    OpenToAll,
    Route,
    declared,
)
from miseban.hub.api.openapi import api_routes, methods_of
from miseban.hub.people.browser import CSRF_HEADER
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.rights import ROLE_RIGHTS, ROLES, TOKEN_RIGHTS, Right
from tests.hub.api.hubs import Place
from tests.hub.people.staff import PASSWORD

pytestmark = pytest.mark.anyio
OPEN = {
    ("GET", "/healthz"),
    ("GET", "/notice"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/api/v1/privacy/policy"),
    ("GET", "/api/v1/privacy/notice"),
    ("GET", "/notice"),
    ("POST", "/api/v1/sessions"),
    ("POST", "/api/v1/setup"),
    ("POST", "/api/v1/setup/look"),
}
"""All that may be called without saying who asks."""
STREAMS = {"/api/v1/live/events", "/api/v1/live/screen"}


def calls(place: Place) -> list[tuple[str, APIRoute]]:
    return [(method, route) for route in api_routes(place.app) for method in methods_of(route)]


def url_of(route: APIRoute) -> str:
    """With ids that nobody has."""
    path = route.path
    for name in route.param_convertors:
        path = path.replace("{" + name + "}", "0" * (32 if name == "subscription" else 16))
    return path


async def call(
    place: Place, client: httpx.AsyncClient, method: str, route: APIRoute, **more: Any
) -> int:
    """The status of a call without a body. A stream is one where it begins."""
    if route.path in STREAMS:
        return await begin_of_stream(place, client, route.path, more.get("headers"))
    response = await client.request(method, url_of(route), **more)
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json"
    return response.status_code


async def begin_of_stream(
    place: Place, client: httpx.AsyncClient, path: str, headers: dict[str, str] | None
) -> int:
    """The status that a stream begins with, which httpx's transport tells only when it ends."""
    begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and not begun.done():
                begun.set_result(message["status"])
            await send(message)

        await place.app(scope, receive, sent)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(watched), base_url=client.base_url, headers=client.headers,
        cookies=client.cookies,
    ) as looking:  # fmt: skip
        task = asyncio.create_task(looking.get(path, headers=headers))
        try:
            return await asyncio.wait_for(begun, timeout=20)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def test_every_route_of_the_app_is_declared(place: Place) -> None:
    """Nothing is served beside the routes that say who may call them."""
    walked = {id(route) for route in api_routes(place.app)}
    assert len(walked) > 40
    assert {type(route) for route in api_routes(place.app)} == {Route}
    opened = {
        (method, route.path)
        for method, route in calls(place)
        if isinstance(declared(route), OpenToAll)
    }
    assert opened == OPEN


@pytest.mark.parametrize("declarations", [0, 2])
def test_a_route_that_does_not_say_once_who_may_call_it_is_not_made(declarations: int) -> None:
    router = APIRouter(route_class=Route)
    from miseban.hub.api.needs import needs

    with pytest.raises(LookupError, match="one declaration of rights"):

        @router.get("/x", dependencies=[needs()] * declarations)
        def nothing() -> None: ...


def test_a_plain_route_would_be_seen(place: Place) -> None:
    """The walk itself: a route that somebody adds without ``Route`` is found."""
    app = FastAPI(openapi_url=None)

    @app.get("/forgotten")
    def forgotten() -> None: ...

    found = [route for route in api_routes(app) if route.path == "/forgotten"]
    assert [type(route) for route in found] == [APIRoute]


async def test_nobody_comes_in_without_saying_who(place: Place) -> None:
    wrong = ["Bearer", "Bearer nothing", "Basic aGFuYTpwYXNz", f"Token {place.tokens['manager']}"]
    gone_id, gone = place.token("manager", [Right.SEE_COUNT], timedelta(days=1))
    place.hub.people.tokens.revoke(gone_id, CONSOLE, place.clock())
    _, short = place.token("manager", [Right.SEE_COUNT], timedelta(seconds=1))
    place.clock.at += timedelta(seconds=2)
    headers = [{}, *({"Authorization": text} for text in wrong)]
    headers += [{"Authorization": f"Bearer {secret}"} for secret in (gone, short)]
    headers += [{"Cookie": f"{place.hub.door.cookies.session}=nothing"}]
    async with place.client() as client:
        for method, route in calls(place):
            if isinstance(declared(route), Needs):
                got = [await call(place, client, method, route, headers=one) for one in headers]
                assert got == [401] * len(headers), (method, route.path)


@pytest.mark.parametrize("role", ROLES)
async def test_a_token_opens_what_its_role_and_scopes_open_and_nothing_else(
    place: Place, role: str
) -> None:
    rights = ROLE_RIGHTS[role] & TOKEN_RIGHTS  # type: ignore[index]
    async with place.client(role) as client:  # type: ignore[arg-type]
        for method, route in calls(place):
            declaration = declared(route)
            if isinstance(declaration, OpenToAll):
                continue
            may = set(declaration.rights) <= rights and not declaration.session
            status = await call(place, client, method, route)
            assert (status not in (401, 403)) == may, (method, route.path, status)


async def test_a_token_without_the_scope_opens_nothing_that_needs_it(place: Place) -> None:
    """Of a manager, who has nearly every right: each scope by itself."""
    for scope in sorted(ROLE_RIGHTS["manager"] & TOKEN_RIGHTS):
        _, secret = place.token("manager", [scope], timedelta(days=1))
        async with place.client(token=secret) as client:
            for method, route in calls(place):
                declaration = declared(route)
                if isinstance(declaration, OpenToAll):
                    continue
                may = set(declaration.rights) <= {scope} and not declaration.session
                status = await call(place, client, method, route)
                assert (status not in (401, 403)) == may, (scope, method, route.path, status)


@pytest.mark.parametrize("role", ROLES)
async def test_a_session_opens_what_its_role_opens_and_changes_need_csrf(
    place: Place, role: str
) -> None:
    rights = ROLE_RIGHTS[role]  # type: ignore[index]
    async with place.client() as client:
        for method, route in calls(place):
            declaration = declared(route)
            if isinstance(declaration, OpenToAll):
                continue
            begun = place.log_in(role)  # type: ignore[arg-type]
            cookie = {"Cookie": f"{place.hub.door.cookies.session}={begun.session}"}
            may = set(declaration.rights) <= rights
            if method != "GET":
                ours, right = {"Origin": "http://localhost"}, {CSRF_HEADER: begun.csrf}
                for lacking in (
                    {},
                    ours,
                    right,
                    ours | {CSRF_HEADER: "0" * 64},
                    right | {"Origin": "http://other.example"},
                    right | {"Origin": "http://localhost:8080"},
                    right | ours | {"Sec-Fetch-Site": "cross-site"},
                ):
                    assert await call(place, client, method, route, headers=cookie | lacking) == 403
                cookie |= ours | right
            status = await call(place, client, method, route, headers=cookie)
            assert (status not in (401, 403)) == may, (method, route.path, status)


async def test_a_role_that_is_taken_away_closes_at_once(place: Place) -> None:
    account = place.hub.people.accounts.add("leaving", "manager", PASSWORD, CONSOLE, place.clock())
    scopes = [Right.SEE_COUNT, Right.SEE_ASSIST]
    _, secret = place.hub.people.tokens.create(
        account.id, "t", scopes, place.clock() + timedelta(days=1), CONSOLE, place.clock()
    )
    async with place.client(token=secret) as client:
        assert (await client.get("/api/v1/live/help")).status_code == 200
        place.hub.people.accounts.set_role(account.id, "marketer", CONSOLE, place.clock())
        assert (await client.get("/api/v1/live/help")).status_code == 403
        place.hub.people.accounts.close(account.id, CONSOLE, place.clock())
        assert (await client.get("/api/v1/live")).status_code == 401
