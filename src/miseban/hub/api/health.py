"""``/healthz`` and ``/metrics``: whether the hub works, for machines."""

from __future__ import annotations

from typing import Final, Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from miseban.hub.api.needs import Route, TheHub, needs, open_to_all
from miseban.hub.api.problems import responses
from miseban.hub.people.rights import Right

router = APIRouter(tags=["health"], route_class=Route)
_WHY: Final = "a service manager looks here; it tells nothing of the shop"


class Health(BaseModel):
    """``full``: the disk is full, and nothing more is taken in until there is room."""

    status: Literal["ok", "full"]


@router.get(
    "/healthz",
    summary="Whether the hub works",
    dependencies=[open_to_all(_WHY)],
    responses={503: {"model": Health, "description": "It takes nothing in."}},
)
def health(hub: TheHub, response: Response) -> Health:
    if hub.journal.state.full:
        response.status_code = 503
        return Health(status="full")
    return Health(status="ok")


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    dependencies=[needs(Right.SEE_DEVICE)],
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        **responses(401, 403),
    },
)
def metrics() -> Response:
    """In the text format of Prometheus, which sends a token with the scope ``see.device``."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
