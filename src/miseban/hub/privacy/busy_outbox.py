"""Reads an outbox that a camera process has open: SQLite lets nobody else in, and the audit must
know what waits there all the same. Nothing is written, not even a copy.

The main file with the committed frames of the write-ahead log laid over it, as in the format's
description (https://sqlite.org/fileformat2.html#the_write_ahead_log).
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

TRIES: Final = 20
_HEADER, _FRAME = 32, 24


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The database at ``path`` as it was a moment ago, in memory. Raises ``sqlite3.Error`` where it
    is none, or changed too often while it was read, and ``OSError``."""
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(_image(path))
        yield database
    finally:
        database.close()


def _image(path: Path) -> bytes:
    log = path.with_name(path.name + "-wal")
    for _ in range(TRIES):
        before = _read(log)[:_HEADER]
        main = bytearray(path.read_bytes())
        frames = _read(log)
        if frames[:_HEADER] == before:  # not begun anew since: it holds all that main may lack
            break
    else:
        raise sqlite3.OperationalError("it changes all the time")
    found = _laid_over(main, frames)
    if len(found) >= 20:
        found[18:20] = b"\1\1"  # no log belongs to what is in memory
    return bytes(found)


def _laid_over(main: bytearray, log: bytes) -> bytearray:
    """``main`` as of the last transaction that ``log`` holds whole."""
    if len(log) < _HEADER:
        return main
    page = struct.unpack(">I", log[8:12])[0]
    salt = log[16:24]
    waiting: list[tuple[int, bytes]] = []
    for at in range(_HEADER, len(log) - _FRAME - page + 1, _FRAME + page):
        number, pages = struct.unpack(">II", log[at : at + 8])
        if log[at + 8 : at + 16] != salt:
            break  # of an earlier round
        waiting.append((number, log[at + _FRAME : at + _FRAME + page]))
        if pages:  # the end of a transaction, and the size of the database after it
            main.extend(bytes(max(0, pages * page - len(main))))
            for which, data in waiting:
                main[(which - 1) * page : which * page] = data
            del main[pages * page :]
            waiting.clear()
    return main


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
