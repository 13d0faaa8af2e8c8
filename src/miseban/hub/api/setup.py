"""``/api/v1/setup``: the first run, and other one-time links."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from miseban.hub.api.needs import Route, TheHub, came_from, open_to_all
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.api.sessions import Me, Password, enter
from miseban.hub.people.links import NO_LINK

router = APIRouter(prefix="/api/v1/setup", tags=["setup"], route_class=Route)
Secret = Annotated[str, Field(min_length=1, max_length=200)]
_WHY = "a one-time link is its own proof; without one these say nothing"


class Looking(BaseModel):
    """``link`` is what stands after ``#`` in a one-time link."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    link: Secret


class Welcoming(Looking):
    """The password that is set; ``login`` of the new manager, for the first set-up alone."""

    password: Password
    login: Annotated[str, Field(max_length=200)] = ""


class LinkSeen(BaseModel):
    """What a link is for, and whose login (empty for the first set-up)."""

    purpose: Literal["set-up", "invite", "reset"]
    login: str


@router.post(
    "/look",
    summary="What a one-time link is for",
    dependencies=[open_to_all(_WHY)],
    responses=responses(403),
)
def look(body: Looking, hub: TheHub) -> LinkSeen:
    """Does not use it up. A POST, so that the link stands in no server's log."""
    found = hub.people.doors.look_at(body.link, hub.now())
    if found is None:
        raise Trouble("link", NO_LINK)
    return LinkSeen(purpose=found[0], login=found[1])


@router.post(
    "",
    status_code=201,
    summary="Use a one-time link",
    dependencies=[open_to_all(_WHY)],
    responses=responses(400, 403, 429),
)
def welcome(body: Welcoming, hub: TheHub, request: Request, response: Response) -> Me:
    """Sets the password and logs in; the first one makes the shop's first manager."""
    begun = hub.people.doors.welcome(
        body.link, body.password, hub.now(), came_from=came_from(request), login=body.login
    )
    return enter(hub, response, begun)
