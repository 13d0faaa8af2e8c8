"""The hub's database: accounts, tokens, devices and settings, but never events.

SQLite in a file (``sqlite:///FILE``) or PostgreSQL (``postgresql+pg8000://USER@HOST/NAME``). All
tables hang on ``METADATA``; each part of the hub brings its own up to date with ``bring_up``.

Writers come one after another, on both kinds alike (``writing``): what one transaction has looked
at is still so when it writes. Times are kept as microseconds since 1970 in UTC.
"""

from __future__ import annotations

import os
import ssl
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    create_engine,
    event,
    select,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, SQLAlchemyError

from miseban.vocabulary.errors import BadInput

METADATA = MetaData()
_VERSIONS = Table(
    "schema_versions",
    METADATA,
    Column("part", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
)
_WRITERS = 0x6D697365  # the lock of all writers of a PostgreSQL database: "mise"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BUSY_MS = 10_000
_CONNECT_S = 10
_HERE = {"", "localhost", "127.0.0.1", "::1"}

Step = Callable[[Connection], None]
"""Makes the tables of a part, or brings them from one version to the next."""


class Moment(TypeDecorator[datetime]):
    """An aware ``datetime``, kept as whole microseconds since 1970: the same on both kinds of
    database, exact, and in order."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else _EPOCH + timedelta(microseconds=value)


def micros(moment: datetime) -> int:
    """Microseconds since 1970; ``moment`` is aware."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def open_database(url: str) -> Engine:
    """Opens the database at ``url`` and looks whether it answers. A SQLite file that is not there
    is made, for its owner alone (mode 600); so is one that others could read. Raises ``BadInput``
    (``database``): one line, without the password."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: its port is no number
        # What was given is not shown: it may hold a password.
        raise BadInput("database", "database", f"expected {_EXPECTED}") from None
    where = _shown(parsed)
    if parsed.drivername == "sqlite":
        engine = _open_sqlite(parsed, where)
    elif parsed.drivername in ("postgresql", "postgresql+pg8000"):
        engine = _open_postgres(parsed.set(drivername="postgresql+pg8000"), where)
    else:
        raise BadInput("database", where, f"expected {_EXPECTED}")
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError) as error:
        engine.dispose()
        raise BadInput("database", where, f"cannot be opened: {_reason(error)}") from None
    return engine


_EXPECTED = "sqlite:///FILE or postgresql+pg8000://USER@HOST/NAME"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads."""
    with engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes, alone among writers; undone when its body raises. Not within
    another one of the same thread."""
    with engine.connect() as connection:
        connection = connection.execution_options(writes=True)
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITERS})"))
            yield connection


@dataclass(frozen=True)
class Part:
    """A part of the hub that keeps tables: ``create`` makes them as they are now, ``upgrades``
    bring those of version 1 to version 2, and so on."""

    name: str
    create: Step
    upgrades: Sequence[Step] = ()

    @property
    def version(self) -> int:
        return 1 + len(self.upgrades)


def bring_up(engine: Engine, part: Part) -> None:
    """Makes the tables of ``part``, or brings them to its version, all steps or none; nothing
    happens where they are so. Two processes at once do it once. Raises ``BadInput``
    (``database``) where a newer program has been here."""
    with writing(engine) as connection:
        _VERSIONS.create(connection, checkfirst=True)
        mine = _VERSIONS.c.part == part.name
        found = connection.execute(select(_VERSIONS.c.version).where(mine)).scalar()
        if found is None:
            part.create(connection)
            row = {"part": part.name, "version": part.version}
            connection.execute(_VERSIONS.insert().values(row))
            return
        if found > part.version:
            what = f"{part.name} are of version {found}, from a newer miseban; expected"
            raise BadInput("database", shown(engine), f"{what} {part.version} at most")
        if found < part.version:
            for step in part.upgrades[found - 1 :]:
                step(connection)
            connection.execute(_VERSIONS.update().where(mine).values(version=part.version))


def shown(engine: Engine) -> str:
    """Its address, without the password."""
    return _shown(engine.url)


def _shown(url: URL) -> str:
    return url.set(password=None, query={}).render_as_string()


def _open_sqlite(url: URL, where: str) -> Engine:
    if not url.database or url.database == ":memory:" or url.query:
        raise BadInput("database", where, "expected sqlite:///FILE, found no file")
    path = Path(url.database)
    try:
        # Its -wal and -shm files get the mode of the database from SQLite.
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            found = os.fstat(handle)
            if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) != 0o600:
                os.fchmod(handle, 0o600)
        finally:
            os.close(handle)
    except OSError as error:
        what = f"cannot be opened: {error.strerror or error}"
        raise BadInput("database", where, what) from None
    engine = create_engine(url, connect_args={"timeout": _BUSY_MS / 1000})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # Python's own handling of transactions leaves DDL outside of them; we say BEGIN ourselves.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _open_postgres(url: URL, where: str) -> Engine:
    """``?sslmode=`` is ``verify-full`` (the default for another machine, with the system's
    authorities or ``sslrootcert=FILE``) or ``disable`` (the default on this one)."""
    query = dict(url.query)
    here = (url.host or "") in _HERE
    mode = query.pop("sslmode", "disable" if here else "verify-full")
    root = query.pop("sslrootcert", None)
    if query or not url.database or not url.username:
        raise BadInput("database", where, "expected a user, a name, and no setting but sslmode")
    arguments: dict[str, Any] = {"timeout": _CONNECT_S, "ssl_context": False}
    if mode == "verify-full":
        try:
            arguments["ssl_context"] = ssl.create_default_context(
                cafile=root if isinstance(root, str) else None
            )
        except OSError as error:
            what = f"sslrootcert cannot be used: {error.strerror or error}"
            raise BadInput("database", where, what) from None
    elif mode != "disable":
        raise BadInput("database", where, "expected sslmode to be verify-full or disable")
    engine = create_engine(url.set(query={}), connect_args=arguments)
    event.listen(engine, "checkout", _need_life)
    return engine


def _need_life(connection: Any, _record: object, _proxy: object) -> None:
    """A server that was restarted is noticed before a statement is lost on it. (The pool's own ping
    knows errors of the driver only, and a connection that was reset is one of the system.)"""
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        cursor.close()
        connection.rollback()
    except Exception as error:
        raise DisconnectionError(str(error)) from error


def _reason(error: Exception) -> str:
    """What the driver says, without the statement, its values or the address it was given."""
    found = getattr(error, "orig", None) or error
    told = found.args[0] if found.args else found.__class__.__name__
    if isinstance(told, dict):  # PostgreSQL's own message, by its letters
        told = told.get("M", "refused")
    return str(told).splitlines()[0]
