"""Reads the journal by a process of its own, for whoever reads for months: what DuckDB and the
day's recount take for a moment, and what they leave behind, is never this process's."""

from __future__ import annotations

import gc
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pyarrow as pa
import structlog

from miseban.journal.apart import Apart
from miseban.journal.reader import JournalReader
from miseban.journal.reading import Reader, Rollups
from miseban.journal.waited import Waited, interruptible, still_waited
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.events import DataClass

P = ParamSpec("P")
R = TypeVar("R")
_LOG = structlog.get_logger(__name__)

RENEWED_S = 300.0
"""So old a process gives way to another, which takes a second of a core. With every count and
question it takes a little more, as all do that count and ask: in the evening some dozen MB in a
quarter of an hour."""
AGAIN_S = 120.0
"""A renewal that failed is tried again after so long."""
_TURN_S = 1.0


class ReaderApart(Reader):
    """As ``JournalReader``. Calls are answered one after the other: of a question that asks several
    times, others come between."""

    def __init__(
        self, folder: Path, begin: Callable[[], Apart] = Apart, *, patience_s: float = 0.0
    ) -> None:
        """``begin`` makes what it reads by. Raises ``BadInput`` (``journal``) when there is no
        journal, and ``Failed`` (``apart``), as all that asks may."""
        self.folder = folder.absolute()
        self._patience_s = patience_s
        self._apart = begin()
        try:
            self.shop, self.timezone = self._apart.call(_begun, self.folder, patience_s)
        except BaseException:
            self.close()
            raise

    @property
    def forgotten(self) -> Mapping[DataClass, datetime]:
        return self._call(_forgotten)

    def days(
        self,
        types: Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[date]:
        return self._call(JournalReader.days, types, since, until)

    def day(
        self,
        day: date,
        types: Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> pa.Table:
        return self._call(JournalReader.day, day, types, since, until)

    def table(
        self,
        sql: str,
        parameters: Mapping[str, object] | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> pa.Table:
        return self._call(JournalReader.table, sql, parameters, since=since, until=until)

    def rollups(self, spans: Collection[tuple[date, date]]) -> list[Rollups | None]:
        return self._call(JournalReader.rollups, spans) if spans else []

    def newest(self) -> datetime | None:
        return self._call(JournalReader.newest)

    @contextmanager
    def kept_fresh(self) -> Iterator[None]:
        """For as long as this lasts, a process that is old gives way to another, in a thread of its
        own; and each looks, every now and then, what the journal holds."""
        ended = threading.Event()
        keeping = threading.Thread(
            target=self._keep, args=(ended,), name="keeping fresh", daemon=True
        )
        keeping.start()
        try:
            yield
        finally:
            ended.set()
            keeping.join()

    def close(self) -> None:
        """Breaks off what is asked, and nothing is answered any more."""
        self._apart.close()

    def _keep(self, ended: threading.Event) -> None:
        next_s = 0.0
        while not ended.wait(_TURN_S):
            if self._apart.age_s < RENEWED_S or time.monotonic() < next_s:
                continue
            try:
                self._apart.renew(_look, _looked, self.folder, self._patience_s)
            except Exception as error:  # noqa: BLE001  (the old one goes on)
                next_s = time.monotonic() + AGAIN_S
                _LOG.warning("renewal.failed", why=str(error))

    def _call(
        self,
        method: Callable[Concatenate[JournalReader, P], R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        where = (self.folder, self._patience_s)
        with interruptible(_Call(self._apart)):
            try:
                return self._apart.call(_heeding, where, method, *args, **kwargs)  # type: ignore[arg-type]
            except Failed as error:
                if error.code != "given-up":
                    raise
            still_waited()
            # What was meant for the question before came to ours.
            return self._apart.call(_heeding, where, method, *args, **kwargs)  # type: ignore[arg-type]


class _Call:
    """What this thread asks."""

    def __init__(self, apart: Apart) -> None:
        self._apart, self._thread = apart, threading.get_ident()

    def interrupt(self) -> None:
        self._apart.interrupt(self._thread)


# What the process does:


_waited: Waited | None = None
"""Who waits for what is asked at present."""
_kept = ExitStack()
"""As long as the process lasts."""


def _given_up(*_: object) -> None:
    if _waited is not None:
        _waited.give_up()


@cache
def _reader(folder: Path, patience_s: float) -> JournalReader:
    """Of what is there by now nobody looks for garbage again and again."""
    signal.signal(signal.SIGUSR1, _given_up)
    reader = JournalReader(folder, patience_s=patience_s)
    if patience_s:
        _kept.enter_context(reader.kept_fresh())
    gc.collect()
    gc.freeze()
    return reader


def _begun(folder: Path, patience_s: float) -> tuple[str, str]:
    """Once it has answered all is imported, and has been looked at."""
    reader = _reader(folder, patience_s)
    return reader.shop, reader.timezone


def _look(folder: Path, patience_s: float) -> float:
    """When it was looked, anew, what the journal holds."""
    reader, began_s = _reader(folder, patience_s), time.monotonic()
    reader.look()
    return began_s


def _looked(folder: Path, patience_s: float) -> float:
    """When the last look ended."""
    return _reader(folder, patience_s).looked_s


def _forgotten(reader: JournalReader) -> Mapping[DataClass, datetime]:
    return reader.forgotten


def _heeding(
    where: tuple[Path, float],
    method: Callable[Concatenate[JournalReader, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """What ``method`` returns, until a signal says that nobody waits for it any more."""
    global _waited
    reader = _reader(*where)
    _waited = waited = Waited()
    try:
        with waited.heeded():
            return method(reader, *args, **kwargs)
    finally:
        _waited = None
