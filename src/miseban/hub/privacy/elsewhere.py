"""What is held outside the journal: a camera's outbox, the database, back-ups."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, Engine, Table, func, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from miseban.hub.database import reading
from miseban.hub.mqtt_access import DEVICES
from miseban.hub.notify.hook_tables import HOOKS, QUEUE
from miseban.hub.notify.subscriptions import SUBSCRIPTIONS
from miseban.hub.people.tables import ACCOUNTS, AUDIT, SESSIONS, TOKENS
from miseban.hub.privacy.busy_outbox import opened
from miseban.hub.privacy.held import Held, Kind, held_in_journal
from miseban.hub.privacy.requests import REQUESTS
from miseban.journal.backup import LIST
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import DataClass

_ASIDE = (".part",)


def outboxes(folder: Path) -> Iterator[Held]:
    """Events that wait in files of camera processes anywhere below ``folder``. Raises ``BadInput``
    (``outbox``) for a file that cannot be read: nobody knows what is in it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and _is_sqlite(path):
            found = _outbox(path)
            if found is not None:
                yield found


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def _outbox(path: Path) -> Held | None:
    """Its oldest event is its first. A file with other tables is none."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=0.1)) as database:
                found = _in_outbox(database)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
                raise
            with opened(path) as database:  # a camera process has it
                found = _in_outbox(database)
    except (sqlite3.Error, OSError) as error:
        raise BadInput("outbox", path, f"cannot be read: {error}") from None
    if found is None:
        return None
    n, first = found
    oldest = None
    if first is not None:
        try:
            oldest = datetime.fromisoformat(str(json.loads(first[0])["time"]))
        except (ValueError, TypeError, KeyError):
            raise BadInput("outbox", path, "damaged: its first line is no event") from None
    return Held(kind="outbox", data=None, place=str(path), records=n, oldest=oldest)


def _in_outbox(database: sqlite3.Connection) -> tuple[int, tuple[str] | None] | None:
    """How many events, and the line of the first; none for another database."""
    names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    if not {"outbox", "events"} <= names:
        return None
    ((n,),) = database.execute("SELECT count(*) FROM events")
    return n, database.execute("SELECT line FROM events ORDER BY number LIMIT 1").fetchone()


_CLASSES: Final[dict[Kind, DataClass | None]] = {"webhook queue": None, "member requests": "member"}


def held_in_database(engine: Engine) -> Iterator[Held]:
    """Of those who work here, and what waits to be sent. Raises ``BadInput`` (``database``)."""
    place = engine.url.render_as_string(hide_password=True)
    kinds: list[tuple[Kind, Table, ColumnElement[datetime]]] = [
        ("accounts", ACCOUNTS, ACCOUNTS.c.made_at),
        ("accounts", SESSIONS, SESSIONS.c.made_at),
        ("accounts", TOKENS, TOKENS.c.made_at),
        ("audit log", AUDIT, AUDIT.c.at),
        ("member requests", REQUESTS, func.coalesce(REQUESTS.c.answered_at, REQUESTS.c.due_at)),
        ("push subscriptions", SUBSCRIPTIONS, SUBSCRIPTIONS.c.made_at),
        ("webhook queue", QUEUE, QUEUE.c.event_time),
    ]
    try:
        there = set(inspect(engine).get_table_names())
        for kind, table, time in kinds:
            if table.name not in there:
                continue
            with reading(engine) as connection:
                row = connection.execute(
                    select(func.count(), func.min(time)).select_from(table)
                ).one()
            if row[0]:
                yield Held(
                    kind=kind, data=_CLASSES.get(kind, "staff"),
                    place=f"{place} ({table.name})", records=row[0], oldest=row[1],
                )  # fmt: skip
    except SQLAlchemyError as error:
        what = f"cannot be read: {type(error).__name__}"
        raise BadInput("database", place, what) from None


def webhooks(engine: Engine) -> list[tuple[str, str]]:
    """Address and types of each webhook."""
    if HOOKS.name not in inspect(engine).get_table_names():
        return []
    with reading(engine) as connection:
        found = connection.execute(select(HOOKS.c.url, HOOKS.c.types).order_by(HOOKS.c.url))
        return [(url, types) for url, types in found]


def push_services(engine: Engine) -> list[str]:
    """Addresses of browsers in which somebody asked to be told. They are secrets."""
    if SUBSCRIPTIONS.name not in inspect(engine).get_table_names():
        return []
    with reading(engine) as connection:
        return sorted(connection.execute(select(SUBSCRIPTIONS.c.endpoint)).scalars())


def readers(engine: Engine) -> list[str]:
    """Programs that read what the hub tells to others on the broker."""
    if DEVICES.name not in inspect(engine).get_table_names():
        return []
    wanted = select(DEVICES.c.name).where(DEVICES.c.kind == "reader").order_by(DEVICES.c.name)
    with reading(engine) as connection:
        return list(connection.execute(wanted).scalars())


def held_in_backups(folders: list[Path]) -> Iterator[Held]:
    """Of every back-up in or below ``folders``. Raises ``BadInput`` where there is no such
    folder."""
    for folder in folders:
        if not folder.is_dir():
            raise BadInput("backups", folder, "expected a folder, found none")
        for listed in sorted(folder.rglob(LIST)):
            if not any(part.endswith(_ASIDE) for part in listed.parts):
                yield from held_in_journal(listed.parent, str(listed.parent))
