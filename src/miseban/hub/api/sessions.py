"""``/api/v1/sessions``: logging in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from miseban.hub.api.needs import (
    By,
    Route,
    TheHub,
    came_from,
    needs,
    needs_log_in,
    open_to_all,
)
from miseban.hub.api.problems import responses
from miseban.hub.hub import Hub
from miseban.hub.people.handed_out import csrf_of
from miseban.hub.people.identity import Identity
from miseban.hub.people.rights import Right, Role
from miseban.hub.people.sessions import LoggedIn

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"], route_class=Route)
Login = Annotated[str, Field(min_length=1, max_length=200)]
Password = Annotated[str, Field(min_length=1, max_length=1024)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class LogIn(_Body):
    """A name and a password."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"login": "hana", "password": "a long sentence"}]}
    )

    login: Login
    password: Password


class NewPassword(_Body):
    """``old`` is asked for, so that a browser left open is not enough."""

    old: Password
    new: Password


class Me(BaseModel):
    """Who asks, and what that person or program may do now. ``csrf`` goes into the header
    ``X-CSRF-Token`` of every change; a token needs none."""

    login: str
    role: Role
    rights: list[Right]
    csrf: str | None = None


@router.post(
    "",
    status_code=201,
    summary="Log in",
    dependencies=[open_to_all("who asks has only a name and a password yet")],
    responses=responses(401, 403, 429),
)
def log_in(body: LogIn, hub: TheHub, request: Request, response: Response) -> Me:
    """Sets two cookies: the session, and that this browser is known. Too many tries are answered
    with 429 and ``Retry-After``."""
    begun = hub.people.doors.log_in(
        body.login,
        body.password,
        hub.now(),
        came_from=came_from(request),
        device=hub.door.cookies.read(request.cookies)[1],
    )
    return enter(hub, response, begun)


@router.get("/current", summary="Who I am", dependencies=[needs()], responses=responses(401))
def who_am_i(by: By) -> Me:
    """By session or by token."""
    return me_of(by.identity, csrf_of(by.session) if by.session else None)


@router.delete(
    "/current",
    status_code=204,
    summary="Log out",
    dependencies=[needs_log_in()],
    responses=responses(401, 403),
)
def log_out(by: By, hub: TheHub, response: Response) -> None:
    """The session is over; the browser stays known."""
    if by.session is not None:
        hub.people.sessions.log_out(by.session, hub.now(), came_from=by.came_from)
    response.headers.append("Set-Cookie", hub.door.cookies.drop_session())


@router.put(
    "/current/password",
    summary="Change my password",
    dependencies=[needs_log_in()],
    responses=responses(400, 401, 403, 429),
)
def change_password(body: NewPassword, by: By, hub: TheHub, response: Response) -> Me:
    """Ends every other session of the account."""
    begun = hub.people.doors.change_password(
        by.session or "", body.old, body.new, hub.now(), came_from=by.came_from
    )
    return enter(hub, response, begun)


def enter(hub: Hub, response: Response, begun: LoggedIn) -> Me:
    """Gives the browser its cookies."""
    cookies = hub.door.cookies
    response.headers.append("Set-Cookie", cookies.keep_session(begun.session))
    response.headers.append("Set-Cookie", cookies.keep_device(begun.device))
    return me_of(begun.identity, begun.csrf)


def me_of(identity: Identity, csrf: str | None) -> Me:
    rights = sorted(identity.rights)
    return Me(login=identity.name, role=identity.role, rights=rights, csrf=csrf)
