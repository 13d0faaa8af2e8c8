"""Who gets in, and until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from miseban.hub.people.handed_out import csrf_of
from miseban.hub.people.identity import CONSOLE, Refused
from miseban.hub.people.people import People
from miseban.hub.people.rights import ROLE_RIGHTS, Right
from miseban.hub.people.sessions import Lives, LoggedIn
from miseban.vocabulary.errors import BadInput
from tests.hub.people.staff import DAY, HOUR, MINUTE, NOW, OTHER, PASSWORD, TILL, hired, set_up

LIVES = Lives()


def test_who_logs_in_has_the_rights_of_the_role(people: People) -> None:
    hired(people, "Taro", "staff")
    begun = people.doors.log_in("ｔａｒｏ ", PASSWORD, NOW, came_from=TILL)
    found = people.authenticate(NOW, session=begun.session)
    assert found == begun.identity
    assert (found.name, found.role, found.rights) == ("Taro", "staff", ROLE_RIGHTS["staff"])
    assert found.may(Right.ANSWER_ALERTS)
    assert not found.may(Right.SET_PEOPLE)
    assert begun.csrf == csrf_of(begun.session)


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("taro", OTHER), ("taro", ""), ("taro", PASSWORD + " "), ("jiro", PASSWORD),
        ("", PASSWORD), ("a\0b", PASSWORD), ("taro' OR 1=1 --", PASSWORD), ("x" * 9999, PASSWORD),
        ("taro", "\ud800" * 20), ("taro", "x" * 100_000),
    ],
    ids=lambda text: text[:12].encode("ascii", "replace").decode(),
)  # fmt: skip
def test_nobody_else_gets_in_and_all_are_told_the_same(
    people: People, login: str, password: str
) -> None:
    hired(people, "taro")
    with pytest.raises(Refused) as told:
        people.doors.log_in(login, password, NOW, came_from=TILL)
    assert (told.value.code, str(told.value)) == ("log-in", "log-in: name or password is wrong")


def test_nothing_that_is_no_session_opens_anything(people: People) -> None:
    begun = set_up(people)
    for wrong in ("", "x", begun.session[:-1], begun.session + "x", begun.csrf, begun.device):
        assert people.authenticate(NOW, session=wrong) is None
    assert people.authenticate(NOW) is None
    assert people.authenticate(NOW, bearer=begun.session) is None
    # A wrong token is not made good by a cookie that is right.
    assert people.authenticate(NOW, session=begun.session, bearer="msb_x") is None


def test_a_session_ends_when_it_was_idle(people: People) -> None:
    session = set_up(people).session
    at = NOW
    for _ in range(3):
        at += LIVES.idle - 2 * MINUTE
        assert people.authenticate(at, session=session)
    assert people.authenticate(at + LIVES.idle - MINUTE, session=session, touch=False)
    assert people.authenticate(at + LIVES.idle, session=session) is None


def test_what_a_page_asks_by_itself_keeps_no_session_alive(people: People) -> None:
    session = set_up(people).session
    assert people.authenticate(NOW + LIVES.idle - MINUTE, session=session, touch=False)
    assert people.authenticate(NOW + LIVES.idle, session=session, touch=False) is None


def test_a_session_ends_when_it_is_old_however_busy(people: People) -> None:
    session, at = set_up(people).session, NOW
    while at < NOW + LIVES.whole - HOUR:
        at += 11 * HOUR
        if at < NOW + LIVES.whole:
            assert people.authenticate(at, session=session)
    assert people.authenticate(NOW + LIVES.whole, session=session) is None
    assert people.sessions.end_old(NOW + LIVES.whole) == 1
    assert people.sessions.end_old(NOW + LIVES.whole) == 0


def test_a_clock_that_jumps_back_logs_nobody_out(people: People) -> None:
    session = set_up(people).session
    assert people.authenticate(NOW + 2 * HOUR, session=session)
    assert people.authenticate(NOW - DAY, session=session)
    assert people.authenticate(NOW - DAY + LIVES.idle - MINUTE, session=session)


def test_every_log_in_is_a_session_of_its_own(people: People) -> None:
    first = set_up(people)
    second = people.doors.log_in("hanako", PASSWORD, NOW, came_from=TILL, device=first.device)
    assert second.session != first.session
    assert second.device == first.device
    people.sessions.log_out(first.session, NOW, came_from=TILL)
    assert people.authenticate(NOW, session=first.session) is None
    assert people.authenticate(NOW, session=second.session)


def test_a_new_password_ends_all_sessions_and_begins_one(people: People) -> None:
    first = set_up(people)
    second = people.doors.log_in("hanako", PASSWORD, NOW, came_from=TILL)
    with pytest.raises(Refused):
        people.doors.change_password(first.session, OTHER, OTHER, NOW, came_from=TILL)
    with pytest.raises(BadInput):
        people.doors.change_password(first.session, PASSWORD, "short", NOW, came_from=TILL)
    third = people.doors.change_password(first.session, PASSWORD, OTHER, NOW, came_from=TILL)
    assert people.authenticate(NOW, session=third.session)
    for over in (first, second):
        assert people.authenticate(NOW, session=over.session) is None
    with pytest.raises(Refused):
        people.doors.log_in("hanako", PASSWORD, NOW, came_from=TILL)
    assert people.doors.log_in("hanako", OTHER, NOW, came_from=TILL)


def test_a_role_that_changes_holds_at_once(people: People) -> None:
    set_up(people)
    taro = hired(people, "taro", "manager")
    before = people.doors.log_in("taro", PASSWORD, NOW, came_from=TILL)
    people.accounts.set_role(taro.id, "staff", CONSOLE, NOW)
    assert people.authenticate(NOW, session=before.session) is None
    after = people.doors.log_in("taro", PASSWORD, NOW, came_from=TILL)
    assert after.identity.rights == ROLE_RIGHTS["staff"]


def test_who_has_left_has_nothing(people: People) -> None:
    manager = set_up(people).identity.actor(TILL)
    taro = hired(people, "taro", "marketer")
    begun = people.doors.log_in("taro", PASSWORD, NOW, came_from=TILL)
    _, secret = people.tokens.create(taro.id, "notebook", ["export"], NOW + DAY, manager, NOW)
    link = people.accounts.reset(taro.id, manager, NOW)
    people.accounts.close(taro.id, manager, NOW)
    assert people.authenticate(NOW, session=begun.session) is None
    assert people.authenticate(NOW, bearer=secret) is None
    doors = people.doors
    ways: list[Callable[[], LoggedIn]] = [
        lambda: doors.log_in("taro", PASSWORD, NOW, came_from=TILL, device=begun.device),
        lambda: doors.welcome(link.secret, OTHER, NOW, came_from=TILL),
        lambda: doors.change_password(begun.session, PASSWORD, OTHER, NOW, came_from=TILL),
    ]
    for way in ways:
        with pytest.raises(Refused):
            way()
    # The name is free again, and is somebody else.
    again = hired(people, "taro")
    assert again.id != taro.id
    assert people.authenticate(NOW, session=begun.session) is None
    assert [one.login for one in people.accounts.all()] == ["hanako", "taro"]
    assert len(people.accounts.all(closed=True)) == 3
    assert people.accounts.forget(NOW + timedelta(seconds=1)) == 1
