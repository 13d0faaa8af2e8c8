"""``/api/v1/push``: browsers in which somebody asked to be told (web push)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from miseban.hub.api.needs import By, Route, TheHub, needs, needs_log_in
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.people.rights import Right

router = APIRouter(prefix="/api/v1/push", tags=["push"], route_class=Route)
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="Of the subscription.")]


class PushKey(BaseModel):
    """``applicationServerKey`` for ``pushManager.subscribe``, in base64url."""

    key: str


class Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    p256dh: Annotated[str, Field(min_length=1, max_length=128)]
    auth: Annotated[str, Field(min_length=1, max_length=64)]


class NewSubscription(BaseModel):
    """What ``PushSubscription.toJSON()`` says."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    endpoint: Annotated[str, Field(min_length=1, max_length=2048)]
    keys: Keys


class Subscribed(BaseModel):
    id: str


@router.get(
    "/key",
    summary="The hub's public key",
    dependencies=[needs(Right.ANSWER_ALERTS)],
    responses=responses(401, 403, 404),
)
def key(hub: TheHub) -> PushKey:
    """A hub that sends none is a 404."""
    if not hub.push_key:
        raise Trouble("not-found", "this hub sends no web push")
    return PushKey(key=hub.push_key)


@router.post(
    "/subscriptions",
    status_code=201,
    summary="Tell me in this browser",
    dependencies=[needs_log_in(Right.ANSWER_ALERTS)],
    responses=responses(400, 401, 403),
)
def subscribe(body: NewSubscription, hub: TheHub, by: By) -> Subscribed:
    """Of alerts for the role that its owner has when each comes."""
    made = hub.pushes.add(
        by.identity.account, body.endpoint, body.keys.p256dh, body.keys.auth, hub.now()
    )
    return Subscribed(id=made.id)


@router.delete(
    "/subscriptions/{subscription}",
    status_code=204,
    summary="Tell me no more",
    dependencies=[needs_log_in()],
    responses=responses(401, 403, 404),
)
def unsubscribe(subscription: Id, hub: TheHub, by: By) -> None:
    """One's own."""
    if not hub.pushes.remove(subscription, by.identity.account):
        raise Trouble("not-found", "no such subscription", where="subscription")
