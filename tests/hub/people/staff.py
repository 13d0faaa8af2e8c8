"""Who works in the shop of these tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from miseban.hub.people.accounts import Account
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.passwords import Passwords
from miseban.hub.people.people import People
from miseban.hub.people.rights import Role
from miseban.hub.people.sessions import LoggedIn

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PASSWORD = "seven blue umbrellas"
OTHER = "eight green bicycles"
TILL, OUTSIDE = "192.168.1.20", "203.0.113.5"
FAST = Passwords(passes=1, memory_kib=8)


def set_up(people: People, login: str = "hanako") -> LoggedIn:
    """The first manager, who has just set the shop up."""
    link = people.doors.first_link(NOW)
    assert link is not None
    return people.doors.welcome(link.secret, PASSWORD, NOW, came_from=TILL, login=login)


def hired(people: People, login: str, role: Role = "staff") -> Account:
    """Somebody who can log in with ``PASSWORD``."""
    return people.accounts.add(login, role, PASSWORD, CONSOLE, NOW)
