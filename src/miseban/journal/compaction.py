"""From the log into segments: what is in a log is in segments, or it is still in the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from miseban.journal.apart import Caller, here
from miseban.journal.book import Book
from miseban.journal.disk import Disk
from miseban.journal.log import log_numbers
from miseban.journal.manifest import Manifest, Place, Segment, log_path
from miseban.journal.rejected import write_rejected
from miseban.journal.step import EVENTS_A_STEP, Step, next_step
from miseban.vocabulary.events import DataClass

TIDIED_AT_ONCE = 1_000_000
"""Events of days that are over and get into one file, in one compaction."""
GROWTH = 2
"""A segment takes up the one before it unless that is so many times as large: a day of hundreds of
compactions stands in a few files, and no event is written more than a few times."""


class Rollups(Protocol):
    """Sums by minute, hour and day. Each is called as often as a crash makes it necessary, so the
    same call twice must come to the same. Errors are ``OSError``."""

    def update(self, disk: Disk, folder: Path, manifest: Manifest) -> Collection[date]:
        """Segments of the days (UTC) and classes in ``manifest.stale`` have changed. Returns days
        that have to wait, because a segment cannot be read."""

    def follow_rules(self, disk: Disk, folder: Path, manifest: Manifest) -> Collection[date]:
        """Counts some days again that were counted by older rules. ``update`` has been called.
        Returns days that have to wait, as ``update`` does."""

    def forget(
        self, disk: Disk, folder: Path, manifest: Manifest, data: DataClass, before: datetime
    ) -> None:
        """What tells of single events of a class from before ``before`` has to go. ``update`` has
        been called since the last of them came; they are in segments yet. No segment is needed."""


class Compaction(Book):
    """``moved`` events went from the log into segments since the journal was opened. Logs are read
    by what is called by ``call``."""

    def __init__(
        self,
        disk: Disk,
        folder: Path,
        manifest: Manifest,
        rollups: Rollups | None,
        call: Caller = here,
    ) -> None:
        super().__init__(disk, folder, manifest)
        self.rollups, self.call = rollups, call
        self.moved = 0

    def run(self, last: int, now: datetime) -> None:
        """Moves what the logs up to ``last`` hold. Raises ``OSError``; each step that was made
        before stands."""
        while self.manifest.first_log <= last:
            step = self.call(next_step, self.disk, self.folder, self.manifest, last)
            self._take(step, now)
            self.moved += step.events

    def _take(self, step: Step, now: datetime) -> None:
        """Its logs are dropped in the same moment in which their segments count."""
        if step.rejected:
            first = self.manifest.first_log
            write_rejected(self.disk, self.folder, first, list(step.rejected), now)
        with self.changing() as change:
            for data, day in sorted(step.tables):
                table = step.tables[data, day]
                size = len(table)
                for old in reversed(self.of_day(data, day)):
                    before = self.readable(old) if old.events <= GROWTH * size else None
                    if before is None:
                        break
                    table = pa.concat_tables([before, table])
                    size = len(table)
                    change.drop(old)
                change.add(data, day, table)
            marks, first = step.marks, step.last + 1
            change.commit(
                first_log=first, marks=marks.sorted(), totals=marks.totals, touched=step.tables
            )
        for number in log_numbers(self.disk, self.folder):
            if number <= step.last:
                self.disk.unlink(log_path(self.folder, number))

    def tidy(self, now: datetime) -> None:
        """One file for each class of each day that is over, oldest first. Raises ``OSError``."""
        over = now.astimezone(UTC).date() - timedelta(days=1)
        by_place: dict[Place, list[Segment]] = defaultdict(list)
        for segment in self.manifest.segments:
            if segment.day < over:
                by_place[segment.data, segment.day].append(segment)
        many = sorted((day, data) for (data, day), of in by_place.items() if len(of) > 1)
        left = TIDIED_AT_ONCE
        while many and left > 0:
            left -= self._one_file_each(many, by_place)

    def _one_file_each(
        self, many: list[tuple[date, DataClass]], by_place: Mapping[Place, list[Segment]]
    ) -> int:
        """Takes the first of ``many`` off, until some are one file each; how many events these
        hold. They count together: a reader that finds journal.json changed begins again, and would
        come to no end where that happens several times a second."""
        moved = 0
        with self.changing() as change:
            while many and moved < EVENTS_A_STEP:
                day, data = many.pop(0)
                old = by_place[data, day]
                tables = [(s, t) for s in old if (t := self.readable(s)) is not None]
                if len(tables) < 2:
                    continue
                moved += sum(len(table) for _, table in tables)
                for segment, _ in tables:
                    change.drop(segment)
                change.add(data, day, pa.concat_tables([table for _, table in tables]))
            if moved:
                change.commit()
        return moved

    def roll_up(self) -> None:
        """Roll-ups follow the segments, and the rules of today. Raises ``OSError``."""
        if self.rollups is None:
            return
        if self.manifest.stale:
            self._follow(self.rollups)
        lost = self.rollups.follow_rules(self.disk, self.folder, self.manifest)
        if lost:
            with self.changing() as change:
                change.commit(stale={**dict.fromkeys(lost, ()), **self.manifest.stale})

    def _follow(self, rollups: Rollups) -> None:
        old = self.manifest.stale
        waiting = rollups.update(self.disk, self.folder, self.manifest)
        stale = {day: old.get(day, ()) for day in waiting}
        if stale == old:
            return
        with self.changing() as change:
            change.commit(stale=stale)
