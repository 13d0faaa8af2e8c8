"""What was done cannot be changed without showing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from miseban.hub.database import reading, writing
from miseban.hub.people.audit_log import Head, note
from miseban.hub.people.identity import CONSOLE, Refused
from miseban.hub.people.people import People
from miseban.vocabulary.errors import BadInput
from tests.hub.people.chains import chain_in_memory
from tests.hub.people.staff import DAY, HOUR, NOW, OTHER, OUTSIDE, PASSWORD, TILL, hired, set_up

OPEN_UP = {
    "sqlite": ["DROP TRIGGER audit_log_unchanged", "DROP TRIGGER audit_log_kept"],
    "postgresql": ["ALTER TABLE audit_log DISABLE TRIGGER ALL"],
}


def some(people: People, count: int = 6) -> Head:
    """Entries an hour apart."""
    for at in range(count):
        head = people.audit.note(
            CONSOLE, "rules.set", f"rule {at}", NOW + at * HOUR, {"hold_s": at}
        )
    return head


def tampered(engine: Engine, *statements: str) -> None:
    """By somebody who may do everything in the database."""
    with writing(engine) as connection:
        for statement in (*OPEN_UP[engine.dialect.name], *statements):
            connection.execute(text(statement))


def test_all_that_matters_is_noted_with_who_and_from_where(people: People) -> None:
    manager = set_up(people).identity.actor(TILL)
    taro = hired(people, "taro")
    people.accounts.set_role(taro.id, "marketer", manager, NOW)
    begun = people.doors.log_in("taro", PASSWORD, NOW, came_from=OUTSIDE)
    with pytest.raises(Refused):
        people.doors.log_in("taro", OTHER, NOW, came_from=OUTSIDE)
    with pytest.raises(Refused):
        people.doors.log_in("my password by mistake", OTHER, NOW, came_from=OUTSIDE)
    begun = people.doors.change_password(begun.session, PASSWORD, OTHER, NOW, came_from=OUTSIDE)
    token, _ = people.tokens.create(taro.id, "t", ["export"], NOW + DAY, manager, NOW)
    people.tokens.revoke(token.id, manager, NOW)
    people.sessions.log_out(begun.session, NOW, came_from=OUTSIDE)
    people.accounts.reset(taro.id, manager, NOW)
    people.accounts.close(taro.id, manager, NOW)
    people.audit.note(manager, "export", "visits", NOW)
    told = [(e.act, e.who, e.about, e.came_from) for e in reversed(people.audit.entries())]
    assert told == [
        ("account.add", "first link", "hanako", TILL),
        ("account.set-up.done", "hanako", "hanako", TILL),
        ("account.add", "console", "taro", "console"),
        ("account.role", "hanako", "taro", TILL),
        ("log-in", "taro", "taro", OUTSIDE),
        ("log-in.failed", "taro", "taro", OUTSIDE),
        ("log-in.failed", "unknown account", "unknown account", OUTSIDE),
        ("account.password", "taro", "taro", OUTSIDE),
        ("token.add", "hanako", "taro: t", TILL),
        ("token.revoke", "hanako", "taro: t", TILL),
        ("log-out", "taro", "taro", OUTSIDE),
        ("account.reset", "hanako", "taro", TILL),
        ("account.close", "hanako", "taro", TILL),
        ("export", "hanako", "visits", TILL),
    ]
    assert people.audit.verify().number == len(told)


def test_entries_come_in_pages(people: People) -> None:
    some(people)
    assert [e.number for e in people.audit.entries(limit=2)] == [6, 5]
    assert [e.number for e in people.audit.entries(before=5, limit=2)] == [4, 3]
    assert people.audit.entries(limit=1)[0].detail == {"hold_s": 5}
    assert people.audit.entries(limit=1)[0].at == NOW + 5 * HOUR


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE audit_log SET who = 'x' WHERE number = 3", 3),
        ("UPDATE audit_log SET at = at + 1 WHERE number = 3", 3),
        ("UPDATE audit_log SET about = 'rule 9' WHERE number = 1", 1),
        ("UPDATE audit_log SET detail = '{}' WHERE number = 6", 6),
        ("UPDATE audit_log SET account = 'x' WHERE number = 2", 2),
        ("UPDATE audit_log SET hash = previous WHERE number = 4", 4),
        ("DELETE FROM audit_log WHERE number = 3", 3),
        ("DELETE FROM audit_log WHERE number <= 3", 1),
        ("UPDATE audit_log SET number = 9 WHERE number = 3", 3),
    ],
)
def test_a_change_shows_where_it_was_made(
    people: People, engine: Engine, statement: str, number: int
) -> None:
    some(people)
    tampered(engine, statement)
    with pytest.raises(BadInput, match=rf"audit log, entry {number}: "):
        people.audit.verify()


def test_a_log_made_anew_shows_beside_a_head_that_was_noted(people: People, engine: Engine) -> None:
    noted = some(people)
    tampered(engine, "DELETE FROM audit_log WHERE number > 2")
    assert people.audit.verify().number == 2  # the chain itself is whole
    with pytest.raises(BadInput, match="entry 6: the entry that was noted is not there"):
        people.audit.verify(noted)
    some(people, 4)
    with pytest.raises(BadInput, match="entry 6: the entry that was noted is not there"):
        people.audit.verify(noted)
    assert Head.read(str(noted)) == noted
    for wrong in ("", "6", "6:ff", f"x:{noted.hash}"):
        with pytest.raises(BadInput, match="expected NUMBER:HASH"):
            Head.read(wrong)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET who = 'x'", "DELETE FROM audit_log",
        "DELETE FROM audit_log WHERE number = 6",
    ],
)  # fmt: skip
def test_the_database_itself_refuses(people: People, engine: Engine, statement: str) -> None:
    some(people)
    with pytest.raises(DBAPIError, match="only added to"), writing(engine) as connection:
        connection.execute(text(statement))
    assert people.audit.verify().number == 6


def test_it_is_not_emptied_in_one_go_either(people: People, engine: Engine) -> None:
    some(people)
    empty = {"sqlite": "DELETE FROM audit_log WHERE true", "postgresql": "TRUNCATE audit_log"}
    with pytest.raises(DBAPIError, match="only added to"), writing(engine) as connection:
        connection.execute(text(empty[engine.dialect.name]))


def test_what_is_too_old_is_cut_off_and_the_rest_proves_itself(
    people: People, engine: Engine
) -> None:
    noted = some(people)
    assert people.audit.cut(NOW, NOW + DAY) == 0
    assert people.audit.cut(NOW + 3 * HOUR, NOW + DAY) == 3
    assert [e.number for e in people.audit.entries()] == [7, 6, 5, 4]
    assert people.audit.entries()[0].act == "audit.cut"
    assert people.audit.verify(noted).number == 7
    old = Head(2, noted.hash)
    with pytest.raises(BadInput, match="entry 2: was cut off when its time was over"):
        people.audit.verify(old)
    # Again, and again all but the newest.
    assert people.audit.cut(NOW + 5 * HOUR, NOW + DAY) == 2
    assert people.audit.verify(noted).number == 8
    assert people.audit.cut(NOW + 9 * DAY, NOW + 9 * DAY) == 2
    assert people.audit.verify().number == 9
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_log")).scalar() == 2


def test_a_cut_that_no_entry_tells_of_shows(people: People, engine: Engine) -> None:
    some(people)
    with reading(engine) as connection:
        third = connection.execute(text("SELECT hash FROM audit_log WHERE number = 3")).scalar()
    tampered(
        engine,
        f"INSERT INTO audit_cuts (number, hash) VALUES (3, '{third}')",
        "DELETE FROM audit_log WHERE number <= 3",
    )
    with pytest.raises(BadInput, match="entry 4: what is before was dropped, and no entry tells"):
        people.audit.verify()


def test_what_is_undone_is_not_noted(people: People, engine: Engine) -> None:
    head = some(people)

    def break_off() -> None:
        with writing(engine) as connection:
            note(connection, CONSOLE, "x", "y", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert people.audit.verify() == head


def test_whatever_was_typed_is_kept(people: People) -> None:
    odd = "a\0b\ud800 “金” \n" + "x" * 5000
    people.audit.note(CONSOLE, "rules.set", odd, NOW, {"text": "\0\ud800"})
    assert people.audit.verify().number == 1
    assert people.audit.entries()[0].about.startswith("a?b? “金”")


def test_a_clock_that_jumps_leaves_the_order(people: People) -> None:
    for at in (NOW, NOW - 3 * DAY, NOW + timedelta(days=9000), NOW):
        people.audit.note(CONSOLE, "rules.set", "r", at)
    assert [e.number for e in people.audit.entries()] == [4, 3, 2, 1]
    assert people.audit.verify().number == 4
    assert people.audit.cut(NOW - DAY, NOW) == 0  # the first is young enough


@settings(max_examples=60)
@given(data=st.data())
def test_any_change_of_any_field_shows(data: st.DataObject) -> None:
    """Over a chain in memory, so that many can be tried."""
    engine, log = chain_in_memory()
    number = data.draw(st.integers(1, 5))
    column = data.draw(
        st.sampled_from(["at", "account", "who", "act", "about", "came_from", "detail", "previous"])
    )
    value: object = data.draw(st.integers(0, 10**15) if column == "at" else st.text(max_size=5))
    with engine.begin() as connection:
        was = connection.execute(
            text(f"SELECT {column} FROM audit_log WHERE number = {number}")
        ).scalar()
        connection.execute(
            text(f"UPDATE audit_log SET {column} = :value WHERE number = {number}"),
            {"value": value},
        )
    if value == was:
        assert log.verify().number == 5
        return
    with pytest.raises(BadInput, match="audit log, entry"):
        log.verify()
