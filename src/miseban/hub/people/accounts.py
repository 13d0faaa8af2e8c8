"""Accounts: who there is, with which role. Nobody is deleted who is named in the audit log; an
account that is closed has no password, no session, no token and no right."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine, Row, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from miseban.hub.database import reading, writing
from miseban.hub.people.audit_log import note
from miseban.hub.people.handed_out import new_id
from miseban.hub.people.identity import Actor
from miseban.hub.people.links import Link, make_link
from miseban.hub.people.passwords import Passwords, check_new
from miseban.hub.people.rights import PEOPLE_ROLES, ROLES, Role
from miseban.hub.people.tables import (
    ACCOUNTS,
    KNOWN_DEVICES,
    LINKS,
    LONGEST_LOGIN,
    SESSIONS,
    TOKENS,
)
from miseban.vocabulary.errors import BadInput

_SIGNS: Final = set("._@+-")


@dataclass(frozen=True, slots=True)
class Account:
    """``ready``: a password has been set, so that it can log in."""

    id: str
    login: str
    role: Role
    ready: bool
    made_at: datetime
    closed_at: datetime | None


class Accounts:
    """Every change is noted in the audit log, in the same transaction."""

    def __init__(self, engine: Engine, passwords: Passwords) -> None:
        self._engine = engine
        self._passwords = passwords

    def invite(self, login: str, role: str, by: Actor, now: datetime) -> tuple[Account, Link]:
        """A new account, and the link by which its owner sets a password. Raises ``BadInput``
        (``login``, ``role``)."""
        with writing(self._engine) as connection:
            account = add(connection, login, role, None, by, now)
            return account, make_link(connection, "invite", account.id, now)

    def add(self, login: str, role: str, password: str, by: Actor, now: datetime) -> Account:
        """A new account that can log in at once. Raises ``BadInput`` (``login``, ``role``,
        ``password``)."""
        check_new(password, login)
        kept = self._passwords.hash(password)
        with writing(self._engine) as connection:
            return add(connection, login, role, kept, by, now)

    def set_role(self, account: str, role: str, by: Actor, now: datetime) -> Account:
        """Holds at once: sessions end, tokens have what the new role has. Raises ``BadInput``
        (``account``, ``role``, ``last-manager``)."""
        checked = check_role(role)
        with writing(self._engine) as connection:
            before = find(connection, account)
            if before.role == checked:
                return before
            if checked not in PEOPLE_ROLES:
                _keep_one(connection, before)
            _set(connection, account, role=checked)
            revoke(connection, account)
            detail = {"from": before.role, "to": checked}
            note(connection, by, "account.role", before.login, now, detail)
            return find(connection, account)

    def close(self, account: str, by: Actor, now: datetime) -> None:
        """Ends all that it has. Raises ``BadInput`` (``account``, ``last-manager``)."""
        with writing(self._engine) as connection:
            found = find(connection, account)
            _keep_one(connection, found)
            _set(connection, account, closed_at=now, password=None)
            revoke(connection, account, everything=True)
            note(connection, by, "account.close", found.login, now)

    def reset(self, account: str, by: Actor, now: datetime) -> Link:
        """A link by which its owner sets a new password; the old one holds until then, so that
        nobody is locked out by it. Raises ``BadInput`` (``account``)."""
        with writing(self._engine) as connection:
            found = find(connection, account)
            note(connection, by, "account.reset", found.login, now)
            return make_link(connection, "reset" if found.ready else "invite", account, now)

    def all(self, *, closed: bool = False) -> list[Account]:
        """The open ones, in order of their logins; with ``closed`` also the others."""
        query = select(ACCOUNTS).order_by(ACCOUNTS.c.login_key, ACCOUNTS.c.made_at)
        if not closed:
            query = query.where(ACCOUNTS.c.closed_at.is_(None))
        with reading(self._engine) as connection:
            return [_account(row) for row in connection.execute(query)]

    def named(self, login: str) -> Account:
        """The open account of that login. Raises ``BadInput`` (``account``)."""
        key = login_key(login)
        with reading(self._engine) as connection:
            row = _by_key(connection, key) if key else None
        if row is None:
            raise BadInput("account", login[:LONGEST_LOGIN], "no such account")
        return _account(row)

    def forget(self, before: datetime) -> int:
        """Drops accounts that were closed before then; returns how many."""
        with writing(self._engine) as connection:
            gone = delete(ACCOUNTS).where(ACCOUNTS.c.closed_at < before)
            return connection.execute(gone).rowcount


def add(
    connection: Connection, login: str, role: str, kept: str | None, by: Actor, now: datetime
) -> Account:
    """A new account, in a transaction of ``writing``; ``kept`` is its hashed password."""
    written = unicodedata.normalize("NFKC", login).strip()
    key = login_key(login)
    if key is None:
        what = f"expected 1 to {LONGEST_LOGIN} letters, digits and . _ @ + -, found {login!r:.80}"
        raise BadInput("login", "login", what)
    values = {
        "id": new_id(), "login": written, "login_key": key, "role": check_role(role),
        "password": kept, "made_at": now,
    }  # fmt: skip
    if _by_key(connection, key) is not None:
        raise BadInput("login", written, "there is an account of this name")
    try:
        connection.execute(ACCOUNTS.insert().values(values))
    except IntegrityError:  # somebody who does not wait for other writers
        raise BadInput("login", written, "there is an account of this name") from None
    note(connection, by, "account.add", written, now, {"role": role})
    return find(connection, str(values["id"]))


def login_key(login: str) -> str | None:
    """As logins are compared: without regard to case or width of letters. None: it is none."""
    written = unicodedata.normalize("NFKC", login).strip()
    if not 1 <= len(written) <= LONGEST_LOGIN:
        return None
    if not all(sign.isalnum() or sign in _SIGNS for sign in written):
        return None
    return written.casefold()


def check_role(role: str) -> Role:
    """Raises ``BadInput`` (``role``)."""
    if role not in ROLES:
        raise BadInput("role", "role", f"expected {', '.join(ROLES)}, found {role!r:.80}")
    return role


def find(connection: Connection, account: str) -> Account:
    """The open account of that id. Raises ``BadInput`` (``account``)."""
    is_it = (ACCOUNTS.c.id == account) & ACCOUNTS.c.closed_at.is_(None)
    row = connection.execute(select(ACCOUNTS).where(is_it)).first() if account.isalnum() else None
    if row is None:
        raise BadInput("account", "account", "no such account, or it is closed")
    return _account(row)


def revoke(connection: Connection, account: str, *, everything: bool = False) -> None:
    """Ends its sessions; with ``everything`` also its tokens, links and known devices."""
    tables = (SESSIONS, TOKENS, LINKS, KNOWN_DEVICES) if everything else (SESSIONS,)
    for table in tables:
        connection.execute(delete(table).where(table.c.account == account))


def set_password(connection: Connection, account: str, kept: str) -> None:
    _set(connection, account, password=kept)


def _keep_one(connection: Connection, leaving: Account) -> None:
    """Raises ``BadInput`` (``last-manager``) where nobody else who can log in may set people."""
    others = select(func.count()).where(
        ACCOUNTS.c.closed_at.is_(None),
        ACCOUNTS.c.password.is_not(None),
        ACCOUNTS.c.role.in_(PEOPLE_ROLES),
        ACCOUNTS.c.id != leaving.id,
    )
    matters = leaving.ready and leaving.role in PEOPLE_ROLES
    if matters and not connection.execute(others).scalar():
        what = "the last one who can log in and may set people; give somebody else that role first"
        raise BadInput("last-manager", leaving.login, what)


def _by_key(connection: Connection, key: str) -> Row[tuple[object, ...]] | None:
    is_it = (ACCOUNTS.c.login_key == key) & ACCOUNTS.c.closed_at.is_(None)
    return connection.execute(select(ACCOUNTS).where(is_it)).first()


def _set(connection: Connection, account: str, **values: object) -> None:
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account).values(values))


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(
        row.id, row.login, row.role, row.password is not None, row.made_at, row.closed_at
    )
