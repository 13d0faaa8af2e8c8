"""The audit log: who did what, when and from where; only added to, and chained.

Each entry has the hash of the one before it, so that changing, dropping or putting in an entry
shows. Who can write to the database could make the whole chain anew: against that stands the
``Head`` that was noted elsewhere. What is too old is cut off in front, by an entry of its own that
tells how far and the hash there, so that the rest still proves itself.

What staff answer to alerts does not come here: nobody is scored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Connection, Engine, RowMapping, delete, func, select

from miseban.hub.database import micros, reading, writing
from miseban.hub.people.identity import HUB, Actor
from miseban.hub.people.tables import AUDIT, AUDIT_CUTS
from miseban.vocabulary.errors import BadInput

BEGINNING: Final = "0" * 64
_CUT: Final = "audit.cut"
_LONGEST = 200  # characters of a text that came from outside


@dataclass(frozen=True, slots=True)
class Entry:
    """``act`` is such as ``account.role``, ``about`` whom or what it concerned."""

    number: int
    at: datetime
    account: str | None
    who: str
    act: str
    about: str
    came_from: str
    detail: dict[str, object]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry: note it elsewhere, and ``verify`` can tell whether the log was cut or made
    anew since."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def read(cls, text: str) -> Head:
        """Raises ``BadInput`` (``head``)."""
        number, _, found = text.partition(":")
        if not (number.isdecimal() and len(found) == 64):
            raise BadInput("head", text, "expected NUMBER:HASH, as verify prints it")
        return cls(int(number), found)


def note(
    connection: Connection,
    actor: Actor,
    act: str,
    about: str,
    now: datetime,
    detail: Mapping[str, object] | None = None,
) -> Head:
    """Adds an entry, in the transaction (of ``writing``) that does what it tells of."""
    last = _head(connection)
    row: dict[str, object] = {
        "number": last.number + 1,
        "at": now,
        "account": actor.account,
        "who": actor.name[:64],
        "act": act,
        "about": _clean(about)[:_LONGEST],
        "came_from": _clean(actor.came_from)[:64],
        "detail": json.dumps(dict(detail or {}), ensure_ascii=True, sort_keys=True),
        "previous": last.hash,
    }
    row["hash"] = _hash(row)
    connection.execute(AUDIT.insert().values(row))
    return Head(last.number + 1, str(row["hash"]))


class AuditLog:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(
        self,
        actor: Actor,
        act: str,
        about: str,
        now: datetime,
        detail: Mapping[str, object] | None = None,
    ) -> Head:
        """Adds an entry by itself: of a rule, a policy, an export."""
        with writing(self._engine) as connection:
            return note(connection, actor, act, about, now, detail)

    def entries(self, *, before: int | None = None, limit: int = 100) -> list[Entry]:
        """The newest first; ``before`` is a number."""
        query = select(AUDIT).order_by(AUDIT.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(AUDIT.c.number < before)
        with reading(self._engine) as connection:
            return [_entry(row) for row in connection.execute(query).mappings()]

    def verify(self, noted: Head | None = None) -> Head:
        """Walks the whole chain, past the entry that was ``noted`` elsewhere if one is given, and
        returns its head. Raises ``BadInput`` (``audit``): where it is broken first."""
        with reading(self._engine) as connection:
            return _walk(connection, noted)

    def cut(self, before: datetime, now: datetime) -> int:
        """Drops the entries in front that are older than ``before``, but never the newest; returns
        how many."""
        with writing(self._engine) as connection:
            kept = select(func.min(AUDIT.c.number)).where(AUDIT.c.at >= before)
            first = connection.execute(kept).scalar() or _head(connection).number
            row = connection.execute(select(AUDIT).where(AUDIT.c.number == first - 1)).first()
            if row is None:
                return 0
            last = Head(row.number, row.hash)
            connection.execute(AUDIT_CUTS.insert().values(number=last.number, hash=last.hash))
            done = connection.execute(delete(AUDIT).where(AUDIT.c.number <= last.number))
            note(connection, HUB, _CUT, str(last), now)
            return done.rowcount


def _head(connection: Connection) -> Head:
    query = select(AUDIT.c.number, AUDIT.c.hash).order_by(AUDIT.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return Head(row.number, row.hash) if row else Head(0, BEGINNING)


def _walk(connection: Connection, noted: Head | None) -> Head:
    query = select(AUDIT_CUTS).order_by(AUDIT_CUTS.c.number.desc()).limit(1)
    cut = connection.execute(query).first()
    at = start = Head(cut.number, cut.hash) if cut else Head(0, BEGINNING)
    told = cut is None
    if noted is not None and noted.number < start.number:
        what = f"was cut off when its time was over, up to {start.number}; nothing to compare with"
        raise BadInput("audit", f"audit log, entry {noted.number}", what)
    passed = noted is None or noted == start
    for row in _rows(connection):
        if row["number"] != at.number + 1 or row["previous"] != at.hash:
            raise _broken(at.number + 1, "an entry is missing, or was put in")
        if row["hash"] != _hash(row):
            raise _broken(row["number"], "the entry was changed")
        at = Head(row["number"], row["hash"])
        told = told or (row["act"], row["about"]) == (_CUT, str(start))
        passed = passed or at == noted
    if not told:
        raise _broken(start.number + 1, "what is before was dropped, and no entry tells of it")
    if not passed and noted is not None:
        raise _broken(noted.number, "the entry that was noted is not there: cut short or made anew")
    return at


def _rows(connection: Connection) -> Iterator[RowMapping]:
    query = select(AUDIT).order_by(AUDIT.c.number)
    return iter(connection.execution_options(yield_per=1000).execute(query).mappings())


def _clean(text: str) -> str:
    """What both kinds of database can keep."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def _broken(number: int, what: str) -> BadInput:
    return BadInput("audit", f"audit log, entry {number}", what)


def _hash(row: Mapping[str, object] | RowMapping) -> str:
    """SHA-256 over the entry as a JSON list, in the order of the table, without its own hash."""
    fields = [row["number"], micros(cast(datetime, row["at"]))]
    names = ("account", "who", "act", "about", "came_from", "detail", "previous")
    fields += [row[name] for name in names]
    text = json.dumps(fields, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _entry(row: RowMapping) -> Entry:
    names = ("number", "at", "account", "who", "act", "about", "came_from")
    return Entry(**{name: row[name] for name in names}, detail=json.loads(row["detail"]))
