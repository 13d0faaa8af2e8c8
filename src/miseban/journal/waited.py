"""Questions of which nobody waits for the answer any more: they are broken off.

waited = Waited()
with waited.heeded():  # in the thread that asks
    reader.table(...)
...
waited.give_up()  # in another
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import duckdb

from miseban.vocabulary.errors import Failed


class Waited:
    """One who waits for answers, and may go."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gone = False
        self._cursors: set[duckdb.DuckDBPyConnection] = set()

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """What this thread asks meanwhile is asked for him: it raises ``Failed`` (``given-up``)
        once he has gone."""
        token = _HEEDED.set(self)
        try:
            yield
        finally:
            _HEEDED.reset(token)

    def give_up(self) -> None:
        """He goes, and what DuckDB is at for him is interrupted. An interrupt that comes just
        before it begins goes astray: call it again until the thread is through."""
        with self._lock:
            self._gone = True
            for cursor in self._cursors:
                cursor.interrupt()

    def check(self) -> None:
        """Raises ``Failed`` (``given-up``)."""
        if self._gone:
            raise Failed("given-up", "question", "nobody waits for the answer any more")

    @contextmanager
    def _working(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        with self._lock:
            self._cursors.add(cursor)
        try:
            self.check()
            yield
        except duckdb.InterruptException:
            self.check()
            raise
        finally:
            with self._lock:
                self._cursors.discard(cursor)


_HEEDED: ContextVar[Waited | None] = ContextVar("waited", default=None)


@contextmanager
def interruptible(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """What ``cursor`` does is for whoever is heeded in this thread. Raises ``Failed``
    (``given-up``)."""
    waited = _HEEDED.get()
    if waited is None:
        yield
    else:
        with waited._working(cursor):
            yield
