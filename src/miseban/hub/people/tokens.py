"""API tokens: for programs, with the rights that are named, until a day that is named.

A token has what its scopes and the role of its owner have in common, at every use. It cannot make
accounts or tokens, and it is shown once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, delete, func, select, update

from miseban.hub.database import reading, writing
from miseban.hub.people.accounts import find
from miseban.hub.people.audit_log import note
from miseban.hub.people.handed_out import hash_of, is_token, new_id, new_token
from miseban.hub.people.identity import Actor, Identity
from miseban.hub.people.rights import ROLE_RIGHTS, TOKEN_RIGHTS, Right
from miseban.hub.people.sessions import TOUCHED_EVERY
from miseban.hub.people.tables import ACCOUNTS, TOKENS
from miseban.vocabulary.errors import BadInput

LONGEST_LIFE: Final = timedelta(days=366)
_LONGEST_NAME = 64
_SHOWN_AFTER: Final = timedelta(days=30)
_MOST = 50  # of one account


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token; never the token itself."""

    id: str
    account: str
    owner: str
    name: str
    scopes: frozenset[Right]
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None


class Tokens:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(
        self,
        account: str,
        name: str,
        scopes: Iterable[str],
        expires_at: datetime,
        by: Actor,
        now: datetime,
    ) -> tuple[Token, str]:
        """A new token of ``account``, and its secret, which nobody can read again. Whoever asks for
        it must have come by a session, not by a token. Raises ``BadInput`` (``account``,
        ``token``)."""
        wanted = read_scopes(scopes)
        written = " ".join(name.split())
        if not (1 <= len(written) <= _LONGEST_NAME and written.isprintable()):
            what = f"expected 1 to {_LONGEST_NAME} characters that can be printed"
            raise BadInput("token", "name", what)
        if not timedelta(0) < expires_at - now <= LONGEST_LIFE:
            what = f"expected a time within {LONGEST_LIFE.days} days, found {expires_at:%Y-%m-%d}"
            raise BadInput("token", "expires", what)
        secret = new_token()
        with writing(self._engine) as connection:
            owner = find(connection, account)
            beyond = wanted - ROLE_RIGHTS[owner.role]
            if beyond:
                what = f"{owner.login} ({owner.role}) has no right to {', '.join(sorted(beyond))}"
                raise BadInput("token", "scopes", what)
            counted = select(func.count()).where(TOKENS.c.account == account)
            if (connection.execute(counted).scalar() or 0) >= _MOST:
                raise BadInput("token", owner.login, f"has {_MOST} tokens; revoke some first")
            token = Token(new_id(), account, owner.login, written, wanted, now, expires_at, None)
            connection.execute(TOKENS.insert().values(
                id=token.id, hash=hash_of(secret), account=account, name=written,
                scopes=" ".join(sorted(wanted)), made_at=now, expires_at=expires_at,
            ))  # fmt: skip
            detail = {"token": token.id, "scopes": sorted(wanted), "until": str(expires_at)}
            note(connection, by, "token.add", f"{owner.login}: {written}", now, detail)
            return token, secret

    def authenticate(self, secret: str, now: datetime) -> Identity | None:
        """Whose it is, and with which rights at this moment; none where it is not in force."""
        if not is_token(secret):
            return None
        query = select(
            ACCOUNTS, TOKENS.c.id.label("token"), TOKENS.c.scopes, TOKENS.c.used_at
        ).join(TOKENS, TOKENS.c.account == ACCOUNTS.c.id)
        in_force = (
            (TOKENS.c.hash == hash_of(secret))
            & (TOKENS.c.expires_at > now)
            & ACCOUNTS.c.closed_at.is_(None)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query.where(in_force)).first()
        if row is None:
            return None
        if row.used_at is None or abs(now - row.used_at) >= TOUCHED_EVERY:
            with writing(self._engine) as connection:
                used = update(TOKENS).where(TOKENS.c.id == row.token)
                connection.execute(used.values(used_at=now))
        rights = _scopes(row.scopes) & ROLE_RIGHTS[row.role] & TOKEN_RIGHTS
        return Identity(row.id, row.login, row.role, rights)

    def all(self, account: str | None = None) -> list[Token]:
        """Of one account, or of all; also those that have expired."""
        query = select(TOKENS, ACCOUNTS.c.login).join(ACCOUNTS, TOKENS.c.account == ACCOUNTS.c.id)
        if account is not None:
            query = query.where(TOKENS.c.account == account)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(TOKENS.c.made_at, TOKENS.c.id)).all()
        return [_token(row) for row in rows]

    def end_old(self, now: datetime) -> int:
        """Drops those that ended more than a month ago; until then it shows why a program is
        refused. Returns how many."""
        with writing(self._engine) as connection:
            over = TOKENS.c.expires_at <= now - _SHOWN_AFTER
            return connection.execute(delete(TOKENS).where(over)).rowcount

    def revoke(self, token: str, by: Actor, now: datetime, *, account: str | None = None) -> None:
        """Ends it at once; with ``account`` only if it is that one's. Raises ``BadInput``
        (``token``)."""
        with writing(self._engine) as connection:
            row = _find(connection, token)
            if row is None or account not in (None, row.account):
                raise BadInput("token", "token", "no such token")
            connection.execute(delete(TOKENS).where(TOKENS.c.id == token))
            about = f"{row.login}: {row.name}"
            note(connection, by, "token.revoke", about, now, {"token": token})


def read_scopes(scopes: Iterable[str]) -> frozenset[Right]:
    """Raises ``BadInput`` (``token``)."""
    wanted = set(scopes)
    unknown = wanted - TOKEN_RIGHTS
    if unknown or not wanted:
        found = ", ".join(sorted(unknown)) or "none"
        what = f"expected some of {', '.join(sorted(TOKEN_RIGHTS))}; found {found:.200}"
        raise BadInput("token", "scopes", what)
    return frozenset(Right(one) for one in wanted)


def _scopes(kept: str) -> frozenset[Right]:
    """Those that this program still knows."""
    return frozenset(Right(one) for one in kept.split() if one in TOKEN_RIGHTS)


def _find(connection: Connection, token: str) -> Row[Any] | None:
    query = select(TOKENS, ACCOUNTS.c.login).join(ACCOUNTS, TOKENS.c.account == ACCOUNTS.c.id)
    return (
        connection.execute(query.where(TOKENS.c.id == token)).first() if token.isalnum() else None
    )


def _token(row: Row[Any]) -> Token:
    return Token(
        row.id, row.account, row.login, row.name, _scopes(row.scopes),
        row.made_at, row.expires_at, row.used_at,
    )  # fmt: skip
