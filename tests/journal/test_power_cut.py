"""The power is cut at any operation: what was acknowledged is there, once.

At every sixth by default, at every single one with ``MISEBAN_LONG=1``.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from miseban.journal.compaction import Rollups
from miseban.journal.journal import Journal
from miseban.journal.manifest import Receipt
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.vocabulary.events import EVENT_CLASSES, Event
from tests.journal.power import PowerCut, SimulatedDisk
from tests.journal.shop import NOON, SHOP, Maker, Outbox, in_segments, stored

EVERY = 1 if os.environ.get("MISEBAN_LONG") else 6
FORGOTTEN = NOON + timedelta(minutes=3)


class Day:
    """Two cameras, alerts, compactions and a deletion. ``safe`` is what somebody was told is kept,
    ``told`` what listeners heard, in order."""

    def __init__(self, folder: Path, disk: SimulatedDisk) -> None:
        self.folder, self.disk, self.maker = folder, disk, Maker()
        self.outboxes = [Outbox("door"), Outbox("till", "1" * 16)]
        self.sent: list[Event] = []
        self.alerts: list[Event] = []
        self.safe: list[Event] = []
        self.told: list[Event] = []
        self.receipt: Receipt | None = None
        self.rollups: Rollups | None = None
        self.forgets = True

    def open(self) -> Journal:
        journal = Journal.open(
            self.folder, shop=SHOP, disk=self.disk, reserve=0, rollups=self.rollups
        )
        journal.subscribe(self.told.extend)
        return journal

    def send(self, journal: Journal, most: int = 1000) -> None:
        batches = [outbox.batch(most) for outbox in self.outboxes if outbox.events]
        for outbox, ack in zip(
            [o for o in self.outboxes if o.events], journal.accept(batches), strict=True
        ):
            self.safe += [event for n, event in outbox.events.items() if n <= ack.upto]
            outbox.heard(ack)

    def happen(self, n: int, day: int = 0) -> None:
        for outbox in self.outboxes:
            events = self.maker.some(n, NOON + timedelta(days=day))
            self.sent += events
            outbox.put(events)

    def alert(self, journal: Journal) -> None:
        alert = self.maker.alert()
        self.sent.append(alert)
        self.alerts.append(alert)
        assert journal.append([alert]) == 1
        self.safe.append(alert)

    def play(self) -> None:
        journal = self.open()
        self.happen(6)
        self.send(journal, 4)
        self.alert(journal)
        self.send(journal)
        journal.compact(NOON)
        self.happen(3)
        self.happen(2, day=-1)
        self.send(journal)
        journal.compact(NOON + timedelta(days=3))
        self.alert(journal)
        if self.forgets:
            self.receipt = journal.forget("trajectory", FORGOTTEN, now=NOON)
        self.happen(2)
        self.send(journal)
        journal.close()

    def finish(self) -> None:
        """After the crash: everything that is still in an outbox comes."""
        journal = self.open()
        for _ in range(3):
            self.send(journal, 5)
        journal.append(self.alerts)  # who does not know whether it was kept says it again
        assert not any(outbox.events for outbox in self.outboxes)
        journal.compact(NOON + timedelta(days=3))
        assert journal.state.fresh == 0
        journal.close()

    def check(self) -> None:
        held = stored(self.folder)
        assert [name for name, n in Counter(event.id for event in held).items() if n > 1] == []
        by_id = {event.id: event for event in self.sent}
        assert all(by_id[event.id] == event for event in held)
        missing = {event.id for event in self.safe} - {event.id for event in held}
        assert all(may_be_gone(by_id[name]) for name in missing)
        if self.receipt is not None:
            assert not any(may_be_gone(event) for event in held)


def may_be_gone(event: Event) -> bool:
    return EVENT_CLASSES[event.type] == "trajectory" and event.time < FORGOTTEN


def played(tmp_path: Path, cut_at: int | None, seed: int, rollups: Rollups | None = None) -> Day:
    folder = tmp_path / f"{seed}-{cut_at}" / "journal"
    folder.mkdir(parents=True)
    day = Day(folder, SimulatedDisk(folder.parent, seed))
    day.disk.cut_at, day.rollups, day.forgets = cut_at, rollups, rollups is None
    try:
        day.play()
    except PowerCut:
        day.disk.restart()
    return day


def test_without_a_cut_all_is_there_and_listeners_heard_it_in_order(tmp_path: Path) -> None:
    day = played(tmp_path, None, 0)
    assert day.disk.operations > 100
    kept = [event for event in day.sent if not may_be_gone(event)]
    assert sorted(event.id for event in kept) == sorted(event.id for event in stored(day.folder))
    assert day.receipt is not None
    assert day.receipt.events > 0
    told = {event.id for event in day.told}
    assert [event.id for event in day.told] == [e.id for e in day.safe if e.id in told]
    assert all(may_be_gone(event) for event in day.safe if event.id not in told)  # came too late


@pytest.mark.parametrize("seed", [1, 3, 5])
def test_the_power_is_cut_at_any_operation(tmp_path: Path, seed: int) -> None:
    operations = played(tmp_path, None, seed).disk.operations
    for cut_at in range(min(seed, EVERY), operations + 1, EVERY):
        day = played(tmp_path, cut_at, seed)
        journal = day.open()
        day.check()
        fresh = journal.state.fresh
        assert len(in_segments(day.folder)) == len(stored(day.folder)) - fresh
        journal.close()
        day.finish()
        day.safe = day.sent
        day.check()
        assert len(in_segments(day.folder)) == len(stored(day.folder))


@pytest.mark.parametrize("seed", range(40 // EVERY))
def test_the_power_is_cut_again_while_the_journal_recovers(tmp_path: Path, seed: int) -> None:
    day = played(tmp_path, 20 + 7 * seed, seed)
    for again in range(1, 40, 3):
        day.disk.cut_at = day.disk.operations + again
        try:
            journal = day.open()
            day.happen(1)
            day.send(journal)
            journal.compact(NOON)
            journal.close()
        except PowerCut:
            day.disk.restart()
    day.finish()
    day.check()


def rollups_of(folder: Path) -> list[pa.Table]:
    paths = sorted((folder / "rollups").rglob("*.parquet"))
    return [pq.read_table(path) for path in paths]


@pytest.mark.parametrize("seed", [2, 4])
def test_roll_ups_after_a_cut_are_a_recount_of_the_events(tmp_path: Path, seed: int) -> None:
    operations = played(tmp_path, None, seed, RollupKeeper()).disk.operations
    files = 0
    for cut_at in range(operations - 5 * seed, 1, -6 * EVERY):
        day = played(tmp_path, cut_at, seed, RollupKeeper())
        day.finish()
        other = Day(tmp_path / f"recount-{cut_at}", SimulatedDisk(tmp_path, 0))
        other.folder.mkdir()
        other.rollups = RollupKeeper()
        journal = other.open()
        held = stored(day.folder)
        journal.append(held)
        journal.compact(NOON)
        journal.close()
        found, recounted = rollups_of(day.folder), rollups_of(other.folder)
        assert found == recounted
        files += len(found)
    assert files > 3
