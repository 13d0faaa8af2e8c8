"""Whatever happens in whatever order: no right after it was taken away, no token beyond its owner,
and the shop is never without somebody who can set people."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine

from miseban.hub.database import open_database
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.links import LIVES, Link
from miseban.hub.people.people import People
from miseban.hub.people.rights import PEOPLE_ROLES, ROLE_RIGHTS, Right, Role
from miseban.hub.people.sessions import Lives, LoggedIn
from miseban.vocabulary.errors import BadInput
from tests.hub.people.staff import FAST, NOW, TILL, set_up
from tests.servers.postgres import Postgres

LIVES_OF_SESSIONS = Lives()
PASSWORDS = ["seven blue umbrellas", "eight green bicycles"]
SOME_ROLES: list[Role] = ["manager", "staff", "marketer"]
SOME_SCOPES = [Right.SEE_COUNT, Right.EXPORT, Right.SET_RULES]
ANY = st.integers(0, 11)


T = TypeVar("T")


def tried(act: Callable[[], T]) -> tuple[T | None, str]:
    """What came of it, or the code of the error."""
    try:
        return act(), ""
    except BadInput as error:
        return None, error.code


class Shop(RuleBasedStateMachine):
    """The model beside the real thing: what each account, session and token should be now."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.engine: Engine = open_database(url)
        self.people = People(self.engine, passwords=FAST)
        self.now: datetime = NOW
        self.role: dict[str, Role] = {}  # of open accounts
        self.password: dict[str, str] = {}
        self.login: dict[str, str] = {}
        self.session: dict[str, tuple[str, datetime, datetime]] = {}  # account, made, used
        self.token: dict[str, tuple[str, frozenset[Right], datetime]] = {}
        self.link: dict[str, tuple[str, datetime]] = {}
        self.every_session: list[str] = []  # that was ever handed out
        self.every_token: list[str] = []
        self.every_link: list[str] = []

    def teardown(self) -> None:
        self.people.audit.verify()
        self.engine.dispose()

    @initialize()
    def begins(self) -> None:
        begun = set_up(self.people)
        account = begun.identity.account
        self.role[account], self.login[account] = "manager", "hanako"
        self.password[account] = PASSWORDS[0]
        self.began(begun)
        # Others who are there and logged in, or little could be taken away from anybody.
        for at, role in enumerate(SOME_ROLES, start=1):
            self.hire(role, True)
            self.log_in(at, 1)

    @rule(role=st.sampled_from(SOME_ROLES), ready=st.booleans())
    def hire(self, role: Role, ready: bool) -> None:
        login = f"p{len(self.login)}"
        if ready:
            made = self.people.accounts.add(login, role, PASSWORDS[0], CONSOLE, self.now)
            self.password[made.id] = PASSWORDS[0]
        else:
            made, link = self.people.accounts.invite(login, role, CONSOLE, self.now)
            self.sent(made.id, link)
        self.role[made.id], self.login[made.id] = role, login

    @rule(whose=ANY, role=st.sampled_from(SOME_ROLES))
    def give_role(self, whose: int, role: Role) -> None:
        account = self.account(whose)
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

    @rule(whose=ANY)
    def close(self, whose: int) -> None:
        account = self.account(whose)
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

    @rule(whose=ANY, wrong=st.integers(0, 4))
    def log_in(self, whose: int, wrong: int) -> None:
        account = self.account(whose)
        password = self.password.get(account, PASSWORDS[0]) if wrong else "something else"
        right = account in self.role and self.password.get(account) == password
        where = f"198.51.100.{len(self.every_session) % 250}"
        begun, told = tried(
            lambda: self.people.doors.log_in(
                self.login[account], password, self.now, came_from=where
            )
        )
        if begun is None:
            assert told == "throttled" or not right
            return
        assert right
        assert begun.identity.account == account
        self.began(begun)

    @rule(which=ANY)
    def log_out(self, which: int) -> None:
        session = self.every_session[which % len(self.every_session)]
        self.people.sessions.log_out(session, self.now, came_from=TILL)
        self.session.pop(session, None)

    @rule(which=ANY, password=st.sampled_from(PASSWORDS))
    def change_password(self, which: int, password: str) -> None:
        session = self.every_session[which % len(self.every_session)]
        account = self.session[session][0] if session in self.session else ""
        old = self.password.get(account, "")
        begun, told = tried(
            lambda: self.people.doors.change_password(
                session, old, password, self.now, came_from=TILL
            )
        )
        if begun is None:
            assert told == "throttled" or not self.in_force(session)
            return
        self.end_sessions(account)
        self.password[account] = password
        self.began(begun)

    @rule(whose=ANY)
    def reset(self, whose: int) -> None:
        account = self.account(whose)
        link, _ = tried(lambda: self.people.accounts.reset(account, CONSOLE, self.now))
        if link is None:
            assert account not in self.role
            return
        self.link = {one: to for one, to in self.link.items() if to[0] != account}
        self.sent(account, link)

    @precondition(lambda self: self.every_link)
    @rule(which=ANY, password=st.sampled_from(PASSWORDS))
    def welcome(self, which: int, password: str) -> None:
        secret = self.every_link[which % len(self.every_link)]
        account, until = self.link.get(secret, ("", self.now))
        begun, _ = tried(
            lambda: self.people.doors.welcome(secret, password, self.now, came_from=TILL)
        )
        if begun is None:
            assert self.now >= until
            return
        assert self.now < until
        self.end_all(account)
        self.password[account] = password
        self.began(begun)

    @rule(whose=ANY, scopes=st.frozensets(st.sampled_from(SOME_SCOPES), min_size=1))
    def make_token(self, whose: int, scopes: frozenset[Right]) -> None:
        account = self.account(whose)
        until = self.now + timedelta(days=10)
        may = account in self.role and scopes <= ROLE_RIGHTS[self.role[account]]
        made, _ = tried(
            lambda: self.people.tokens.create(account, "t", scopes, until, CONSOLE, self.now)
        )
        assert (made is not None) is may
        if made is not None:
            self.token[made[1]] = (account, scopes, until)
            self.every_token.append(made[1])

    @rule(hours=st.sampled_from([0.01, 11, 30, 24 * 8]))
    def time_passes(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def nobody_has_a_right_that_was_taken_away(self) -> None:
        for session in self.every_session:
            found = self.people.authenticate(self.now, session=session, touch=False)
            assert (found is not None) is self.in_force(session)
            if found is not None:
                account = self.session[session][0]
                assert (found.account, found.role) == (account, self.role[account])
                assert found.rights == ROLE_RIGHTS[self.role[account]]
        for secret in self.every_token:
            found = self.people.authenticate(self.now, bearer=secret)
            account, scopes, until = self.token.get(secret, ("", frozenset(), self.now))
            assert (found is not None) is (account in self.role and self.now < until)
            if found is not None:
                assert found.rights == scopes & ROLE_RIGHTS[self.role[account]]

    @invariant()
    def somebody_can_set_people(self) -> None:
        ready = [one for one in self.people.accounts.all() if one.ready]
        assert not self.login or any(one.role in PEOPLE_ROLES for one in ready)

    def account(self, which: int) -> str:
        """One that is open, or now and then one that is closed."""
        closed = [one for one in self.login if one not in self.role][-1:]
        some = [*self.role, *closed]
        return some[which % len(some)]

    def began(self, begun: LoggedIn) -> None:
        self.session[begun.session] = (begun.identity.account, self.now, self.now)
        self.every_session.append(begun.session)

    def sent(self, account: str, link: Link) -> None:
        assert link.expires_at - self.now in (LIVES["reset"], LIVES["invite"])
        self.link[link.secret] = (account, link.expires_at)
        self.every_link.append(link.secret)

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


def histories(fresh: Callable[[], str], count: int) -> None:
    """``fresh`` gives the address of an empty database, for each history anew."""
    run_state_machine_as_test(
        lambda: Shop(fresh()),  # type: ignore[arg-type]  # it takes what makes one, too
        settings=settings(
            max_examples=count,
            stateful_step_count=25,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def test_histories_on_sqlite(tmp_path: Path) -> None:
    numbers = itertools.count()
    histories(lambda: f"sqlite:///{tmp_path / f'hub{next(numbers)}.db'}", 15)


def test_histories_on_postgresql(server: Postgres) -> None:
    histories(server.emptied, 5)
