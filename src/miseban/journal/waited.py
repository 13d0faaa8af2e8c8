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
from typing import Protocol

import duckdb

from miseban.vocabulary.errors import Failed


class Interruptible(Protocol):
    """At work, of which it can be told by another thread to leave off."""

    def interrupt(self) -> None: ...


class Waited:
    """One who waits for answers, and may go."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # who works may be told by a signal of its own process
        self._gone = False
        self._working_on: set[Interruptible] = set()

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
        """He goes, and what is done for him is interrupted. An interrupt that comes just
        before it begins goes astray: call it again until the thread is through."""
        with self._lock:
            self._gone = True
            for one in self._working_on:
                one.interrupt()

    def check(self) -> None:
        """Raises ``Failed`` (``given-up``)."""
        if self._gone:
            raise Failed("given-up", "question", "nobody waits for the answer any more")

    @contextmanager
    def _working(self, work: Interruptible) -> Iterator[None]:
        with self._lock:
            self._working_on.add(work)
        try:
            self.check()
            yield
        except duckdb.InterruptException:
            self.check()
            raise
        finally:
            with self._lock:
                self._working_on.discard(work)


_HEEDED: ContextVar[Waited | None] = ContextVar("waited", default=None)


@contextmanager
def interruptible(work: Interruptible) -> Iterator[None]:
    """What ``work`` does is for whoever is heeded in this thread. Raises ``Failed``
    (``given-up``)."""
    waited = _HEEDED.get()
    if waited is None:
        yield
    else:
        with waited._working(work):
            yield


def still_waited() -> None:
    """Raises ``Failed`` (``given-up``) where whoever is heeded in this thread has gone."""
    waited = _HEEDED.get()
    if waited is not None:
        waited.check()
