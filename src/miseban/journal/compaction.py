"""From the log into segments: what is in a log is in segments, or it is still in the log."""

from __future__ import annotations

import contextlib
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from miseban.journal.disk import Disk
from miseban.journal.known import date_of, day_of
from miseban.journal.log import log_numbers
from miseban.journal.manifest import Manifest, Place, Segment, log_path, write_manifest
from miseban.journal.marks import Marks
from miseban.journal.opening import write_receipts
from miseban.journal.rejected import write_rejected
from miseban.journal.replay import Found, replay
from miseban.journal.segments import read_segment, sort_events, table_of, write_segment
from miseban.vocabulary.events import EVENT_CLASSES, DataClass, Event

EVENTS_AT_ONCE = 20_000
"""As objects, before they become columns."""
EVENTS_A_STEP = 200_000
"""From which a step is made and its logs are dropped."""
TIDIED_AT_ONCE = 1_000_000
"""Events of days that are over and get into one file, in one compaction."""
GROWTH = 2
"""A segment takes up the one before it unless that is so many times as large: a day of hundreds of
compactions stands in a few files, and no event is written more than a few times."""


class Rollups(Protocol):
    """Sums by minute, hour and day. Each is called as often as a crash makes it necessary, so the
    same call twice must come to the same. Errors are ``OSError``."""

    def update(self, disk: Disk, folder: Path, manifest: Manifest) -> None:
        """Segments of the days and classes in ``manifest.stale`` have changed."""

    def forget(
        self, disk: Disk, folder: Path, manifest: Manifest, data: DataClass, before: datetime
    ) -> None:
        """What tells of single events of a class from before ``before`` has to go. ``update`` has
        been called since the last of them came; they are in segments yet."""


class Compaction:
    """Owns ``manifest``: whoever changes what stands in the folder holds ``alone``."""

    def __init__(
        self, disk: Disk, folder: Path, manifest: Manifest, rollups: Rollups | None
    ) -> None:
        self.disk, self.folder, self.manifest, self.rollups = disk, folder, manifest, rollups
        self.moved = 0
        self._no_more: dict[DataClass, datetime] = {}
        self._alone = threading.Lock()
        self._next_file = manifest.next_file
        self._orphans: list[Path] = []

    def alone(self) -> threading.Lock:
        return self._alone

    def run(self, last: int, now: datetime) -> None:
        """Moves what the logs up to ``last`` hold, then puts days that are over in order. Raises
        ``OSError``; each step that was made before stands."""
        marks = Marks.of(self.manifest)
        tables: dict[Place, list[pa.Table]] = defaultdict(list)
        waiting: list[Event] = []
        rejected: list[bytes] = []
        moved = 0
        first = self.manifest.first_log
        parts = replay(
            self.disk, self.folder, self.manifest.shop, first, Found(), lambda n: n <= last
        )
        for log, of_log in groupby(parts, key=lambda part: part.log):
            for part in of_log:
                marks.take(part.head, part.events[-1].time if part.events else None)
                waiting += part.events
                rejected += part.rejected
                moved += len(part.events)
                if len(waiting) >= EVENTS_AT_ONCE:
                    _to_tables(waiting, tables)
                    waiting = []
            if moved >= EVENTS_A_STEP:
                _to_tables(waiting, tables)
                self._step(log, marks, tables, rejected, now)
                self.moved += moved
                waiting, rejected, moved = [], [], 0
                tables.clear()
        if last >= self.manifest.first_log:
            _to_tables(waiting, tables)
            self._step(last, marks, tables, rejected, now)
            self.moved += moved
        self._tidy(now)
        self.roll_up()

    def _step(
        self,
        last: int,
        marks: Marks,
        tables: Mapping[Place, list[pa.Table]],
        rejected: list[bytes],
        now: datetime,
    ) -> None:
        """The logs up to ``last`` are dropped in the same moment in which their segments count."""
        if rejected:
            write_rejected(self.disk, self.folder, self.manifest.first_log, rejected, now)
        with self.changing() as change:
            for (data, day), parts in sorted(tables.items()):
                table = pa.concat_tables(parts)
                size = len(table)
                for old in reversed(self.of_day(data, day)):
                    if old.events > GROWTH * size:
                        break
                    table = pa.concat_tables([read_segment(self.folder / old.path), table])
                    size = len(table)
                    change.drop(old)
                change.add(data, day, table)
            change.commit(
                first_log=last + 1, marks=marks.sorted(), totals=marks.totals, touched=tables
            )
        for number in log_numbers(self.disk, self.folder):
            if number <= last:
                self.disk.unlink(log_path(self.folder, number))

    def _tidy(self, now: datetime) -> None:
        """One file for each class of each day that is over, oldest first."""
        over = now.astimezone(UTC).date() - timedelta(days=1)
        by_place: dict[Place, list[Segment]] = defaultdict(list)
        for segment in self.manifest.segments:
            if segment.day < over:
                by_place[segment.data, segment.day].append(segment)
        many = sorted((day, data) for (data, day), of in by_place.items() if len(of) > 1)
        left = TIDIED_AT_ONCE
        for day, data in many:
            old = by_place[data, day]
            left -= sum(segment.events for segment in old)
            with self.changing() as change:
                for segment in old:
                    change.drop(segment)
                tables = [read_segment(self.folder / segment.path) for segment in old]
                change.add(data, day, pa.concat_tables(tables))
                change.commit()
            if left <= 0:
                break

    def roll_up(self) -> None:
        """Roll-ups follow the segments. Raises ``OSError``."""
        if not self.manifest.stale:
            return
        if self.rollups is None:
            return
        self.rollups.update(self.disk, self.folder, self.manifest)
        with self.changing() as change:
            change.commit(stale={})

    def no_more(self, data: DataClass, before: datetime) -> None:
        """From now on nothing of ``data`` from before ``before`` is taken in."""
        self._no_more[data] = max(before, self._no_more.get(data, before)).astimezone(UTC)

    @property
    def forgotten(self) -> Mapping[DataClass, datetime]:
        """From when on each class is taken in; not there: all of it."""
        old = self.manifest.forgotten
        return {**old, **{d: max(t, old.get(d, t)) for d, t in self._no_more.items()}}

    def of_day(self, data: DataClass, day: date) -> list[Segment]:
        """The segments of a class and day, in the order in which they were made."""
        return [s for s in self.manifest.segments if s.data == data and s.day == day]

    @contextlib.contextmanager
    def changing(self) -> Iterator[Change]:
        """A change of what counts. When it fails, what stood stands."""
        change = Change(self)
        try:
            yield change
        except BaseException:
            # The disk may have taken the new journal.json after all: only the next one that
            # succeeds, or the next opening, may take these away.
            self._orphans += change.written + change.gone
            raise
        for path in (*self._orphans, *change.gone):
            self.disk.unlink(path)
            self.disk.remove_folder(path.parent)
        self._orphans = []

    def new_number(self) -> int:
        number = self._next_file
        self._next_file += 1
        return number


