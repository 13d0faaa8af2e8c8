"""``/api/v1/shop/try``: what a line or zone would have counted, before it is saved."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from miseban.hub.api.needs import By, Route, TheHub, needs
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.api.shop_text import read
from miseban.hub.people.rights import Right
from miseban.hub.people.throttle import Limit
from miseban.insight.disclosure.figures import least_k
from miseban.insight.drafts import would_have_counted
from miseban.vocabulary.shop import Shop, parse_shop

router = APIRouter(prefix="/api/v1/shop", tags=["shop"], route_class=Route)
TRIES: Final = Limit(30, 2.0)
"""Thirty at once for each account, then one every two seconds: each walks every trail."""
_DRAFT: Final = "draft"


class Draft(BaseModel):
    """``put`` is the table as the shop file would have it, without its id."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"kind": "line", "put": {"points": [[1.0, 1.0], [3.0, 1.0]]}}]
        },
    )

    kind: Literal["line", "zone"]
    put: dict[str, Any]
    minutes: Annotated[int, Field(ge=1, le=120)] = 10


class TriedOut(BaseModel):
    """What visits that ended in those ``minutes`` did there, by the counting rules, from their
    trails (a place a second). ``reason`` is why nothing can be said: ``no-place`` (drawn on the
    picture of a camera that does not know its floor), ``no-trails`` (nobody left a trail in metres)
    or ``private``. Null is what fewer than ``k`` people did, or nobody."""

    minutes: int
    k: int
    reason: str | None
    visits: int | None
    people: int | None
    passed_in: int | None
    passed_out: int | None
    stays: int | None
    dwell_s: float | None


@router.post(
    "/try",
    summary="What a draft would have counted",
    dependencies=[needs(Right.SET_SHOP)],
    responses=responses(400, 401, 403, 404, 422, 429),
)
def try_out(body: Draft, hub: TheHub, by: By) -> TriedOut:
    """Nothing is saved. A draft with a mistake is a 400 that says where it lies."""
    now = hub.now()
    wait_s = hub.tries.take([(("try", by.identity.account), TRIES)], now)
    if wait_s:
        headers = {"Retry-After": str(wait_s)}
        raise Trouble("throttled", "too many in a row: wait a moment", headers=headers)
    shop = _with_draft(parse_shop(read(hub.files.shop), "shop.toml"), body)
    draft = shop.lines[-1] if body.kind == "line" else shop.zones[-1]
    k = least_k(hub.shop)
    since = now - timedelta(minutes=body.minutes)
    found = would_have_counted(shop, draft, hub.reader, since, now, k)
    return TriedOut(
        minutes=body.minutes, k=k, reason=found.reason, visits=found.visits, people=found.people,
        passed_in=found.passed_in, passed_out=found.passed_out, stays=found.stays,
        dwell_s=found.dwell_s,
    )  # fmt: skip


def _with_draft(shop: Shop, body: Draft) -> Shop:
    """``shop`` without what else is drawn on it, and the draft. Raises ``BadInput``."""
    data: dict[str, Any] = shop.model_dump(by_alias=True, exclude_none=True)
    data |= {"line": [], "zone": [], "shelf": [], "till": [], "fixture": []}
    data[body.kind] = [{**body.put, "id": _DRAFT}]
    return Shop.checked(data, "draft")
