"""``/api/v1/privacy/requests``: members who ask what is kept of them, or to have it deleted."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, fields
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from miseban.hub.api.needs import By, Route, TheHub, needs
from miseban.hub.api.problems import responses
from miseban.hub.people.rights import Right
from miseban.hub.privacy.requests import Answer, Request, Way, Wish
from miseban.vocabulary.policies import load_policy

router = APIRouter(prefix="/api/v1/privacy/requests", tags=["privacy"], route_class=Route)
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="Of the request.")]
_ON_ONE_LINE: Final = r"^[^\x00-\x1f]*[^\x00-\x1f ][^\x00-\x1f]*$"
_CSV: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}}
}


class NewRequest(BaseModel):
    """``reference`` is what the member calls themselves: the number of a card, or a name. It stands
    here alone, and goes a year after the answer."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"wish": "see", "reference": "card 4901", "way": "counter"}]
        },
    )

    wish: Wish
    reference: Annotated[str, Field(max_length=80, pattern=_ON_ONE_LINE)]
    way: Way


class RequestSeen(BaseModel):
    """``due_at``: by when it is to be answered; ``late``: that is over, and was before the answer.
    ``found``: events of class ``member`` when it was ``looked_at``. ``receipt`` is number and hash
    of the answer in the audit log."""

    id: str
    wish: Wish
    reference: str
    way: Way
    received_at: AwareDatetime
    received_by: str
    due_at: AwareDatetime
    late: bool
    looked_at: AwareDatetime | None
    found: int | None
    answer: Answer | None
    answered_at: AwareDatetime | None
    answered_by: str | None
    receipt: str | None


class RequestsSeen(BaseModel):
    """``answer_days`` by the ``policy`` of that name, and ``why``. Open ones first, the most urgent
    at the top."""

    policy: str
    answer_days: int
    why: str
    requests: list[RequestSeen]


class Answered(BaseModel):
    """That nothing of members is kept can be said once it was looked, and is so."""

    model_config = ConfigDict(extra="forbid")

    answer: Answer


@router.get(
    "",
    summary="Requests of members",
    dependencies=[needs(Right.SET_PRIVACY)],
    responses=responses(401, 403),
)
def requests(hub: TheHub) -> RequestsSeen:
    policy = load_policy(hub.shop.shop.policy)
    rule = policy.requests
    found = [_seen(one, hub) for one in hub.requests.all()]
    return RequestsSeen(
        policy=policy.name, answer_days=rule.answer_days, why=rule.why, requests=found
    )


@router.post(
    "",
    status_code=201,
    summary="A member has asked",
    dependencies=[needs(Right.SET_PRIVACY)],
    responses=responses(401, 403, 422),
)
def receive(body: NewRequest, hub: TheHub, by: By) -> RequestSeen:
    """Noted in the audit log, without what they call themselves."""
    policy = load_policy(hub.shop.shop.policy)
    made = hub.requests.receive(
        body.wish, body.reference.strip(), body.way, policy, by.actor, hub.now()
    )
    return _seen(made, hub)


@router.post(
    "/{request}/look",
    summary="Look what is held of members",
    dependencies=[needs(Right.SET_PRIVACY)],
    responses=responses(401, 403, 404, 409),
)
def look(request: Id, hub: TheHub, by: By) -> RequestSeen:
    """In the whole journal. Events of this version have no member: ids of visits are random, and
    receipts come without a customer."""
    return _seen(hub.requests.look(request, hub.reader, by.actor, hub.now()), hub)


@router.post(
    "/{request}/answer",
    summary="The member was answered",
    dependencies=[needs(Right.SET_PRIVACY)],
    responses=responses(401, 403, 404, 409, 422),
)
def answer(request: Id, body: Answered, hub: TheHub, by: By) -> RequestSeen:
    return _seen(hub.requests.answer(request, body.answer, by.actor, hub.now()), hub)


@router.get(
    "/file",
    summary="Requests as a file",
    dependencies=[needs(Right.SET_PRIVACY)],
    response_class=Response,
    responses={**_CSV, **responses(401, 403)},
)
def as_file(hub: TheHub, by: By) -> Response:
    """CSV, a line each. Who took it is noted in the audit log."""
    found = hub.requests.all()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [field.name for field in fields(Request)]
    writer.writerow(names)
    for one in found:
        told = asdict(one)
        writer.writerow([_cell(told[name]) for name in names])
    hub.people.audit.note(by.actor, "member.export", f"{len(found)} requests", hub.now())
    name = f"{hub.shop.shop.id}-requests.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(out.getvalue(), headers=headers, media_type="text/csv")


def _cell(value: object) -> str:
    """Text that a spreadsheet would take for a formula begins with an apostrophe."""
    text = "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _seen(one: Request, hub: TheHub) -> RequestSeen:
    late = (one.answered_at or hub.now()) > one.due_at
    return RequestSeen(**asdict(one), late=late)
