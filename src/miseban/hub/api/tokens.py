"""``/api/v1/tokens``: API tokens, for programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from miseban.hub.api.needs import By, Route, TheHub, needs_log_in
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.people.rights import Right
from miseban.hub.people.tokens import Token

router = APIRouter(prefix="/api/v1/tokens", tags=["tokens"], route_class=Route)
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="Of the token.")]


class NewToken(BaseModel):
    """What a token is called, what it may do and until when: a year at most."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "notebook",
                    "scopes": ["see.count"],
                    "expires_at": "2026-12-31T00:00:00+09:00",
                }
            ]
        },
    )

    name: Annotated[str, Field(min_length=1, max_length=64)]
    scopes: Annotated[list[Right], Field(min_length=1, max_length=32)]
    expires_at: AwareDatetime


class TokenSeen(BaseModel):
    """What is known of a token; never the token."""

    id: str
    owner: str
    name: str
    scopes: list[Right]
    made_at: AwareDatetime
    expires_at: AwareDatetime
    used_at: AwareDatetime | None


class TokenMade(TokenSeen):
    """``token`` is shown this once."""

    token: str


@router.get("", summary="My tokens", dependencies=[needs_log_in()], responses=responses(401, 403))
def tokens(
    by: By,
    hub: TheHub,
    everybodys: Annotated[bool, Query(description="Of all; needs `set.people`.")] = False,
) -> list[TokenSeen]:
    """Also those that have expired."""
    if everybodys:
        by.need(Right.SET_PEOPLE)
    found = hub.people.tokens.all(None if everybodys else by.identity.account)
    return [TokenSeen.model_validate(_fields(token)) for token in found]


@router.post(
    "",
    status_code=201,
    summary="Make a token of mine",
    dependencies=[needs_log_in()],
    responses=responses(400, 401, 403),
)
def make(body: NewToken, by: By, hub: TheHub) -> TokenMade:
    """With rights that its owner has. Nobody makes a token for somebody else: it would have the
    other's rights."""
    token, secret = hub.people.tokens.create(
        by.identity.account, body.name, body.scopes, body.expires_at, by.actor, hub.now()
    )
    return TokenMade.model_validate(_fields(token) | {"token": secret})


@router.delete(
    "/{token}",
    status_code=204,
    summary="Revoke a token",
    dependencies=[needs_log_in()],
    responses=responses(401, 403, 404),
)
def revoke(token: Id, by: By, hub: TheHub) -> None:
    """One's own, or anybody's with ``set.people``. It ends at once."""
    mine = None if by.may(Right.SET_PEOPLE) else by.identity.account
    if not any(one.id == token for one in hub.people.tokens.all(mine)):
        raise Trouble("not-found", "no such token", where="token")
    hub.people.tokens.revoke(token, by.actor, hub.now(), account=mine)


def _fields(token: Token) -> dict[str, object]:
    names = ("id", "owner", "name", "made_at", "expires_at", "used_at")
    return {name: getattr(token, name) for name in names} | {"scopes": sorted(token.scopes)}
