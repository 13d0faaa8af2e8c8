"""Who owns ``journal.json`` while a journal is open: what counts, and how that changes."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from miseban.journal.disk import Disk
from miseban.journal.manifest import Manifest, Place, Segment, write_manifest
from miseban.journal.opening import write_receipts
from miseban.journal.segments import SCHEMAS, fitted, read_segment, sort_events, write_segment
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.events import DataClass


class Book:
    """Whoever changes what stands in the folder holds ``alone``; ``manifest`` may be read by
    anybody at any time. ``unreadable`` are segments that cannot be read, a line each."""

    def __init__(self, disk: Disk, folder: Path, manifest: Manifest) -> None:
        self.disk, self.folder, self.manifest = disk, folder, manifest
        self.unreadable: dict[int, str] = {}
        self._no_more: dict[DataClass, datetime] = {}
        self._alone = threading.Lock()
        self._next_file = manifest.next_file
        self._orphans: list[Path] = []

    def alone(self) -> threading.Lock:
        return self._alone

    def no_more(self, data: DataClass, before: datetime) -> None:
        """From now on nothing of ``data`` from before ``before`` is taken in."""
        self._no_more[data] = max(before, self._no_more.get(data, before)).astimezone(UTC)

    @property
    def forgotten(self) -> Mapping[DataClass, datetime]:
        """From when on each class is taken in; not there: all of it."""
        old = self.manifest.forgotten
        return {**old, **{d: max(t, old.get(d, t)) for d, t in self._no_more.items()}}

    def ids_of_day(self, day: date) -> Iterator[list[str]]:
        """Of events in segments; these may give way to others meanwhile."""
        segments: list[Segment] | None = None
        while segments != (there := [s for s in self.manifest.segments if s.day == day]):
            segments, found = there, []
            for segment in segments:
                table = self.readable(segment, ["id"])
                found.append([] if table is None else table["id"].to_pylist())
        return iter(found)

    def readable(self, segment: Segment, columns: Sequence[str] | None = None) -> pa.Table | None:
        """What is in it. A segment that cannot be read is told in ``unreadable`` and stays as it
        is: it stops neither intake nor compaction."""
        path = self.folder / segment.path
        try:
            table = read_segment(path, columns)
        except Failed as error:
            self.unreadable[segment.file] = str(error)
        except FileNotFoundError:
            if segment in self.manifest.segments:
                self.unreadable[segment.file] = f"{path}: a segment that is not there"
        else:
            return table if columns else fitted(table, SCHEMAS[segment.data])
        return None

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

    def __init__(self, of: Book) -> None:
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
