"""Sessions: who is asking, by the cookie of a browser.

A session is a random secret, kept as a hash. It ends when it was idle too long, when it is too old,
when its owner logs out, when the password or the role changes, or when the account is closed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, delete, select, update

from miseban.hub.database import reading, writing
from miseban.hub.people.audit_log import note
from miseban.hub.people.handed_out import csrf_of, hash_of, new_id, new_secret
from miseban.hub.people.identity import Identity
from miseban.hub.people.rights import ROLE_RIGHTS
from miseban.hub.people.tables import ACCOUNTS, KNOWN_DEVICES, LINKS, SESSIONS

TOUCHED_EVERY: Final = timedelta(minutes=1)
"""How exactly it is known when a session or a token was used last."""
DEVICE_LIVES: Final = timedelta(days=180)
_MOST_DEVICES: Final = 20  # of one account


@dataclass(frozen=True, slots=True)
class Lives:
    """``idle``: without a request; ``whole``: since the log-in."""

    idle: timedelta = timedelta(hours=12)
    whole: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """What the browser gets: ``session`` and ``device`` as cookies, ``csrf`` for its pages."""

    identity: Identity
    session: str = field(repr=False)
    csrf: str = field(repr=False)
    device: str = field(repr=False)


class Sessions:
    def __init__(self, engine: Engine, lives: Lives) -> None:
        self._engine = engine
        self.lives = lives

    def authenticate(self, session: str, now: datetime, *, touch: bool = True) -> Identity | None:
        """Who has it, and with which rights at this moment; none where it is over. ``touch`` keeps
        it from becoming idle: not for what a page asks by itself."""
        with reading(self._engine) as connection:
            row = self.find(connection, session, now)
        if row is None:
            return None
        if touch and abs(now - row.used_at) >= TOUCHED_EVERY:
            with writing(self._engine) as connection:
                used = update(SESSIONS).where(SESSIONS.c.id == row.session)
                connection.execute(used.values(used_at=now))
        return identity_of(row)

    def find(self, connection: Connection, session: str, now: datetime) -> Row[Any] | None:
        """Its row, with the columns of its account; none where it is over."""
        columns = (ACCOUNTS, SESSIONS.c.id.label("session"), SESSIONS.c.used_at)
        query = select(*columns).join(SESSIONS, SESSIONS.c.account == ACCOUNTS.c.id)
        in_force = (
            (SESSIONS.c.hash == hash_of(session))
            & (SESSIONS.c.used_at > now - self.lives.idle)
            & (SESSIONS.c.made_at > now - self.lives.whole)
            & ACCOUNTS.c.closed_at.is_(None)
        )
        return connection.execute(query.where(in_force)).first()

    def log_out(self, session: str, now: datetime, *, came_from: str) -> None:
        with writing(self._engine) as connection:
            row = self.find(connection, session, now)
            if row is not None:
                connection.execute(delete(SESSIONS).where(SESSIONS.c.id == row.session))
                note(connection, identity_of(row).actor(came_from), "log-out", row.login, now)

    def end_old(self, now: datetime) -> int:
        """Drops sessions and links that are over, and devices not seen for long; returns how
        many."""
        over = (SESSIONS.c.made_at <= now - self.lives.whole) | (
            SESSIONS.c.used_at <= now - self.lives.idle
        )
        long_ago = KNOWN_DEVICES.c.used_at <= now - DEVICE_LIVES
        with writing(self._engine) as connection:
            gone = (
                delete(SESSIONS).where(over),
                delete(KNOWN_DEVICES).where(long_ago),
                delete(LINKS).where(LINKS.c.expires_at <= now),
            )
            return sum(connection.execute(one).rowcount for one in gone)


def begin(
    connection: Connection, account: Row[Any], now: datetime, device: str | None = None
) -> LoggedIn:
    """A new session; ``device`` is that of a known one of the account."""
    session, device = new_secret(), device or new_secret()
    values = {
        "id": new_id(), "hash": hash_of(session), "account": account.id,
        "made_at": now, "used_at": now,
    }  # fmt: skip
    connection.execute(SESSIONS.insert().values(values))
    _know(connection, account.id, device, now)
    rights = ROLE_RIGHTS[account.role]
    identity = Identity(account.id, account.login, account.role, rights)
    return LoggedIn(identity, session, csrf_of(session), device)


def is_known(connection: Connection, account: str, device: str | None, now: datetime) -> bool:
    """Whether somebody has logged in to the account with this browser before."""
    if device is None:
        return False
    is_it = (KNOWN_DEVICES.c.hash == hash_of(device)) & (KNOWN_DEVICES.c.account == account)
    in_time = KNOWN_DEVICES.c.used_at > now - DEVICE_LIVES
    return (
        connection.execute(select(KNOWN_DEVICES.c.hash).where(is_it & in_time)).first() is not None
    )


def identity_of(row: Row[Any]) -> Identity:
    """Of a row that ``Sessions.find`` found."""
    return Identity(row.id, row.login, row.role, ROLE_RIGHTS[row.role])


def _know(connection: Connection, account: str, device: str, now: datetime) -> None:
    mine = KNOWN_DEVICES.c.account == account
    hashed = hash_of(device)
    connection.execute(delete(KNOWN_DEVICES).where(KNOWN_DEVICES.c.hash == hashed))
    connection.execute(KNOWN_DEVICES.insert().values(hash=hashed, account=account, used_at=now))
    newest = select(KNOWN_DEVICES.c.hash).where(mine).order_by(KNOWN_DEVICES.c.used_at.desc())
    kept = [row.hash for row in connection.execute(newest.limit(_MOST_DEVICES))]
    connection.execute(delete(KNOWN_DEVICES).where(mine, KNOWN_DEVICES.c.hash.not_in(kept)))