class Change:
    """Segments that come and go together."""

    def __init__(self, of: Compaction) -> None:
        self._of = of
        self._new: list[Segment] = []
        self._dropped: set[int] = set()
        self.written: list[Path] = []
        self.gone: list[Path] = []

    def add(self, data: DataClass, day: date, table: pa.Table) -> None:
        """``table``: events of that class and day, in order of acceptance or sorted already."""
        number = self._of.new_number()
        segment = Segment(data=data, day=day, file=number, events=len(table))
        self.written.append(self._of.folder / segment.path)
        write_segment(self._of.disk, self._of.folder, segment, sort_events(table))
        self._new.append(segment)

    def drop(self, segment: Segment) -> None:
        self._dropped.add(segment.file)

    def commit(self, *, touched: Iterable[Place] = (), **changed: Any) -> None:
        """From now on it counts. ``touched`` are days and classes whose roll-ups have to follow."""
        of, old = self._of, self._of.manifest
        stale = {day: set(datas) for day, datas in changed.pop("stale", old.stale).items()}
        for data, day in touched:
            stale.setdefault(day, set()).add(data)
        kept = [s for s in old.segments if s.file not in self._dropped]
        manifest = old.model_copy(
            update={
                "segments": (*kept, *self._new),
                "next_file": of.new_number(),
                "superseded": (),
                "stale": {day: tuple(sorted(stale[day])) for day in sorted(stale)},
                **changed,
            }
        )
        write_manifest(of.disk, of.folder, manifest)
        of.manifest = manifest
        self.gone = [of.folder / s.path for s in old.segments if s.file in self._dropped]
        self.written = []
        write_receipts(of.disk, of.folder, manifest)


def _to_tables(events: Sequence[Event], tables: dict[Place, list[pa.Table]]) -> None:
    by_place: dict[Place, list[Event]] = defaultdict(list)
    for event in events:
        by_place[EVENT_CLASSES[event.type], date_of(day_of(event.time))].append(event)
    for (data, day), of_place in by_place.items():
        tables[data, day].append(table_of(data, of_place))
