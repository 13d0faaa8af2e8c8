"""Accounts and their links: how a shop begins, and that it is never left without a manager."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, select

from miseban.hub.database import reading
from miseban.hub.people.identity import CONSOLE, Refused
from miseban.hub.people.links import LIVES
from miseban.hub.people.passwords import Passwords, check_new
from miseban.hub.people.people import People
from miseban.hub.people.tables import ACCOUNTS, KNOWN_DEVICES, LINKS, SESSIONS
from miseban.vocabulary.errors import BadInput, MisebanError
from tests.hub.people.staff import DAY, FAST, MINUTE, NOW, OTHER, PASSWORD, TILL, hired, set_up


def test_the_first_link_makes_a_manager_and_works_once(people: People) -> None:
    link = people.doors.first_link(NOW)
    assert link is not None
    assert link.path == f"/welcome#{link.secret}"
    assert people.doors.look_at(link.secret, NOW) == ("set-up", "")
    begun = people.doors.welcome(link.secret, PASSWORD, NOW, came_from=TILL, login="Hanako")
    assert (begun.identity.name, begun.identity.role) == ("Hanako", "manager")
    assert people.doors.first_link(NOW) is None
    assert people.doors.look_at(link.secret, NOW) is None
    with pytest.raises(Refused, match="used, has expired, or was never given"):
        people.doors.welcome(link.secret, PASSWORD, NOW, came_from=TILL, login="Jiro")
    assert [account.login for account in people.accounts.all()] == ["Hanako"]


def test_a_first_link_expires_and_a_new_one_takes_its_place(people: People) -> None:
    old = people.doors.first_link(NOW)
    new = people.doors.first_link(NOW + MINUTE)
    assert old is not None
    assert new is not None
    late = NOW + MINUTE + LIVES["set-up"]
    for secret, at in ((old.secret, NOW), (new.secret, late), ("", NOW), ("x", NOW)):
        with pytest.raises(Refused):
            people.doors.welcome(secret, PASSWORD, at, came_from=TILL, login="hanako")
    assert people.accounts.all() == []
    assert people.doors.welcome(new.secret, PASSWORD, NOW, came_from=TILL, login="hanako")


def test_a_first_link_is_refused_once_there_is_an_account(people: People) -> None:
    """Somebody else was quicker, on the console."""
    link = people.doors.first_link(NOW)
    assert link is not None
    people.accounts.invite("taro", "manager", CONSOLE, NOW)
    assert people.doors.look_at(link.secret, NOW) is None
    with pytest.raises(Refused):
        people.doors.welcome(link.secret, PASSWORD, NOW, came_from=TILL, login="hanako")


@pytest.mark.parametrize(
    ("login", "password"),
    [("hanako", "short"), ("ha na", PASSWORD), ("", PASSWORD), ("hanako", "password1234")],
)
def test_a_link_works_still_where_what_was_typed_will_not_do(
    people: People, login: str, password: str
) -> None:
    link = people.doors.first_link(NOW)
    assert link is not None
    with pytest.raises(BadInput):
        people.doors.welcome(link.secret, password, NOW, came_from=TILL, login=login)
    assert people.doors.welcome(link.secret, PASSWORD, NOW, came_from=TILL, login="hanako")


def test_of_many_at_once_one_sets_the_shop_up(people: People, engine: Engine) -> None:
    """And each hub has a connection of its own, as two processes would."""
    link = people.doors.first_link(NOW)
    assert link is not None
    start, won, lost = threading.Barrier(4), [], []

    def try_it(name: str) -> None:
        mine = People(engine, passwords=Passwords(passes=1, memory_kib=8))
        start.wait(10)
        try:
            mine.doors.welcome(link.secret, PASSWORD, NOW, came_from=TILL, login=name)
        except Refused:
            lost.append(name)
        else:
            won.append(name)

    threads = [threading.Thread(target=try_it, args=(f"p{at}",)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(won), len(lost)) == (1, 3)
    assert [account.login for account in people.accounts.all()] == won
    people.audit.verify()


def test_of_two_managers_who_close_each_other_at_once_one_stays(
    people: People, engine: Engine
) -> None:
    set_up(people)
    taro = hired(people, "taro", "manager")
    both = [account.id for account in people.accounts.all()]
    start, refused = threading.Barrier(2), []

    def close(account: str) -> None:
        mine = People(engine, passwords=FAST)
        start.wait(10)
        try:
            mine.accounts.close(account, CONSOLE, NOW)
        except BadInput as error:
            refused.append(error.code)

    threads = [threading.Thread(target=close, args=(account,)) for account in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert refused == ["last-manager"]
    assert len(people.accounts.all()) == 1
    assert taro.id in both


def test_the_last_manager_stays(people: People) -> None:
    manager = set_up(people).identity
    hired(people, "taro", "staff")
    invited, _ = people.accounts.invite("jiro", "manager", CONSOLE, NOW)  # cannot log in yet
    for leave in (
        lambda: people.accounts.close(manager.account, CONSOLE, NOW),
        lambda: people.accounts.set_role(manager.account, "privacy_officer", CONSOLE, NOW),
    ):
        with pytest.raises(BadInput, match="the last one who can log in"):
            leave()
    assert people.accounts.named(manager.name).role == "manager"
    link = people.accounts.reset(invited.id, CONSOLE, NOW)
    people.doors.welcome(link.secret, OTHER, NOW, came_from=TILL)
    people.accounts.close(manager.account, CONSOLE, NOW)


def test_who_is_invited_sets_a_password_of_their_own(people: People) -> None:
    account, link = people.accounts.invite("Taro", "installer", CONSOLE, NOW)
    assert not account.ready
    assert people.doors.look_at(link.secret, NOW) == ("invite", "Taro")
    begun = people.doors.welcome(link.secret, OTHER, NOW, came_from=TILL, login="manager")
    assert (begun.identity.name, begun.identity.role) == ("Taro", "installer")
    assert people.accounts.named("Taro").ready


def test_a_reset_locks_nobody_out(people: People) -> None:
    manager = set_up(people).identity
    first = people.accounts.reset(manager.account, CONSOLE, NOW)
    link = people.accounts.reset(manager.account, CONSOLE, NOW)
    assert people.doors.log_in("hanako", PASSWORD, NOW, came_from=TILL)
    with pytest.raises(Refused):  # a newer one took its place
        people.doors.welcome(first.secret, OTHER, NOW, came_from=TILL)
    with pytest.raises(Refused):
        people.doors.welcome(link.secret, OTHER, NOW + LIVES["reset"], came_from=TILL)
    assert people.doors.log_in("hanako", PASSWORD, NOW + DAY, came_from=TILL)
    people.doors.welcome(link.secret, OTHER, NOW, came_from=TILL)
    with pytest.raises(Refused):
        people.doors.log_in("hanako", PASSWORD, NOW, came_from=TILL)


@pytest.mark.parametrize(
    "login", ["", " ", "a b", "a/b", "x" * 65, "a\0", "a\nb", "<b>", "'", "\u202eadmin", "\ud800"]
)
def test_what_is_no_login_is_refused(people: People, login: str) -> None:
    with pytest.raises(BadInput, match="expected 1 to 64 letters"):
        people.accounts.invite(login, "staff", CONSOLE, NOW)
    with pytest.raises(BadInput, match="no such account"):
        people.accounts.named(login)


@pytest.mark.parametrize("login", ["花子", "김-민수", "taro@shop.example", "o.k_1+2", "Ä"])
def test_people_may_be_called_as_they_are(people: People, login: str) -> None:
    people.accounts.invite(login, "staff", CONSOLE, NOW)
    assert people.accounts.named(login.upper()).login == login
    with pytest.raises(BadInput, match="there is an account of this name"):
        people.accounts.invite(login.lower(), "staff", CONSOLE, NOW)


@pytest.mark.parametrize("role", ["", "root", "Manager", "manager\0"])
def test_what_is_no_role_is_refused(people: People, role: str) -> None:
    taro = hired(people, "taro")
    ways = (
        lambda: people.accounts.invite("jiro", role, CONSOLE, NOW),
        lambda: people.accounts.set_role(taro.id, role, CONSOLE, NOW),
    )
    for way in ways:
        with pytest.raises(BadInput, match="expected manager, staff"):
            way()


@pytest.mark.parametrize("account", ["", "x", "'", "\0", "0" * 16])
def test_who_is_not_there_is_nobody(people: People, account: str) -> None:
    for act in (
        lambda: people.accounts.close(account, CONSOLE, NOW),
        lambda: people.accounts.reset(account, CONSOLE, NOW),
        lambda: people.accounts.set_role(account, "staff", CONSOLE, NOW),
    ):
        with pytest.raises(MisebanError, match="no such account"):
            act()
    assert people.audit.entries() == []


@pytest.mark.parametrize(
    "password",
    [
        "", "elevenchars", "password1234", "P@ssw0rd2026!", "aaaaaaaaaaaaaaaaaaaa", "123456789012",
        "qwertyuiop123", "hanakohanako1", "Hanako-tencho-1", "abcabcabcabcabc", "1qaz2wsx3edc",
        "miseban-miseban", "administrator1", "!!!!!!!!!!!!!!", "ababababababab", "x" * 257,
        "ｐａｓｓｗｏｒｄ１２３４", "himitsu himitsu", "lkjhgfdsa98765",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_no_password(password: str) -> None:
    with pytest.raises(BadInput) as told:
        check_new(password, "hanako@shop.example")
    assert told.value.code == "password"
    assert not password or password not in str(told.value)


@pytest.mark.parametrize(
    "password",
    [PASSWORD, OTHER, "kq8vTzR2mWxN", "雨の日は青い傘を七本持って行く", "correct horse battery",
     "gelbe ente im regen", "비 오는 날 파란 우산 일곱", "the password of my 3 cats"],
)  # fmt: skip
def test_a_few_words_will_do(password: str) -> None:
    check_new(password, "hanako")


def test_a_keyboard_writes_one_password_in_several_ways() -> None:
    kept = FAST.hash("ガギグ seven umbrellas")
    assert FAST.check(kept, "ｶﾞｷﾞｸﾞ ｓｅｖｅｎ umbrellas")
    assert FAST.check(kept, "カ\u3099キ\u3099ク\u3099 seven umbrellas")
    assert not FAST.check(kept, "カキク seven umbrellas")


def test_a_password_is_kept_anew_when_the_parameters_grow(people: People, engine: Engine) -> None:
    hired(people, "taro")
    stronger = Passwords(passes=2, memory_kib=16)
    grown = People(engine, passwords=stronger)
    kept = _kept(engine)
    assert stronger.outdated(kept)
    assert grown.doors.log_in("taro", PASSWORD, NOW, came_from=TILL)
    assert not stronger.outdated(_kept(engine))
    assert grown.doors.log_in("taro", PASSWORD, NOW, came_from=TILL)


def test_passwords_are_kept_as_owasp_asks() -> None:
    kept = Passwords().hash(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_what_is_over_goes(people: People, engine: Engine) -> None:
    manager = set_up(people).identity
    taro = hired(people, "taro")
    people.tokens.create(manager.account, "t", ["export"], NOW + DAY, CONSOLE, NOW)
    people.accounts.reset(manager.account, CONSOLE, NOW)
    people.accounts.close(taro.id, CONSOLE, NOW)
    people.tidy(NOW + 20 * DAY)
    assert [token.name for token in people.tokens.all()] == ["t"]
    assert len(people.accounts.all(closed=True)) == 2
    people.tidy(NOW + 400 * DAY)
    assert people.tokens.all() == []
    assert [one.login for one in people.accounts.all(closed=True)] == ["hanako"]
    assert [entry.act for entry in people.audit.entries()] == ["audit.cut", "account.close"]
    people.audit.verify()
    with reading(engine) as connection:
        for table in (SESSIONS, LINKS, KNOWN_DEVICES):
            assert connection.execute(select(table)).all() == []
    assert people.doors.log_in("hanako", PASSWORD, NOW + 400 * DAY, came_from=TILL)


def _kept(engine: Engine) -> str:
    with reading(engine) as connection:
        kept = connection.execute(select(ACCOUNTS.c.password)).scalar()
    assert isinstance(kept, str)
    return kept
