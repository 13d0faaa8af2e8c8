"""The outbox: what a camera told and the hub has not yet kept, on the camera's own disk.

A SQLite file in write-ahead mode. ``add`` returns when the events are on the disk (``synchronous =
FULL``: the log is synced with every commit; https://sqlite.org/pragma.html#pragma_synchronous), so
neither ``kill -9`` nor a power cut takes them. To forget what the hub has kept is not synced: done
twice it does no harm.

Events are numbered from 1 without gaps for each ``stream``, a random name. A new stream begins
with a new file, where a damaged one was moved aside (what can be read in it goes on under the new
name), and where the hub knows later numbers than ours (an old copy of the file was put back):
numbers are never used for two events. The hub knows by its id an event that comes in two streams.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from zlib import crc32

import structlog

from miseban.camera.delivery.storage import OutboxFull, move_aside, open_outbox, salvage
from miseban.vocabulary.delivery import LARGEST_BATCH, LARGEST_EVENT, Batch, BatchHead
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.events import Event

LIMIT_BYTES = 512 * 1024 * 1024
"""Of the file: weeks of one camera's events."""
BATCH_BYTES = 1_000_000
"""A batch is cut where it would grow larger, but for a single event."""

log = structlog.get_logger(__name__)


class Outbox:
    """The events of ``source`` (a camera process) that wait for the hub; may be used from several
    threads. One process has the file at a time: raises ``BadInput`` (``outbox-in-use``), and
    (``outbox``) where it cannot be opened at all.

    Beyond ``limit_bytes`` the oldest events go: ``lost`` counts all that ever went, the log says
    when it begins and ends, and the hub is told by the batches' ``oldest``. ``moved_aside`` is
    where a damaged file lies now, if this outbox had to begin anew.
    """

    def __init__(self, file: Path, source: str, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self.file, self.source = file, source
        self.moved_aside: Path | None = None
        self._limit = limit_bytes
        self._lock = threading.RLock()
        self._over = False
        self._stream = ""
        self._next = self._oldest = 1
        self._lost = 0
        file.parent.mkdir(parents=True, exist_ok=True)
        self._open()

    @property
    def stream(self) -> str:
        return self._stream

    @property
    def next(self) -> int:
        """The number that the next event gets."""
        return self._next

    @property
    def oldest(self) -> int:
        """The number of the oldest event that is still here; ``next`` when there is none."""
        return self._oldest

    @property
    def waiting(self) -> int:
        """Events that the hub has not acknowledged."""
        return self._next - self._oldest

    @property
    def lost(self) -> int:
        """Events of this stream that went because the file reached its limit."""
        return self._lost

    def add(self, events: Sequence[Event]) -> int:
        """Takes the events, in their order; they are on the disk when it returns. Returns the
        number of the last event of the outbox.

        Raises ``OutboxFull`` when the disk takes no more: none of these events was taken, and all
        that were taken before are still there. Raises ``ValueError`` for an event of more than
        ``LARGEST_EVENT`` bytes, which no hub would take.
        """
        lines = [event.model_dump_json().encode() for event in events]
        if any(len(line) > LARGEST_EVENT for line in lines):
            raise ValueError(f"an event of more than {LARGEST_EVENT} bytes")
        with self._lock:
            if lines:
                self._write(lines)
            return self._next - 1

    def batch(self, after: int, most: int = LARGEST_BATCH) -> Batch:
        """Up to ``most`` events that follow the number ``after``, or follow what the outbox has
        forgotten; with none of them (also for ``most`` 0) it only asks how far the hub is."""
        with self._lock:
            first = min(max(after + 1, self._oldest), self._next)
            lines: list[bytes] = []
            size = 0
            rows = self._rows(first, min(most, LARGEST_BATCH))
            for expected, (number, crc, line) in enumerate(rows, first):
                if number != expected or crc != crc32(line):  # SQLite itself would not notice
                    self._begin_anew(f"event {expected} is missing or damaged")
                    return self.batch(0, most)
                size += len(line)
                if lines and size > BATCH_BYTES:
                    break
                lines.append(line)
            head = BatchHead(
                source=self.source,
                stream=self._stream,
                first=first,
                events=len(lines),
                oldest=self._oldest,
            )
            return Batch(head, tuple(lines))

    def forget(self, upto: int) -> None:
        """The hub has kept the events up to the number ``upto``. A full disk that does not even
        take this is no fault: they are forgotten the next time."""
        with self._lock:
            upto = min(upto, self._next - 1)
            if upto < self._oldest:
                return
            try:
                self._db.execute("PRAGMA synchronous = NORMAL")
                try:
                    self._db.execute("DELETE FROM events WHERE number <= ?", (upto,))
                    self._db.execute("PRAGMA incremental_vacuum(200)").fetchall()
                finally:
                    self._db.execute("PRAGMA synchronous = FULL")
            except sqlite3.DatabaseError as error:
                self._broken(error, unharmed=True)
                return
            self._oldest = upto + 1

    def renew_stream(self) -> None:
        """The hub knows later numbers of this stream than were ever given here: what waits is
        numbered anew, under a new name. The hub knows what it has kept by the events' ids."""
        with self._lock:
            stream = secrets.token_hex(8)
            log.warning("outbox.renumbered", source=self.source, events=self.waiting)
            try:
                with self._transaction():
                    self._db.execute("UPDATE events SET number = number - ?", (self._oldest - 1,))
                    self._db.execute(
                        "UPDATE outbox SET stream = ?, next = ?, lost = 0",
                        (stream, self.waiting + 1),
                    )
            except sqlite3.DatabaseError as error:
                self._broken(error)
            self._load()

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _open(self) -> None:
        """Opens the file, or a new one where it is damaged."""
        try:
            self._db = open_outbox(self.file, self.source)
        except sqlite3.DatabaseError as error:
            self._aside(str(error))
            return
        try:
            self._load()
        except sqlite3.DatabaseError as error:
            self._begin_anew(str(error))

    def _begin_anew(self, why: str) -> None:
        self._db.close()
        self._aside(why)

    def _aside(self, why: str) -> None:
        aside = self.moved_aside = move_aside(self.file)
        self._db = open_outbox(self.file, self.source)
        self._load()
        saved = 0
        for lines in salvage(aside, self.source):
            self._write(lines)
            saved += len(lines)
        log.error(
            "outbox.damaged", source=self.source, why=why, moved_to=str(aside), events_saved=saved
        )

    def _load(self) -> None:
        row = self._db.execute("SELECT source, stream, next, lost FROM outbox").fetchone()
        span = self._db.execute("SELECT min(number), max(number) FROM events").fetchone()
        source, self._stream, self._next, self._lost = row or ("", "", 0, 0)
        oldest, last = span
        self._oldest = self._next if oldest is None else oldest
        if source != self.source or (last is not None and last != self._next - 1):
            raise sqlite3.DatabaseError(f"not the outbox of {self.source}, or not whole")

    def _rows(self, first: int, most: int) -> list[tuple[int, int, bytes]]:
        command = "SELECT number, crc, line FROM events WHERE number >= ? ORDER BY number LIMIT ?"
        try:
            return self._db.execute(command, (first, most)).fetchall()
        except sqlite3.DatabaseError as error:
            self._broken(error)
            return []

    def _write(self, lines: Sequence[bytes]) -> None:
        dropped = 0
        try:
            with self._transaction():
                dropped = self._make_room()
                self._db.executemany(
                    "INSERT INTO events VALUES (?, ?, ?)",
                    ((number, crc32(line), line) for number, line in enumerate(lines, self._next)),
                )
                self._db.execute(
                    "UPDATE outbox SET next = ?, lost = ?",
                    (self._next + len(lines), self._lost + dropped),
                )
        except sqlite3.DatabaseError as error:
            self._broken(error)  # where it was damaged, a new file takes them
            self._write(lines)
            return
        self._next += len(lines)
        self._oldest += dropped
        self._lost += dropped
        if bool(dropped) != self._over and (dropped or not self._near_limit()):
            self._over = bool(dropped)
            told = log.error if dropped else log.info
            told("outbox.over_limit" if dropped else "outbox.within_limit",
                 source=self.source, lost=self._lost)  # fmt: skip

    def _make_room(self) -> int:
        """Drops the oldest tenth where the file has reached its limit; how many went."""
        if not self.waiting or self._bytes() < self._limit:
            return 0
        dropped = max(1, self.waiting // 10)
        self._db.execute("DELETE FROM events WHERE number < ?", (self._oldest + dropped,))
        return dropped

    def _near_limit(self) -> bool:
        return self._bytes() > self._limit // 2

    def _bytes(self) -> int:
        """What the events take of the file."""
        pages, free, size = (
            self._db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _broken(self, error: sqlite3.DatabaseError, *, unharmed: bool = False) -> None:
        """Begins anew where ``error`` says that the file is damaged; raises what else it says."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            self._begin_anew(str(error))
        elif code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY):
            if not unharmed:
                raise OutboxFull(self.file, str(error)) from None
        else:
            raise Failed("outbox", self.file, f"cannot be used: {error}") from error
