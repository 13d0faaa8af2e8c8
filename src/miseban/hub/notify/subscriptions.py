"""Browsers in which somebody asked to be told: web push subscriptions, in the hub's database."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Column, Connection, Engine, ForeignKey, String, Table, Text, delete, select

from miseban.hub.database import METADATA, Moment, Part, bring_up, reading, writing
from miseban.hub.notify import base64url
from miseban.hub.notify.encryption import public_key
from miseban.hub.notify.outgoing import check_url
from miseban.hub.people.rights import Role
from miseban.hub.people.tables import ACCOUNTS
from miseban.hub.people.tables import PART as PEOPLE
from miseban.vocabulary.errors import BadInput

MOST: Final = 10
"""Browsers of one account; the oldest gives way."""

SUBSCRIPTIONS = Table(
    "push_subscriptions",
    METADATA,
    Column("id", String(32), primary_key=True),  # of the endpoint's SHA-256
    Column(
        "account",
        String(16),
        ForeignKey(ACCOUNTS.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("endpoint", Text, nullable=False),
    Column("key", String(128), nullable=False),
    Column("auth", String(32), nullable=False),
    Column("made_at", Moment, nullable=False),
)


def _create(connection: Connection) -> None:
    SUBSCRIPTIONS.create(connection, checkfirst=True)


PART = Part("push", _create)


@dataclass(frozen=True, slots=True)
class Subscription:
    """``key`` is the browser's public key (65 bytes), ``auth`` the secret it shares with us (16).
    The endpoint is a secret too: whoever knows it could be taken for us by careless services."""

    id: str
    account: str
    endpoint: str
    key: bytes
    auth: bytes

    def __repr__(self) -> str:
        return f"Subscription({self.id!r})"


class Subscriptions:
    """Of open accounts only: who leaves is told nothing more."""

    def __init__(self, engine: Engine) -> None:
        bring_up(engine, PEOPLE)
        bring_up(engine, PART)
        self._engine = engine

    def add(
        self, account: str, endpoint: str, p256dh: str, auth: str, now: datetime,
        *, insecure: bool = False,
    ) -> Subscription:  # fmt: skip
        """What ``PushSubscription.toJSON`` says, of the browser of ``account``. The same browser
        again, or of another account that uses it now, takes the place of what was there. Raises
        ``BadInput`` (``subscription``, ``address``)."""
        check_url(endpoint, insecure=insecure)
        try:
            key, secret = base64url.decode(p256dh), base64url.decode(auth)
            public_key(key)
            if len(secret) != 16:
                raise ValueError("expected a secret of 16 bytes")
        except ValueError as error:
            raise BadInput("subscription", "keys", f"not of a browser: {error}") from None
        made = Subscription(_id(endpoint), account, endpoint, key, secret)
        table = SUBSCRIPTIONS
        with writing(self._engine) as connection:
            connection.execute(delete(table).where(table.c.id == made.id))
            mine = select(table.c.id).where(table.c.account == account)
            newest_first = mine.order_by(table.c.made_at.desc(), table.c.id)
            old = connection.execute(newest_first).scalars().all()[MOST - 1 :]
            connection.execute(delete(table).where(table.c.id.in_(old)))
            row = {
                "id": made.id,
                "account": account,
                "endpoint": endpoint,
                "key": base64url.encode(key),
                "auth": base64url.encode(secret),
                "made_at": now,
            }
            connection.execute(table.insert().values(row))
        return made

    def of_roles(self, roles: Collection[Role]) -> list[Subscription]:
        """Of everybody who has one of ``roles`` now."""
        table = SUBSCRIPTIONS
        query = (
            select(table)
            .join(ACCOUNTS, ACCOUNTS.c.id == table.c.account)
            .where(ACCOUNTS.c.role.in_(sorted(roles)), ACCOUNTS.c.closed_at.is_(None))
            .order_by(table.c.made_at, table.c.id)
        )
        with reading(self._engine) as connection:
            return [
                Subscription(
                    row.id,
                    row.account,
                    row.endpoint,
                    base64url.decode(row.key),
                    base64url.decode(row.auth),
                )
                for row in connection.execute(query)
            ]

    def remove(self, subscription: str, account: str | None = None) -> bool:
        """Whether it was there; with ``account``, only its own."""
        table = SUBSCRIPTIONS
        which = table.c.id == subscription
        if account is not None:
            which &= table.c.account == account
        with writing(self._engine) as connection:
            return connection.execute(delete(table).where(which)).rowcount > 0


def _id(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()[:32]
