"""Members who ask what is kept of them, or to have it deleted: received, looked into, answered.

A member is somebody who joined by their own act. No event of this version is of class ``member``,
ids of visits are random and end with the visit, and receipts are imported without any customer: so
what is looked for today is whether that is still so, and an answer can only say what was found.
What people call themselves stands here alone, never in the audit log, and goes a year after the
answer.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, cast, get_args

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    RowMapping,
    String,
    Table,
    delete,
    select,
)

from miseban.hub.database import METADATA, Moment, Part, bring_up, reading, writing
from miseban.hub.people.audit_log import note
from miseban.hub.people.identity import Actor
from miseban.journal.reading import Reader
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import EVENT_CLASSES
from miseban.vocabulary.policies import Policy

Wish = Literal["see", "erase"]
"""What is kept, or that it goes."""
Way = Literal["counter", "letter", "telephone", "mail"]
Answer = Literal["nothing-held", "not-shown", "withdrawn"]
"""``nothing-held``: nothing of members is kept; ``not-shown``: who asked could not show that they
are the member; ``withdrawn``: they do not ask any more."""
ANSWERS: Final[tuple[Answer, ...]] = get_args(Answer)

REQUESTS: Final = Table(
    "member_requests",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("wish", String(8), nullable=False),
    Column("reference", String(80), nullable=False),  # what they call themselves
    Column("way", String(16), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("received_by", String(64), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("looked_at", Moment),
    Column("found", Integer),  # events of class member
    Column("answer", String(16)),
    Column("answered_at", Moment),
    Column("answered_by", String(64)),
    Column("receipt", String(96)),  # number and hash of the entry in the audit log
)


def _create(connection: Connection) -> None:
    REQUESTS.create(connection)


PART: Final = Part("member requests", _create)


@dataclass(frozen=True, slots=True)
class Request:
    """``due_at`` is by when it is to be answered; ``found`` how many events of class ``member``
    there were when it was looked; ``receipt`` proves the answer: its entry in the audit log."""

    id: str
    wish: Wish
    reference: str
    way: Way
    received_at: datetime
    received_by: str
    due_at: datetime
    looked_at: datetime | None
    found: int | None
    answer: Answer | None
    answered_at: datetime | None
    answered_by: str | None
    receipt: str | None


class MemberRequests:
    """Of one hub. Every step is an entry of the audit log, in the same transaction."""

    def __init__(self, engine: Engine) -> None:
        bring_up(engine, PART)
        self._engine = engine

    def all(self) -> list[Request]:
        """Open ones first, the most urgent at the top; then the newest answer."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(REQUESTS)).mappings()
            found = [_request(row) for row in rows]
        still = sorted((one for one in found if one.answer is None), key=lambda one: one.due_at)
        over = [one for one in found if one.answer is not None]
        return [*still, *sorted(over, key=lambda one: str(one.answered_at), reverse=True)]

    def receive(
        self, wish: Wish, reference: str, way: Way, policy: Policy, actor: Actor, now: datetime
    ) -> Request:
        """Somebody has asked."""
        due = now + timedelta(days=policy.requests.answer_days)
        row: dict[str, object] = {
            "id": secrets.token_hex(8), "wish": wish, "reference": reference, "way": way,
            "received_at": now, "received_by": actor.name[:64], "due_at": due,
        }  # fmt: skip
        with writing(self._engine) as connection:
            connection.execute(REQUESTS.insert().values(row))
            told = {"wish": wish, "way": way, "due": due.isoformat()}
            note(connection, actor, "member.request", str(row["id"]), now, told)
            return _get(connection, str(row["id"]))

    def look(self, name: str, reader: Reader, actor: Actor, now: datetime) -> Request:
        """Looks what there is of members in the whole journal. Raises ``BadInput``
        (``not-found``, ``answered``)."""
        found = held_of_members(reader)
        with writing(self._engine) as connection:
            _open(connection, name)
            _set(connection, name, looked_at=now, found=found)
            note(connection, actor, "member.look", name, now, {"events": found})
            return _get(connection, name)

    def answer(self, name: str, answer: Answer, actor: Actor, now: datetime) -> Request:
        """They were told. Raises ``BadInput``: ``not-looked`` where that nothing is held is said
        before it was looked, ``held`` where something was found."""
        with writing(self._engine) as connection:
            request = _open(connection, name)
            if answer == "nothing-held":
                if request.found is None:
                    raise BadInput("not-looked", name, "look first what is held of members")
                if request.found:
                    what = f"{request.found} events of members were found: nothing-held is not so"
                    raise BadInput("held", name, what)
            told = {"answer": answer, "found": request.found, "late": now > request.due_at}
            head = note(connection, actor, "member.answer", name, now, told)
            _set(
                connection, name, answer=answer, answered_at=now, answered_by=actor.name[:64],
                receipt=str(head),
            )  # fmt: skip
            return _get(connection, name)

    def forget(self, before: datetime) -> int:
        """Those that were answered before then go; returns how many."""
        with writing(self._engine) as connection:
            done = connection.execute(delete(REQUESTS).where(REQUESTS.c.answered_at < before))
            return done.rowcount


def held_of_members(reader: Reader) -> int:
    """Events of class ``member`` in the journal."""
    types = [name for name, data in EVENT_CLASSES.items() if data == "member"]
    return sum(1 for _ in reader.events(types=types)) if types else 0


def _get(connection: Connection, name: str) -> Request:
    row = connection.execute(select(REQUESTS).where(REQUESTS.c.id == name)).mappings().first()
    if row is None:
        raise BadInput("not-found", name, "there is no such request")
    return _request(row)


def _open(connection: Connection, name: str) -> Request:
    request = _get(connection, name)
    if request.answer is not None:
        raise BadInput("answered", name, "it has been answered")
    return request


def _set(connection: Connection, name: str, **values: object) -> None:
    connection.execute(REQUESTS.update().where(REQUESTS.c.id == name).values(values))


def _request(row: RowMapping) -> Request:
    return Request(**cast(dict[str, object], dict(row)))  # type: ignore[arg-type]
