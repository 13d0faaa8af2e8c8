"""``create_app``: the whole API of one hub."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.responses import JSONResponse

from miseban.hub.api import (
    alerts,
    audit,
    events,
    health,
    live,
    people,
    privacy,
    questions,
    receipts,
    sessions,
    setup,
    shop,
    tokens,
)
from miseban.hub.api.answering import Turns
from miseban.hub.api.metrics import Measured
from miseban.hub.api.needs import Route, open_to_all
from miseban.hub.api.openapi import URL, describe
from miseban.hub.api.problems import answer_with_problems
from miseban.hub.api.safety import Safety
from miseban.hub.hub import Hub

PREFIX: Final = "/api/v1"
_GROUPS: Final = (
    live, questions, events, alerts, shop, receipts, people, tokens, sessions, setup, audit, privacy,
)  # fmt: skip
description = APIRouter(route_class=Route)


def create_app(hub: Hub) -> FastAPI:
    """Every route declares who may call it; one that does not stops this with a ``LookupError``."""
    # Our own pages explain the API; FastAPI's would load scripts from elsewhere.
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.hub = hub
    app.state.listeners = {}
    app.state.turns = Turns()
    for group in _GROUPS:
        app.include_router(group.router, prefix=PREFIX)
    app.include_router(health.router)
    describe(app)

    @description.get(URL, include_in_schema=False, dependencies=[open_to_all("it is in the docs")])
    def openapi() -> JSONResponse:
        return JSONResponse(app.openapi())

    answer_with_problems(app)
    app.add_middleware(Safety, hosts=hub.door.hosts, tls=hub.door.tls)
    app.add_middleware(Measured)
    return app
