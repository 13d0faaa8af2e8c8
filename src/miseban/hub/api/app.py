"""``create_app``: the whole API of one hub."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI

from miseban.hub.api import (
    alerts,
    audit,
    cameras,
    coverage,
    devices,
    drawing,
    events,
    health,
    hooks,
    live,
    notice_page,
    openapi,
    people,
    plan,
    planogram,
    privacy,
    push,
    questions,
    receipts,
    reports,
    requests,
    rules,
    screen,
    sessions,
    setup,
    shelves,
    shop,
    tokens,
    trying,
    versions,
)
from miseban.hub.api.answering import Turns
from miseban.hub.api.metrics import Measured
from miseban.hub.api.openapi import describe
from miseban.hub.api.problems import answer_with_problems
from miseban.hub.api.safety import Safety
from miseban.hub.hub import Hub

_GROUPS: Final = (
    live, screen, questions, reports, events, alerts, shelves, planogram, shop, drawing, trying,
    rules, versions, cameras, plan, coverage, receipts, hooks, push, people, tokens, sessions,
    setup, devices, audit, privacy, requests, notice_page, health, openapi,
)  # fmt: skip


def create_app(hub: Hub) -> FastAPI:
    """Every route declares who may call it; one that does not stops this with a ``LookupError``."""
    # Our own pages explain the API; FastAPI's would load scripts from elsewhere.
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.hub = hub
    app.state.streams = {}
    app.state.turns = Turns()
    app.state.coverage_turns = Turns(1)
    for group in _GROUPS:
        app.router.routes.extend(group.router.routes)
    describe(app)

    answer_with_problems(app)
    app.add_middleware(Safety, door=hub.door)
    app.add_middleware(Measured)
    return app
