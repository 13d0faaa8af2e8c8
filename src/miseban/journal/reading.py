"""What whoever reads a journal may ask of it, wherever the reader works."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from miseban.journal.segments import each_event
from miseban.journal.snapshot import Stamp
from miseban.vocabulary.events import DataClass, Event

Rollups = tuple[Stamp, Stamp]


class Reader(ABC):
    """The journal in ``folder``, of the shop ``shop``, whose days are those of ``timezone``: no
    writer ever changes them. Methods may be called from any thread."""

    folder: Path
    shop: str
    timezone: str

    @property
    @abstractmethod
    def forgotten(self) -> Mapping[DataClass, datetime]:
        """Until when what is told of people has been forgotten (``journal.forgetting``)."""

    def events(
        self,
        types: Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> Iterator[Event]:
        """Events with ``since`` <= time < ``until``, only of ``types`` if given, in order of time,
        ``limit`` of them at most. No more than a few days are in
        memory. Raises ``BadInput``."""
        left = limit
        for day in self.days(types, since, until):
            table = self.day(day, types, since, until)
            some = table if left is None else table.slice(0, left)
            yield from each_event(some)
            if left is not None:
                left -= len(some)
                if left <= 0:
                    return

    @abstractmethod
    def days(
        self,
        types: Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[date]:
        """Days (UTC), in order, on which there may be any such event."""

    @abstractmethod
    def day(
        self,
        day: date,
        types: Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> pa.Table:
        """Such events (``SCHEMA``) of one day (UTC), in order of time. Raises ``BadInput``."""

    @abstractmethod
    def table(
        self,
        sql: str,
        parameters: Mapping[str, object] | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> pa.Table:
        """What DuckDB answers to ``sql``, a SELECT over ``events``, ``minutes``, ``hours`` and
        ``days`` with parameters as ``$name``. Between ``since`` and ``until`` whole files are left
        out that hold nothing of that time; rows are not: say so in the query too.

        Raises ``BadInput``: ``sql`` when the query is wrong, ``journal`` when a file is damaged;
        and ``Failed`` (``given-up``) once nobody waits for it (``journal.waited``).
        """

    @abstractmethod
    def rollups(self, spans: Collection[tuple[date, date]]) -> list[Rollups | None]:
        """For each span of days, first and last, of one month: which roll-ups of days and hours
        there are of it. As long as these are the same, what was read of them is. None where one of
        these days is counted anew at present."""

    @abstractmethod
    def newest(self) -> datetime | None:
        """When the newest event happened; none where there is none. Raises ``BadInput``."""

    @abstractmethod
    def close(self) -> None:
        """What another thread has begun to ask ends first, is left to itself, or is broken off."""
