"""Whatever happens in whatever order: no right after it was taken away, no token beyond its owner,
and the shop is never without somebody who can set people."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Engine

from miseban.hub.database import open_database
from miseban.hub.people.identity import CONSOLE, Refused
from miseban.hub.people.links import LIVES
from miseban.hub.people.people import People
from miseban.hub.people.rights import PEOPLE_ROLES, ROLE_RIGHTS, ROLES, TOKEN_RIGHTS, Right, Role
from miseban.hub.people.sessions import Lives
from miseban.vocabulary.errors import BadInput
from tests.hub.people.staff import FAST, NOW, TILL, set_up

LIVES_OF_SESSIONS = Lives()
PASSWORDS = ["seven blue umbrellas", "eight green bicycles", "nine red lanterns here"]


T = TypeVar("T")


def tried(act: Callable[[], T]) -> tuple[T | None, str]:
    """What came of it, or the code of the error."""
    try:
        return act(), ""
    except BadInput as error:
        return None, error.code


class Shop(RuleBasedStateMachine):
    """The model beside the real thing: what each account, session and token should be now."""

    accounts = Bundle("accounts")
    sessions = Bundle("sessions")
    tokens = Bundle("tokens")
    links = Bundle("links")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.engine: Engine = open_database(f"sqlite:///{Path(self.folder.name) / 'hub.sqlite'}")
        self.people = People(self.engine, passwords=FAST)
        self.now: datetime = NOW
        self.role: dict[str, Role] = {}  # of open accounts
        self.password: dict[str, str] = {}
        self.login: dict[str, str] = {}
        self.session: dict[str, tuple[str, datetime, datetime]] = {}  # account, made, used
        self.token: dict[str, tuple[str, frozenset[Right], datetime]] = {}
        self.link: dict[str, tuple[str, datetime]] = {}

    def teardown(self) -> None:
        self.people.audit.verify()
        self.engine.dispose()
        self.folder.cleanup()

    @initialize(target=accounts)
    def begins(self) -> str:
        begun = set_up(self.people)
        account = begun.identity.account
        self.role[account], self.login[account] = "manager", "hanako"
        self.password[account] = PASSWORDS[0]
        self.session[begun.session] = (account, self.now, self.now)
        return account

    @rule(target=accounts, role=st.sampled_from(ROLES), password=st.sampled_from(PASSWORDS))
    def hire(self, role: Role, password: str) -> str:
        login = f"p{len(self.login)}"
        account = self.people.accounts.add(login, role, password, CONSOLE, self.now).id
        self.role[account], self.login[account] = role, login
        self.password[account] = password
        return account

    @rule(target=accounts, role=st.sampled_from(ROLES))
    def invite(self, role: Role) -> str:
        login = f"p{len(self.login)}"
        account, link = self.people.accounts.invite(login, role, CONSOLE, self.now)
        self.role[account.id], self.login[account.id] = role, login
        self.link[link.secret] = (account.id, link.expires_at)
        return account.id

    @rule(account=accounts, role=st.sampled_from(ROLES))
    def give_role(self, account: str, role: Role) -> None:
        stays = role in PEOPLE_ROLES or not self.is_last(account)
        _, told = tried(lambda: self.people.accounts.set_role(account, role, CONSOLE, self.now))
        if told:
            assert told == ("last-manager" if account in self.role else "account")
            assert account not in self.role or not stays
            return
        assert stays
        if self.role[account] != role:
            self.end_sessions(account)
        self.role[account] = role

    @rule(account=accounts)
    def close(self, account: str) -> None:
        stays = account in self.role and not self.is_last(account)
        _, told = tried(lambda: self.people.accounts.close(account, CONSOLE, self.now))
        if told:
            assert told == ("last-manager" if account in self.role else "account")
            assert not stays
            return
        assert stays
        self.end_all(account)
        del self.role[account]
        self.password.pop(account, None)

    @rule(target=sessions, account=accounts, password=st.sampled_from(PASSWORDS))
    def log_in(self, account: str, password: str) -> str:
        right = self.password.get(account) == password
        where = f"198.51.100.{len(self.session) % 250}"
        begun, told = tried(
            lambda: self.people.doors.log_in(
                self.login[account], password, self.now, came_from=where
            )
        )
        if begun is None:
            assert told == "throttled" or not right
            return ""
        assert right
        assert begun.identity.account == account
        self.session[begun.session] = (account, self.now, self.now)
        return begun.session

    @rule(session=sessions)
    def log_out(self, session: str) -> None:
        self.people.sessions.log_out(session, self.now, came_from=TILL)
        self.session.pop(session, None)

    @rule(target=sessions, session=sessions, password=st.sampled_from(PASSWORDS))
    def change_password(self, session: str, password: str) -> str:
        account = self.session[session][0] if session in self.session else ""
        old = self.password.get(account, "")
        begun, told = tried(
            lambda: self.people.doors.change_password(
                session, old, password, self.now, came_from=TILL
            )
        )
        if begun is None:
            assert told == "throttled" or not self.in_force(session)
            return ""
        self.end_sessions(account)
        self.password[account] = password
        self.session[begun.session] = (account, self.now, self.now)
        return begun.session

    @rule(target=links, account=accounts)
    def reset(self, account: str) -> str:
        try:
            link = self.people.accounts.reset(account, CONSOLE, self.now)
        except BadInput:
            assert account not in self.role
            return ""
        self.link = {one: to for one, to in self.link.items() if to[0] != account}
        self.link[link.secret] = (account, link.expires_at)
        assert link.expires_at - self.now in (LIVES["reset"], LIVES["invite"])
        return link.secret

    @rule(target=sessions, link=links, password=st.sampled_from(PASSWORDS))
    def welcome(self, link: str, password: str) -> str:
        account, until = self.link.get(link, ("", self.now))
        try:
            begun = self.people.doors.welcome(link, password, self.now, came_from=TILL)
        except Refused:
            assert self.now >= until
            return ""
        assert self.now < until
        self.end_all(account)
        self.password[account] = password
        self.session[begun.session] = (account, self.now, self.now)
        return begun.session

    @rule(
        target=tokens,
        account=accounts,
        scopes=st.frozensets(st.sampled_from(sorted(TOKEN_RIGHTS)), min_size=1, max_size=4),
        days=st.integers(1, 30),
    )
    def make_token(self, account: str, scopes: frozenset[Right], days: int) -> str:
        until = self.now + timedelta(days=days)
        may = account in self.role and scopes <= ROLE_RIGHTS[self.role[account]]
        try:
            _, secret = self.people.tokens.create(account, "t", scopes, until, CONSOLE, self.now)
        except BadInput:
            assert not may
            return ""
        assert may
        self.token[secret] = (account, scopes, until)
        return secret

    @rule(hours=st.sampled_from([0.01, 1, 11, 30, 24 * 8]))
    def time_passes(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def nobody_has_a_right_that_was_taken_away(self) -> None:
        for session, (account, _, _) in self.session.items():
            found = self.people.authenticate(self.now, session=session, touch=False)
            assert (found is not None) is self.in_force(session)
            if found is not None:
                assert (found.account, found.role) == (account, self.role[account])
                assert found.rights == ROLE_RIGHTS[self.role[account]]
        for secret, (account, scopes, until) in self.token.items():
            found = self.people.authenticate(self.now, bearer=secret)
            assert (found is not None) is (account in self.role and self.now < until)
            if found is not None:
                assert found.rights == scopes & ROLE_RIGHTS[self.role[account]]
                assert Right.SET_PEOPLE not in found.rights

    @invariant()
    def somebody_can_set_people(self) -> None:
        ready = [one for one in self.people.accounts.all() if one.ready]
        assert not self.login or any(one.role in PEOPLE_ROLES for one in ready)

    def in_force(self, session: str) -> bool:
        if session not in self.session:
            return False
        account, made, used = self.session[session]
        lives = LIVES_OF_SESSIONS
        young = self.now < made + lives.whole and self.now < used + lives.idle
        return account in self.role and young

    def is_last(self, account: str) -> bool:
        can = [a for a, role in self.role.items() if role in PEOPLE_ROLES and a in self.password]
        return can == [account]

    def end_sessions(self, account: str) -> None:
        self.session = {one: of for one, of in self.session.items() if of[0] != account}

    def end_all(self, account: str) -> None:
        self.end_sessions(account)
        self.token = {one: of for one, of in self.token.items() if of[0] != account}
        self.link = {one: to for one, to in self.link.items() if to[0] != account}


TestHistories = Shop.TestCase
TestHistories.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
