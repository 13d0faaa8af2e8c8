"""A page's route: who is not logged in is led to the log-in, and back afterwards."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from miseban.hub.api.needs import Route
from miseban.hub.api.problems import Trouble
from miseban.hub.people.identity import Refused
from miseban.web.rendering import refused_page


class PageRoute(Route):
    """As ``Route``, with errors as pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await answer(request)
            except Trouble as error:
                if error.code == "log-in":
                    query = f"?{request.url.query}" if request.url.query else ""
                    there = quote(request.url.path + query, safe="")
                    return RedirectResponse(f"/login?next={there}", 303)
                return refused_page(request, error.status_code)
            except Refused:
                return refused_page(request, 403)

        return handler
