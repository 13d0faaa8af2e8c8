"""``/api/v1/shelves/plan``: what stands otherwise than planned, and who has how much shelf."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from miseban.hub.api.needs import Route, TheHub, needs
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.hub import Hub
from miseban.hub.people.rights import Right
from miseban.insight.planogram import (
    By,
    Kind,
    Planned,
    compare,
    plan_of,
    read_plan,
    shares_of,
)

router = APIRouter(prefix="/api/v1/shelves", tags=["shelves"], route_class=Route)
ByWhat = Annotated[By, Query(description="Of what the shares of shelf are.")]
_EXAMPLE = "shelf,facing,gtin,brand,category,width_cm\nfridge,egg,4901234567894,Hen,breakfast,24\n"


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class Different(_Told):
    """What is not as planned at ``place`` (``shelf/facing``), about the product ``gtin``.
    ``expected`` is the product that the plan has there (of a neighbour: beside it); ``found`` where
    the product stands, or which one stands there instead."""

    kind: Kind
    place: str
    gtin: str
    expected: str
    found: str
    side: Literal["", "left", "right"]


class Has(_Told):
    """``name`` (empty: the plan does not say) has so many ``facings``, and of all their width
    ``share``; by the plan ``planned``."""

    name: str
    facings: Annotated[int, Field(ge=0)]
    share: Annotated[float, Field(ge=0, le=1)]
    planned: Annotated[float, Field(ge=0, le=1)]


class Compared(_Told):
    """``facings`` of the plan, those of the shop file that it does not name, what is different, and
    the shares of shelf."""

    facings: int
    not_planned: list[str]
    differences: list[Different]
    shares: list[Has]


@router.get(
    "/plan",
    summary="The shop file's own plan",
    dependencies=[needs(Right.SEE_COUNT)],
    responses=responses(401, 403, 422),
)
def own_plan(hub: TheHub, by: ByWhat = "product") -> Compared:
    """What its facings say, beside how they look now."""
    return _compared(hub, plan_of(hub.shop), by)


@router.post(
    "/plan",
    summary="Compare the shelves with a plan",
    dependencies=[needs(Right.SEE_COUNT)],
    responses=responses(400, 401, 403, 408, 413, 415, 422),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"text/csv": {"schema": {"type": "string"}, "example": _EXAMPLE}},
        }
    },
)
async def compare_with(request: Request, hub: TheHub, by: ByWhat = "product") -> Compared:
    """CSV with `shelf`, `facing`, `gtin`, and where known `name`, `brand`, `category`, `width_cm`.
    Nothing of it is kept."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "text/csv":
        raise Trouble("media-type", "expected Content-Type text/csv")
    data = await request.body()
    return await run_in_threadpool(lambda: _compared(hub, read_plan(data, hub.shop), by))


def _compared(hub: Hub, plan: list[Planned], by: By) -> Compared:
    snapshot = hub.live.snapshot(hub.now())
    looks = {f"{one.shelf}/{one.facing}": one.state for one in snapshot.shelves}
    named = {one.place for one in plan}
    return Compared(
        facings=len(plan),
        not_planned=[place for place in looks if place not in named],
        differences=[Different.model_validate(one) for one in compare(plan, hub.shop, looks)],
        shares=[Has.model_validate(one) for one in shares_of(plan, hub.shop, by)],
    )
