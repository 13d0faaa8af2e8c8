"""``add_pages``: the pages, their files and their log-in, beside the API of one hub."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

from fastapi import APIRouter, FastAPI, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from miseban.hub.api.needs import By, TheHub, needs, open_to_all
from miseban.hub.api.problems import Trouble, of_http
from miseban.web.assets import asset, version
from miseban.web.pages import RAIL, Page
from miseban.web.rendering import page, plain_page, refused_page
from miseban.web.route import PageRoute

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FILES = "style and scripts tell nothing of the shop"
_DOOR = "who logs in is not logged in yet"


def add_pages(app: FastAPI) -> None:
    """To what ``create_app`` gave."""
    router = APIRouter(route_class=PageRoute, include_in_schema=False)
    for which in RAIL:
        router.add_api_route(
            which.path, _shows(which), methods=["GET"], dependencies=[needs(which.right)],
            response_class=HTMLResponse,
        )  # fmt: skip
    router.add_api_route(
        "/login", login, methods=["GET"], dependencies=[open_to_all(_DOOR)],
        response_class=HTMLResponse,
    )  # fmt: skip
    router.add_api_route(
        "/welcome", welcome, methods=["GET"], dependencies=[open_to_all(_DOOR)],
        response_class=HTMLResponse,
    )  # fmt: skip
    for path, give in (
        ("/static/{stamp}/{name:path}", static),
        ("/offline", offline),
        ("/sw.js", service_worker),
        ("/manifest.webmanifest", manifest),
        ("/favicon.ico", favicon),
    ):
        router.add_api_route(
            path, give, methods=["GET"], dependencies=[open_to_all(_FILES)], response_model=None
        )
    app.router.routes.extend(router.routes)
    _show_what_is_missing(app)


def _show_what_is_missing(app: FastAPI) -> None:
    """To who reads pages a wrong address is a page, too; to programs it is a problem as before."""

    async def missing(request: Request, error: Exception) -> Response:
        reads_pages = "text/html" in request.headers.get("accept", "")
        if reads_pages and not request.url.path.startswith("/api/"):
            answer: Response = refused_page(request, 404)
        else:
            assert isinstance(error, HTTPException)  # noqa: S101 (registered for its status)
            answer = of_http(error)
        answer.headers.add_vary_header("Accept")
        return answer

    app.add_exception_handler(404, missing)


def _shows(which: Page) -> Callable[..., Coroutine[Any, Any, Response]]:
    async def show(request: Request, by: By) -> Response:
        return page(request, which, by)

    return show


def login(request: Request, next: Annotated[str, Query(max_length=2000)] = "/") -> Response:  # noqa: A002
    """``next``: where to go afterwards, within this site."""
    # "//host" and "/\\host" are other sites to a browser.
    there = next if next.startswith("/") and next[1:2] not in ("/", "\\") else "/"
    return plain_page(request, "login", next=there)


def welcome(request: Request) -> Response:
    """Where a one-time link leads; its secret stays in the browser."""
    return plain_page(request, "welcome")


def offline(request: Request) -> Response:
    """What a telephone keeps, to be shown when the hub cannot be reached."""
    return plain_page(request, "offline")


async def static(request: Request, stamp: str, name: str) -> Response:
    """A file; one of another version is looked for under its present address."""
    found = asset(name)
    if found is None:
        raise Trouble("not-found", "there is no such file")
    if stamp != version():
        return RedirectResponse(f"/static/{version()}/{name}", 307)
    headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
    body = found.body
    if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = found.packed, "gzip"
    return Response(body, headers=headers, media_type=found.media_type)


async def service_worker() -> Response:
    """From the root, since it may only look after pages below its own address."""
    found = asset("js/sw.js")
    assert found is not None  # noqa: S101 (it is one of ours)
    return Response(found.body, media_type=found.media_type, headers={"Cache-Control": "no-cache"})


async def manifest(hub: TheHub) -> Response:
    """So that a telephone can keep the staff's page like an app of its own."""
    name = hub.shop.shop.name
    icon = f"/static/{version()}/icon"
    return JSONResponse(
        {
            "name": f"{name} · miseban",
            "short_name": name[:12],
            "start_url": "/alerts",
            "scope": "/",
            "display": "standalone",
            "background_color": "#101418",
            "theme_color": "#101418",
            "icons": [
                {"src": f"{icon}.svg", "sizes": "any", "type": "image/svg+xml"},
                {
                    "src": f"{icon}.svg",
                    "sizes": "any",
                    "type": "image/svg+xml",
                    "purpose": "maskable",
                },
            ],
        },
        media_type="application/manifest+json",
    )


async def favicon() -> Response:
    return RedirectResponse(f"/static/{version()}/icon.svg", 307)
