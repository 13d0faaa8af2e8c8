"""``/api/v1/audit``: what people did here."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from miseban.hub.api.needs import Route, TheHub, needs
from miseban.hub.api.problems import responses
from miseban.hub.people.rights import Right

router = APIRouter(prefix="/api/v1/audit", tags=["audit"], route_class=Route)


class AuditEntry(BaseModel):
    """``who`` did ``act`` to ``about``, from the address ``came_from``."""

    number: int
    at: AwareDatetime
    account: str | None
    who: str
    act: str
    about: str
    came_from: str
    detail: dict[str, Any]


class AuditPage(BaseModel):
    """The newest first; ``before`` asks for the next page, and is none on the last one."""

    entries: list[AuditEntry]
    before: int | None


class AuditHead(BaseModel):
    """``head`` is the number and hash of the newest entry: kept elsewhere, it proves later that
    nothing before it was changed."""

    head: str


@router.get(
    "", summary="Entries", dependencies=[needs(Right.SEE_AUDIT)], responses=responses(401, 403)
)
def entries(
    hub: TheHub,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> AuditPage:
    found = hub.people.audit.entries(before=before, limit=limit)
    told = [AuditEntry(**asdict(entry)) for entry in found]
    return AuditPage(entries=told, before=told[-1].number if len(told) == limit else None)


@router.get(
    "/head",
    summary="Whether the chain holds",
    dependencies=[needs(Right.SEE_AUDIT)],
    responses=responses(400, 401, 403),
)
def head(hub: TheHub) -> AuditHead:
    """Walks the whole log. One that was changed is a 400 that says where."""
    return AuditHead(head=str(hub.people.audit.verify()))
