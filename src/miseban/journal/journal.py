"""The journal: what was accepted is there, once, whatever happens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Self, get_args

from miseban.journal.apart import Caller, here
from miseban.journal.compaction import Compaction, Rollups
from miseban.journal.disk import Disk, DiskLock, RealDisk
from miseban.journal.forgetting import forget
from miseban.journal.group import Group
from miseban.journal.known import KnownIds
from miseban.journal.manifest import Manifest, Receipt
from miseban.journal.marks import Marks, lost_in
from miseban.journal.opening import locked, open_manifest, sweep
from miseban.journal.replay import Found, replay
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.journal.state import JournalState
from miseban.journal.telling import Listener, Telling
from miseban.journal.writer import Writer
from miseban.vocabulary.delivery import Ack, Batch
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.events import DataClass, Event

ROLLUPS: Rollups = RollupKeeper()
RESERVE = 256_000_000
"""Bytes that intake leaves free: compaction and the rest of the machine need some. The hub's own
events (its alarm that the disk is full, for one) may use half of them."""
GROUP_SIZE = 32_000_000
"""Bytes of batches that share a sync."""


class Journal:
    """One writer per folder. Every method may be called from any thread; listeners are called in
    that of the writer. Times are arguments: nothing here reads a clock."""

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        shop: str,
        timezone: str = "UTC",
        disk: Disk | None = None,
        keep: Callable[[DataClass], bool] | None = None,
        rollups: Rollups | None = ROLLUPS,
        reserve: int = RESERVE,
        call: Caller = here,
    ) -> Self:
        """Opens the journal in ``folder`` after whatever happened, or makes one. ``keep`` says
        which classes the policy keeps (all); ``rollups`` follow compactions; ``timezone`` is that
        of their days, when the journal is made. What a compaction reads from logs is read by
        ``call``.

        Raises ``BadInput`` (``journal-locked``, ``journal-newer``, ``journal-shop``, ``journal``).
        """
        disk = disk or RealDisk()
        folder = folder.absolute()
        lock = locked(disk, folder)
        try:
            manifest = open_manifest(disk, folder, shop, timezone)
            kept = keep or (lambda _: True)
            return cls(folder, manifest, disk, lock, kept, rollups, reserve, call)
        except OSError as error:
            lock.close()
            what = f"cannot be opened: {error.strerror or error}"
            raise BadInput("journal", folder, what) from None
        except BaseException:
            lock.close()
            raise

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        disk: Disk,
        lock: DiskLock,
        keep: Callable[[DataClass], bool],
        rollups: Rollups | None,
        reserve: int,
        call: Caller,
    ) -> None:
        """``open`` is the way in."""
        self.folder, self.shop = folder, manifest.shop
        self._disk, self._lock_file, self._keep, self._reserve = disk, lock, keep, reserve
        self._lock = threading.RLock()
        self._closed = False
        self._telling = Telling()
        self._compaction = Compaction(disk, folder, manifest, rollups, call)
        self._known = KnownIds(self._compaction.ids_of_day)
        self._marks = Marks.of(manifest)
        self._found = Found()
        self._taken = 0
        for part in replay(disk, folder, self.shop, manifest.first_log, self._found):
            self._known.add(part.events)
            self._marks.take(part.head, part.events[-1].time if part.events else None)
            self._taken += len(part.events)
        sweep(disk, folder, manifest)
        ends = dict(self._found.ends)
        self._writer = Writer(disk, folder, max([*ends, manifest.first_log - 1]) + 1, ends)

    # --- intake -------------------------------------------------------------------------------

    def accept(self, batches: Sequence[Batch]) -> list[Ack]:
        """All that is acknowledged is durable, with one sync for many batches.

        An event that is there already (by its id, whoever sends it) is acknowledged and not stored
        again. A batch that begins after what is kept is not taken, and its ``Ack`` says how far we
        are; unless its outbox has nothing older: then the loss is counted, and it goes on from
        there. A line that is no event is kept in ``rejected/``, counted, and counts as taken. When
        the disk is full every ``Ack`` says so, and the same batches may be sent again.
        """
        acks: list[Ack] = []
        try:
            for some in _in_groups(batches):
                acks += self._accept(some)
        finally:
            self._telling.tell()
        return acks

    def append(self, events: Sequence[Event]) -> int:
        """Keeps events that were made here (alerts, receipts) and returns how many of them are new:
        those whose id is known are not stored again.

        Raises ``BadInput`` (``event``) for one of another shop or one that no table can hold, and
        ``Failed`` (``journal-full``) when they could not be kept. Then none of them is.
        """
        with self._lock:
            group = self._group()
            new = group.append(events, self.folder)
            if new and not self._write(group, self._reserve // 2):
                raise Failed("journal-full", self.folder, self._writer.trouble or "not kept")
        self._telling.tell()
        return new

    def subscribe(self, listener: Listener) -> None:
        """From now on ``listener`` is told all new events when they are durable, in the order in
        which they were accepted, in the thread of the writer: it must be quick. It may ``append``;
        others hear of that after they heard of this."""
        self._telling.subscribe(listener)

    # --- upkeep -------------------------------------------------------------------------------

    def compact(self, now: datetime) -> None:
        """Brings what is in the log into segments and roll-ups; days that are over get one file a
        class. Intake goes on meanwhile. Safe at any crash.

        Raises ``Failed`` (``compaction``) when the disk does, and what ``call`` raises; what was
        accepted stands, and the next one goes on from there.
        """
        with self._compaction.alone():
            try:
                with self._lock:
                    self._need_open()
                    last = self._writer.rotate(self._compaction.manifest.first_log)
                    self._known.leave()
                self._compaction.run(last, now)
                with self._lock:
                    self._known.settle()
                self._compaction.tidy(now)
                self._compaction.roll_up()
            except OSError as error:
                raise Failed("compaction", self.folder, error.strerror or str(error)) from None

    def forget(self, data: DataClass, before: datetime, *, now: datetime | None = None) -> Receipt:
        """Events of ``data`` from before ``before`` are gone for good: from log, segments and from
        roll-ups where they tell of single people; later ones of that time are not taken in. The
        receipt is in ``receipts/`` too, unless nothing went; ``now`` is written into it.

        Raises ``Failed`` (``compaction``) when the disk does; then it has to be called again.
        """
        # Roll-ups are counted to the end before anything is called forgotten: what rests on
        # forgotten events is never counted again.
        self.compact(now or before)
        with self._lock:
            self._need_open()
            self._compaction.no_more(data, before)
        self.compact(now or before)
        with self._compaction.alone():
            try:
                receipt = forget(self._compaction, data, before, now)
            except OSError as error:
                raise Failed("compaction", self.folder, error.strerror or str(error)) from None
            with self._lock:
                self._known.forget()
        return receipt

    def close(self) -> None:
        """Lets the folder go; what was accepted is durable anyway."""
        with self._compaction.alone(), self._lock:
            if not self._closed:
                self._closed = True
                self._writer.close()
                self._lock_file.close()

    @property
    def state(self) -> JournalState:
        with self._lock:
            full = not self._writer.room(self._reserve) or self._writer.trouble is not None
            manifest = self._compaction.manifest
            oldest: dict[DataClass, date] = {}
            for segment in manifest.segments:
                oldest[segment.data] = min(segment.day, oldest.get(segment.data, segment.day))
            return JournalState(
                full=full,
                trouble=self._writer.trouble,
                totals=self._marks.totals,
                lost=lost_in(self._marks.marks.values()),
                damage=tuple(self._found.damage),
                unreadable=tuple(self._compaction.unreadable.values()),
                torn=self._found.torn,
                sources=self._marks.sorted(),
                fresh=self._taken - self._compaction.moved,
                segments=len(manifest.segments),
                oldest=oldest,
            )

    # --- inside -------------------------------------------------------------------------------

    def _accept(self, batches: Sequence[Batch]) -> list[Ack]:
        with self._lock:
            group = self._group()
            if not self._writer.room(self._reserve):
                return [self._full(batch) for batch in batches]
            try:
                upto = [group.take(batch) for batch in batches]
            except BaseException:
                group.take_back()
                raise
            if not self._write(group, self._reserve):
                return [self._full(batch) for batch in batches]
            streams = (batch.head.stream for batch in batches)
            return [Ack(stream=s, upto=n) for s, n in zip(streams, upto, strict=True)]

    def _full(self, batch: Batch) -> Ack:
        head = batch.head
        return Ack(
            stream=head.stream, upto=self._marks.upto(head.source, head.stream), state="full"
        )

    def _group(self) -> Group:
        self._need_open()
        kept = [data for data in get_args(DataClass) if self._keep(data)]
        forgotten = self._compaction.forgotten
        return Group(self.shop, self._known, self._marks.copy(), kept, forgotten)

    def _write(self, group: Group, reserve: int) -> bool:
        """Whether it is durable; only then its marks count and its events are told."""
        if not group.parts:
            return True
        if not self._writer.room(reserve) or not self._writer.write(group.parts):
            group.take_back()
            return False
        self._marks = group.marks
        self._taken += len(group.events)
        self._telling.put(group.events)
        return True

    def _need_open(self) -> None:
        if self._closed:
            raise Failed("journal-closed", self.folder, "the journal is closed")


def _in_groups(batches: Sequence[Batch]) -> Iterator[Sequence[Batch]]:
    """Of not much more than ``GROUP_SIZE`` bytes each, in order."""
    group: list[Batch] = []
    size = 0
    for batch in batches:
        group.append(batch)
        size += sum(map(len, batch.lines))
        if size >= GROUP_SIZE:
            yield group
            group, size = [], 0
    if group:
        yield group
