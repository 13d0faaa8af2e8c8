"""The ways in: a name and a password, or a one-time link. Every way in begins a new session."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from miseban.hub.database import reading, writing
from miseban.hub.people.accounts import add, login_key, revoke, set_password
from miseban.hub.people.audit_log import note
from miseban.hub.people.identity import Actor, Refused
from miseban.hub.people.links import NO_LINK, Link, Purpose, look_at_link, make_link, set_up
from miseban.hub.people.links import take_link as take
from miseban.hub.people.passwords import Passwords, check_new
from miseban.hub.people.sessions import LoggedIn, Sessions, begin, identity_of, is_known
from miseban.hub.people.tables import ACCOUNTS
from miseban.hub.people.throttle import Key, Limit, Limits, Throttle, network_of

_TOLD_AGAIN = timedelta(minutes=15)
_MOST_TOLD = 1000
_NOTED = Limit(20, 300.0)  # failures that stand in the log one by one
_WRONG = "name or password is wrong"


class Doors:
    """For threads. Hashing is done outside of transactions, so that nobody waits for it who does
    not log in."""

    def __init__(
        self,
        engine: Engine,
        passwords: Passwords,
        sessions: Sessions,
        limits: Limits,
        started: datetime | None = None,
    ) -> None:
        self._engine = engine
        self._passwords = passwords
        self._sessions = sessions
        self._limits = limits
        self._throttle = Throttle(started)
        self._noted = Throttle()
        self._told: dict[Key, datetime] = {}

    def log_in(
        self, login: str, password: str, now: datetime, *, came_from: str, device: str | None = None
    ) -> LoggedIn:
        """Raises ``Refused``: ``log-in`` where name or password is wrong, ``throttled`` or ``busy``
        where too many were tried. An account that is not there cannot be told from one that is."""
        key = login_key(login)
        with reading(self._engine) as connection:
            row = _account_of(connection, key)
            known = row is not None and is_known(connection, row.id, device, now)
        mine = device if known else None
        # What was typed as a name may be a password: it is not written down.
        name = row.login if row is not None else "unknown account"
        actor = Actor(None, name, came_from)
        buckets = self._buckets(key or "", network_of(came_from), mine)
        self._let_try(buckets, actor, now)
        kept = row.password if row is not None else None
        if not self._passwords.check(kept, password, known=known) or row is None:
            self._note_failure(actor, now)
            raise Refused("log-in", "log-in", _WRONG)
        self._throttle.give_back(buckets, now)
        anew = self._passwords.hash(password) if self._passwords.outdated(row.password) else None
        with writing(self._engine) as connection:
            found = _account_of(connection, key)
            if found is None or found.id != row.id or found.password != row.password:
                raise Refused("log-in", "log-in", _WRONG)  # changed or closed meanwhile
            if anew is not None:
                set_password(connection, row.id, anew)
            begun = begin(connection, found, now, mine)
            note(connection, begun.identity.actor(came_from), "log-in", row.login, now)
            return begun

    def change_password(
        self, session: str, old: str, new: str, now: datetime, *, came_from: str
    ) -> LoggedIn:
        """Ends all sessions of the account and begins a new one. Raises ``Refused`` (as
        ``log_in``) and ``BadInput`` (``password``)."""
        with reading(self._engine) as connection:
            row = self._sessions.find(connection, session, now)
        if row is None:
            raise Refused("log-in", "session", "it is over; log in")
        actor = identity_of(row).actor(came_from)
        check_new(new, row.login)
        # Who found a browser left open has as few tries as anybody.
        self._let_try([(("session", row.session), self._limits.device)], actor, now)
        if not self._passwords.check(row.password, old, known=True):
            self._note_failure(actor, now)
            raise Refused("log-in", "password", "the old password is wrong")
        kept = self._passwords.hash(new)
        with writing(self._engine) as connection:
            found = self._sessions.find(connection, session, now)
            if found is None or found.password != row.password:
                raise Refused("log-in", "session", "it is over; log in")
            revoke(connection, row.id)
            set_password(connection, row.id, kept)
            note(connection, actor, "account.password", row.login, now)
            return begin(connection, found, now)

    def first_link(self, now: datetime) -> Link | None:
        """The link by which the shop is set up, to be printed once; none where there is an
        account. One that was made before works no more."""
        with writing(self._engine) as connection:
            return None if set_up(connection) else make_link(connection, "set-up", None, now)

    def look_at(self, link: str, now: datetime) -> tuple[Purpose, str] | None:
        """What a link is for, and the login of its account (none yet for the set-up); None where
        it does not work."""
        with reading(self._engine) as connection:
            return look_at_link(connection, link, now)

    def welcome(
        self, link: str, password: str, now: datetime, *, came_from: str, login: str = ""
    ) -> LoggedIn:
        """Uses up a one-time link: sets the password, for the set-up of a new manager called
        ``login``, and logs in. What was before a reset is over: sessions, tokens, known devices.
        It is not throttled, so that it gets in whom others keep out. Raises ``Refused`` (``link``,
        ``busy``) and ``BadInput`` (``login``, ``password``); then the link works still."""
        seen = self.look_at(link, now)
        if seen is None:
            raise Refused("link", "link", NO_LINK)
        check_new(password, seen[1] or login)
        kept = self._passwords.hash(password)
        with writing(self._engine) as connection:
            purpose, account = take(connection, link, now)
            if account is None:
                by = Actor(None, "first link", came_from)
                account = add(connection, login, "manager", kept, by, now).id
            revoke(connection, account, everything=True)
            set_password(connection, account, kept)
            found = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.id == account)).one()
            begun = begin(connection, found, now)
            act = f"account.{purpose}.done"
            note(connection, begun.identity.actor(came_from), act, found.login, now)
            return begun

    def _buckets(self, key: str, network: str, device: str | None) -> list[tuple[Key, Limit]]:
        if device is not None:
            return [(("device", device, key), self._limits.device)]
        return [
            (("account", key, network), self._limits.account_and_network),
            (("network", network), self._limits.network),
        ]

    def _let_try(self, buckets: list[tuple[Key, Limit]], actor: Actor, now: datetime) -> None:
        wait_s = self._throttle.take(buckets, now)
        if not wait_s:
            return
        if self._tell_again(("throttled", network_of(actor.came_from)), now):
            with writing(self._engine) as connection:
                note(connection, actor, "log-in.throttled", actor.name, now)
        what = f"too many tries; again in {wait_s} s"
        raise Refused("throttled", "log-in", what, retry_after_s=wait_s)

    # What is noted hangs on the network alone: were it another for who is there and who is not, the
    # time that writing takes would tell them apart. And the log must not fill the disk.
    def _note_failure(self, actor: Actor, now: datetime) -> None:
        network = network_of(actor.came_from)
        if not self._noted.take([(("failed", network), _NOTED)], now):
            with writing(self._engine) as connection:
                note(connection, actor, "log-in.failed", actor.name, now)
        elif self._tell_again(("many", network), now):
            with writing(self._engine) as connection:
                note(connection, Actor(None, "hub", network), "log-in.many-failed", network, now)

    def _tell_again(self, what: Key, now: datetime) -> bool:
        """Whether it is to be noted: once in a while, not a thousand times."""
        last = self._told.get(what)
        if last is not None and abs(now - last) < _TOLD_AGAIN:
            return False
        if len(self._told) >= _MOST_TOLD:
            self._told.clear()
        self._told[what] = now
        return True


def _account_of(connection: Connection, key: str | None) -> Row[Any] | None:
    is_it = (ACCOUNTS.c.login_key == (key or "")) & ACCOUNTS.c.closed_at.is_(None)
    return connection.execute(select(ACCOUNTS).where(is_it)).first()
