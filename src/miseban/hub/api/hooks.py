"""``/api/v1/hooks``: where a shop's own programs are told of events (signed webhooks)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from miseban.hub.api.needs import By, Route, TheHub, needs
from miseban.hub.api.problems import responses
from miseban.hub.notify.hooks import TYPES, Hook
from miseban.hub.people.rights import Right, see
from miseban.vocabulary.events import EVENT_CLASSES

router = APIRouter(prefix="/api/v1/hooks", tags=["hooks"], route_class=Route)
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="Of the webhook.")]


class NewHook(BaseModel):
    """Where to, and of what. Nothing of class ``assist``, ``staff`` or ``member`` goes out."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"url": "https://erp.example/miseban", "types": ["line.crossed"]}]
        },
    )

    url: Annotated[str, Field(min_length=1, max_length=2048)]
    types: Annotated[list[str], Field(min_length=1, max_length=len(TYPES))]


class HookSeen(BaseModel):
    """``waiting`` events are to be sent, ``lost`` were dropped because too many waited; nothing was
    taken since ``failing_since``, and at ``dead_at`` the receiver was given up."""

    id: str
    url: str
    types: list[str]
    made_at: AwareDatetime
    failing_since: AwareDatetime | None
    dead_at: AwareDatetime | None
    lost: int
    waiting: int


class HookSecret(BaseModel):
    """With which messages are signed (Standard Webhooks); shown this once."""

    secret: str


class HookMade(HookSeen, HookSecret):
    """The new webhook."""


@router.get(
    "", summary="All webhooks", dependencies=[needs(Right.SET_HOOKS)], responses=responses(401, 403)
)
def hooks(hub: TheHub) -> list[HookSeen]:
    return [HookSeen.model_validate(_fields(hook)) for hook in hub.hooks.all()]


@router.post(
    "",
    status_code=201,
    summary="Tell another program",
    dependencies=[needs(Right.SET_HOOKS)],
    responses=responses(400, 401, 403),
)
def add(body: NewHook, hub: TheHub, by: By) -> HookMade:
    """Of types that whoever asks may see."""
    for kind in body.types:
        if kind in EVENT_CLASSES:
            by.need(see(EVENT_CLASSES[kind]))
    hook, secret = hub.hooks.add(body.url, body.types, hub.now())
    hub.people.audit.note(by.actor, "hook.add", hook.id, hub.now(), {"types": list(hook.types)})
    return HookMade.model_validate(_fields(hook) | {"secret": secret})


@router.post(
    "/{hook}/secret",
    summary="A new secret",
    dependencies=[needs(Right.SET_HOOKS)],
    responses=responses(401, 403, 404),
)
def rotate(hook: Id, hub: TheHub, by: By) -> HookSecret:
    """For a day the old one signs as well."""
    secret = hub.hooks.rotate(hook, hub.now())
    hub.people.audit.note(by.actor, "hook.secret", hook, hub.now())
    return HookSecret(secret=secret)


@router.post(
    "/{hook}/revive",
    summary="Send again",
    dependencies=[needs(Right.SET_HOOKS)],
    responses=responses(401, 403, 404),
)
def revive(hook: Id, hub: TheHub, by: By) -> HookSeen:
    """To a receiver that was given up."""
    found = hub.hooks.revive(hook)
    hub.people.audit.note(by.actor, "hook.revive", hook, hub.now())
    return HookSeen.model_validate(_fields(found))


@router.delete(
    "/{hook}",
    status_code=204,
    summary="Tell it no more",
    dependencies=[needs(Right.SET_HOOKS)],
    responses=responses(401, 403, 404),
)
def remove(hook: Id, hub: TheHub, by: By) -> None:
    """And what waits for it."""
    hub.hooks.remove(hook)
    hub.people.audit.note(by.actor, "hook.remove", hook, hub.now())


def _fields(hook: Hook) -> dict[str, object]:
    names = ("id", "url", "made_at", "failing_since", "dead_at", "lost", "waiting")
    return {name: getattr(hook, name) for name in names} | {"types": list(hook.types)}
