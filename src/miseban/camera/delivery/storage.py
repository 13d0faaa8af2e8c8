"""The SQLite file under an outbox: opened, checked, made and moved aside."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from zlib import crc32

from miseban.vocabulary.errors import BadInput, Failed

VERSION = 1
"""Of the file, in its ``user_version``."""

_TABLES = f"""
CREATE TABLE outbox (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    source TEXT NOT NULL,
    stream TEXT NOT NULL,
    next INTEGER NOT NULL,
    lost INTEGER NOT NULL
) STRICT;
CREATE TABLE events (
    number INTEGER PRIMARY KEY, crc INTEGER NOT NULL, line BLOB NOT NULL
) STRICT;
PRAGMA user_version = {VERSION};
"""


class OutboxFull(Failed):
    """The disk takes no more. What was added before is still there."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__("outbox-full", file, f"the disk takes no more: {why}")


def open_outbox(file: Path, source: str) -> sqlite3.Connection:
    """The file, made where there is none; ours alone until it is closed or the process is gone.
    Raises ``BadInput`` (``outbox-in-use``, ``outbox``), and ``sqlite3.DatabaseError`` for a damaged
    one."""
    db = _open(file)
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        db.close()
        raise BadInput("outbox", file, f"was written by a later miseban (version {version})")
    if not version:
        _create(db, file, source)
    return db


def _open(file: Path) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(file, timeout=5.0, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise BadInput("outbox", file, f"cannot be opened: {error}") from None
    try:
        # The lock is exclusive: two processes that number events would use numbers twice.
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        db.execute("PRAGMA journal_mode = WAL").fetchall()
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA journal_size_limit = 4194304").fetchall()
        db.execute("PRAGMA secure_delete = FAST").fetchall()  # what the hub has is not left here
        db.execute("PRAGMA cell_size_check = ON")
        db.execute("BEGIN IMMEDIATE")
        db.execute("COMMIT")
        (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        db.close()
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            what = "another process has it; each camera process has an outbox of its own"
            raise BadInput("outbox-in-use", file, what) from None
        if code not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise BadInput("outbox", file, f"cannot be opened: {error}") from None
        raise
    if found != "ok":
        db.close()
        raise sqlite3.DatabaseError(str(found))
    return db


def _create(db: sqlite3.Connection, file: Path, source: str) -> None:
    """All or nothing of a new outbox; the name of the file is on the disk when it returns."""
    db.executescript(f"BEGIN IMMEDIATE;{_TABLES}")
    db.execute("INSERT INTO outbox VALUES (1, ?, ?, 1, 0)", (source, secrets.token_hex(8)))
    db.execute("COMMIT")
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def salvage(file: Path, source: str, *, most: int = 1000) -> Iterator[list[bytes]]:
    """The events of ``source`` that can still be read in a damaged file, in their order, in lists
    of at most ``most``. SQLite stops at a damaged page, so what follows it is read from the end."""
    with contextlib.closing(sqlite3.connect(file)) as db:
        with contextlib.suppress(sqlite3.DatabaseError):
            if db.execute("SELECT source FROM outbox").fetchone() not in (None, (source,)):
                return
        read = 0
        for number, lines in _readable(db, 0, most):
            yield lines
            read = number
        behind = 2**62
        with contextlib.suppress(sqlite3.DatabaseError):
            command = "SELECT number FROM events WHERE number > ? ORDER BY number DESC"
            for (number,) in db.execute(command, (read,)):
                behind = number - 1
        for _, lines in _readable(db, behind, most):
            yield lines


def _readable(db: sqlite3.Connection, after: int, most: int) -> Iterator[tuple[int, list[bytes]]]:
    """From the number ``after`` on, up to where the file cannot be read: the last number read, and
    the events that are as they were written."""
    command = "SELECT number, crc, line FROM events WHERE number > ? ORDER BY number"
    lines: list[bytes] = []
    with contextlib.suppress(sqlite3.DatabaseError):
        for after, crc, line in db.execute(command, (after,)):  # noqa: B020 - where we are
            if isinstance(line, bytes) and crc32(line) == crc:
                lines.append(line)
            if len(lines) == most:
                yield after, lines
                lines = []
    if lines:
        yield after, lines


def move_aside(file: Path) -> Path:
    """Renames a damaged file and what belongs to it; returns where it is now."""
    names = (file.with_name(f"{file.name}.damaged-{n}") for n in count(1))
    name = next(name for name in names if not name.exists())
    for end in ("-wal", "-shm", "-journal"):
        part = file.with_name(file.name + end)
        if part.exists():
            part.rename(name.with_name(name.name + end))
    file.rename(name)
    return name
