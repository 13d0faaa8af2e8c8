"""What a journal holds at a moment, for those who only read its files: also while it is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from miseban.journal.disk import Disk, RealDisk
from miseban.journal.events_table import SCHEMA
from miseban.journal.known import date_of, day_of
from miseban.journal.manifest import Manifest, Place, Segment, read_manifest
from miseban.journal.replay import Found, replay
from miseban.journal.segments import read_segment, table_of, widened
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.events import EVENT_CLASSES, Event

_TRIES = 20
_T = TypeVar("_T")


@dataclass(frozen=True)
class Holdings:
    """``manifest`` and the events of the logs behind it, by class and day."""

    folder: Path
    manifest: Manifest
    fresh: dict[Place, list[Event]]
    found: Found

    @property
    def events(self) -> int:
        return sum(s.events for s in self.manifest.segments) + sum(map(len, self.fresh.values()))

    def days(self) -> list[date]:
        """Days (UTC) of which there are events, in order."""
        return sorted({s.day for s in self.manifest.segments} | {day for _, day in self.fresh})

    def of_day(self, day: date) -> pa.Table:
        """Its events in order of time; columns are ``events_table.SCHEMA``."""
        tables = [self.read(s) for s in self.manifest.segments if s.day == day]
        for (data, of), events in self.fresh.items():
            if of == day:
                tables.append(table_of(data, events))
        wide = [widened(table) for table in tables]
        return pa.concat_tables(wide).sort_by("time") if wide else SCHEMA.empty_table()

    def read(self, segment: Segment) -> pa.Table:
        """Raises as ``read_segment``."""
        return read_segment(self.folder / segment.path)


def hold(folder: Path, disk: Disk | None = None) -> Holdings:
    """Raises ``BadInput`` when there is no journal that this version can read."""
    disk = disk or RealDisk()

    def look() -> Holdings:
        manifest = read_manifest(folder)
        fresh: dict[Place, list[Event]] = defaultdict(list)
        found = Found()
        for part in replay(disk, folder, manifest.shop, manifest.first_log, found):
            for event in part.events:
                fresh[EVENT_CLASSES[event.type], date_of(day_of(event.time))].append(event)
        if read_manifest(folder).first_log != manifest.first_log:
            raise FileNotFoundError
        return Holdings(folder, manifest, fresh, found)

    return steadily(look, folder)


def steadily(look: Callable[[], _T], folder: Path) -> _T:
    """What ``look`` returns when no compaction takes a file away from under it. Raises ``Failed``
    (``journal-moving``) when one always does."""
    for _ in range(_TRIES):
        try:
            return look()
        except FileNotFoundError:
            continue
    raise Failed("journal-moving", folder, "files vanish while they are read: is it deleted?")


def problems_of(held: Holdings) -> Iterator[str]:
    """What is wrong, a line each; of each segment in the order of ``journal.json``."""
    for damage in held.found.damage:
        yield f"log/{damage.file}: {damage.size} bytes from {damage.at} on cannot be read"
    ids: dict[date, set[str]] = defaultdict(set)
    for (_, day), events in held.fresh.items():
        ids[day].update(event.id for event in events)
    last: date | None = None
    for segment in sorted(held.manifest.segments, key=lambda s: s.day):
        if last is not None and segment.day != last:
            ids.pop(last, None)  # an id is looked for within its day
        last = segment.day
        try:
            table = held.read(segment)
        except Failed as error:
            yield f"{segment.path}: {error.what}"
            continue
        if len(table) != segment.events:
            yield f"{segment.path}: {len(table)} events, expected {segment.events}"
        days = set(table["time"].cast(pa.date32()).unique().to_pylist())
        if days - {segment.day}:
            yield f"{segment.path}: events of other days"
        types = {EVENT_CLASSES.get(name) for name in table["type"].unique().to_pylist()}
        if types - {segment.data}:
            yield f"{segment.path}: events of other classes"
        names = table["id"].to_pylist()
        twice = len(names) - len(set(names)) + len(ids[segment.day].intersection(names))
        if twice:
            yield f"{segment.path}: {twice} events that are there twice"
        ids[segment.day].update(names)
