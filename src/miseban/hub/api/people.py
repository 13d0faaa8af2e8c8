"""``/api/v1/people``: the accounts of the shop."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from miseban.hub.api.needs import By, Route, TheHub, needs_log_in
from miseban.hub.api.problems import responses
from miseban.hub.people.accounts import Account
from miseban.hub.people.links import Link
from miseban.hub.people.rights import Right, Role

router = APIRouter(prefix="/api/v1/people", tags=["people"], route_class=Route)
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="Of the account.")]


class Person(BaseModel):
    """An account. ``ready``: a password was set, so that it can log in."""

    id: str
    login: str
    role: Role
    ready: bool
    made_at: AwareDatetime
    closed_at: AwareDatetime | None


class Invitation(BaseModel):
    """A new account of that name and role."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"login": "hana", "role": "staff"}]}
    )

    login: Annotated[str, Field(min_length=1, max_length=200)]
    role: Role


class NewRole(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Role


class OneTimeLink(BaseModel):
    """Shown once. ``path`` goes behind the hub's address."""

    path: str
    expires_at: datetime


class Invited(BaseModel):
    person: Person
    link: OneTimeLink


@router.get(
    "",
    summary="All accounts",
    dependencies=[needs_log_in(Right.SET_PEOPLE)],
    responses=responses(401, 403),
)
def people(
    hub: TheHub, closed: Annotated[bool, Query(description="The closed ones too.")] = False
) -> list[Person]:
    return [person_of(account) for account in hub.people.accounts.all(closed=closed)]


@router.post(
    "",
    status_code=201,
    summary="Invite somebody",
    dependencies=[needs_log_in(Right.SET_PEOPLE)],
    responses=responses(400, 401, 403),
)
def invite(body: Invitation, by: By, hub: TheHub) -> Invited:
    """The answer has a link, by which its owner sets a password."""
    account, link = hub.people.accounts.invite(body.login, body.role, by.actor, hub.now())
    return Invited(person=person_of(account), link=link_of(link))


@router.patch(
    "/{account}",
    summary="Give another role",
    dependencies=[needs_log_in(Right.SET_PEOPLE)],
    responses=responses(400, 401, 403, 404, 409),
)
def set_role(account: Id, body: NewRole, by: By, hub: TheHub) -> Person:
    """Holds at once: the account's sessions end. The last manager stays one."""
    return person_of(hub.people.accounts.set_role(account, body.role, by.actor, hub.now()))


@router.delete(
    "/{account}",
    status_code=204,
    summary="Close an account",
    dependencies=[needs_log_in(Right.SET_PEOPLE)],
    responses=responses(401, 403, 404, 409),
)
def close(account: Id, by: By, hub: TheHub) -> None:
    """Its sessions and tokens end at once."""
    hub.people.accounts.close(account, by.actor, hub.now())


@router.post(
    "/{account}/reset",
    status_code=201,
    summary="A link for a new password",
    dependencies=[needs_log_in(Right.SET_PEOPLE)],
    responses=responses(401, 403, 404),
)
def reset(account: Id, by: By, hub: TheHub) -> OneTimeLink:
    """The old password holds until the link is used."""
    return link_of(hub.people.accounts.reset(account, by.actor, hub.now()))


def person_of(account: Account) -> Person:
    return Person(
        id=account.id,
        login=account.login,
        role=account.role,
        ready=account.ready,
        made_at=account.made_at,
        closed_at=account.closed_at,
    )


def link_of(link: Link) -> OneTimeLink:
    return OneTimeLink(path=link.path, expires_at=link.expires_at)
