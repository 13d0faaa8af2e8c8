"""Small files that several processes may change at once, and that are never read half written."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """While this holds, nobody else who asks for it changes a file in ``path``'s folder: reading,
    changing and writing is one, and of two at once neither loses what the other said. Raises
    ``OSError`` where there is no such folder."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Writes ``path`` in UTF-8: the old file or the new one, never half of one, also after a power
    cut; at no moment can somebody read it whom ``mode`` keeps out. Raises ``OSError``, and the old
    file stands."""
    handle, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        Path(part).chmod(mode)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
