"""A program never has more than its owner, and never for longer than was said."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, inspect, select

from miseban.hub.database import METADATA, reading
from miseban.hub.people.handed_out import is_token, new_secret, new_token
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.people import People
from miseban.hub.people.rights import ROLE_RIGHTS, TOKEN_RIGHTS, Right, Role
from miseban.vocabulary.errors import BadInput
from tests.hub.people.staff import DAY, NOW, OTHER, TILL, hired, set_up


def made(people: People, account: str, *scopes: str) -> str:
    return people.tokens.create(account, "till", scopes, NOW + DAY, CONSOLE, NOW)[1]


def test_a_token_has_its_scopes_and_nothing_else(people: People) -> None:
    owner = set_up(people).identity
    found = people.authenticate(NOW, bearer=made(people, owner.account, "import.receipts"))
    assert found is not None
    assert found.account == owner.account
    assert found.rights == {Right.IMPORT_RECEIPTS}


def test_a_token_shrinks_with_the_role_of_its_owner(people: People) -> None:
    set_up(people)
    taro = hired(people, "taro", "manager")
    secret = made(people, taro.id, "see.count", "see.staff", "set.rules")
    shrunk: list[Role] = ["marketer", "privacy_officer", "staff"]
    for role in shrunk:
        people.accounts.set_role(taro.id, role, CONSOLE, NOW)
        found = people.authenticate(NOW, bearer=secret)
        assert found is not None
        assert found.rights == {Right.SEE_COUNT}
    people.accounts.set_role(taro.id, "manager", CONSOLE, NOW)
    found = people.authenticate(NOW, bearer=secret)
    assert found is not None
    assert found.rights == {Right.SEE_COUNT, Right.SEE_STAFF, Right.SET_RULES}


def test_no_token_makes_accounts_or_tokens(people: People) -> None:
    owner = set_up(people).identity
    with pytest.raises(BadInput, match=r"scopes: expected some of .*; found set\.people"):
        made(people, owner.account, "see.count", "set.people")
    every = made(people, owner.account, *(ROLE_RIGHTS["manager"] & TOKEN_RIGHTS))
    found = people.authenticate(NOW, bearer=every)
    assert found is not None
    assert not found.may(Right.SET_PEOPLE)


@pytest.mark.parametrize(
    ("scopes", "life", "name", "told"),
    [
        ([], DAY, "till", "found none"),
        (["see.everything"], DAY, "till", "found see.everything"),
        (["set.privacy"], DAY, "till", r"hanako \(manager\) has no right to set.privacy"),
        (["see.count"], timedelta(0), "till", "expected a time within 366 days"),
        (["see.count"], -DAY, "till", "expected a time within 366 days"),
        (["see.count"], 367 * DAY, "till", "expected a time within 366 days"),
        (["see.count"], DAY, " ", "expected 1 to 64 characters"),
        (["see.count"], DAY, "x" * 65, "expected 1 to 64 characters"),
        (["see.count"], DAY, "a\0b", "expected 1 to 64 characters"),
    ],
)
def test_what_is_no_token_is_not_made(
    people: People, scopes: list[str], life: timedelta, name: str, told: str
) -> None:
    owner = set_up(people).identity
    with pytest.raises(BadInput, match=told):
        people.tokens.create(owner.account, name, scopes, NOW + life, CONSOLE, NOW)
    assert people.tokens.all() == []


def test_a_token_ends_on_its_day_or_when_it_is_revoked(people: People) -> None:
    owner = set_up(people).identity
    other = hired(people, "taro")
    secret = made(people, owner.account, "see.count")
    assert people.authenticate(NOW + DAY - timedelta(seconds=1), bearer=secret)
    assert people.authenticate(NOW + DAY, bearer=secret) is None
    (token,) = people.tokens.all(owner.account)
    assert token.used_at == NOW + DAY - timedelta(seconds=1)
    with pytest.raises(BadInput, match="no such token"):
        people.tokens.revoke(token.id, CONSOLE, NOW, account=other.id)
    people.tokens.revoke(token.id, CONSOLE, NOW, account=owner.account)
    assert people.authenticate(NOW, bearer=secret) is None
    for again in (token.id, "", "'", "\0"):
        with pytest.raises(BadInput, match="no such token"):
            people.tokens.revoke(again, CONSOLE, NOW)


def test_after_a_reset_nothing_is_left_of_before(people: People) -> None:
    begun = set_up(people)
    secret = made(people, begun.identity.account, "see.count")
    link = people.accounts.reset(begun.identity.account, CONSOLE, NOW)
    assert people.authenticate(NOW, bearer=secret)  # until the link is used
    people.doors.welcome(link.secret, OTHER, NOW, came_from=TILL)
    assert people.authenticate(NOW, bearer=secret) is None
    assert people.authenticate(NOW, session=begun.session) is None


def test_an_account_has_not_too_many(people: People) -> None:
    owner = set_up(people).identity
    for _ in range(50):
        made(people, owner.account, "see.count")
    with pytest.raises(BadInput, match="revoke some first"):
        made(people, owner.account, "see.count")


def test_a_leaked_token_is_found_by_its_form() -> None:
    token = new_token()
    assert re.fullmatch(r"msb_[A-Za-z0-9_-]{43}[0-9a-f]{8}", token)
    assert is_token(token)
    last = "0" if token[-1] != "0" else "1"
    for other in (token[:-1] + last, token[4:], token + "x", "msb_" + new_secret(), "msb_", ""):
        assert not is_token(other)


def test_no_secret_is_kept_or_printed(people: People, engine: Engine) -> None:
    """Whatever was handed out: none of it stands in the database, nor in what is logged of it."""
    begun = set_up(people)
    secret = made(people, begun.identity.account, "see.count")
    link = people.accounts.reset(begun.identity.account, CONSOLE, NOW)
    secrets = [begun.session, begun.device, begun.csrf, secret, secret[4:], link.secret]
    with reading(engine) as connection:
        rows = "".join(
            str(connection.execute(select(METADATA.tables[name])).all())
            for name in inspect(engine).get_table_names()
        )
    assert begun.identity.account in rows
    for one in secrets:
        assert one not in rows
        assert one not in f"{begun} {link} {people.tokens.all()} {people.audit.entries()}"
