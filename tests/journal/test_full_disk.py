"""A disk that is full, or fails: what was accepted stays, and intake comes back by itself."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from miseban.journal.journal import Journal
from miseban.vocabulary.errors import Failed
from tests.journal.power import SimulatedDisk
from tests.journal.shop import NOON, SHOP, Maker, Outbox, batch, stored

MAKER = Maker(3)


@pytest.fixture
def disk(tmp_path: Path) -> SimulatedDisk:
    return SimulatedDisk(tmp_path)


def opened(tmp_path: Path, disk: SimulatedDisk, reserve: int = 0) -> Journal:
    return Journal.open(tmp_path / "journal", shop=SHOP, rollups=None, disk=disk, reserve=reserve)


def used(disk: SimulatedDisk) -> int:
    disk.room = 10**9
    return 10**9 - disk.free(disk.folder)


def test_below_the_reserve_nothing_is_taken_until_there_is_room(
    tmp_path: Path, disk: SimulatedDisk
) -> None:
    journal = opened(tmp_path, disk, reserve=100_000)
    events = MAKER.some(20)
    assert journal.accept([batch(events[:10])])[0].upto == 10
    disk.room = used(disk) + 99_000
    (ack,) = journal.accept([batch(events[10:], first=11)])
    assert (ack.state, ack.upto) == ("full", 10)
    assert journal.state.full
    assert "full" in (journal.state.trouble or "")
    assert len(stored(journal.folder)) == 10

    alert = MAKER.alert()
    assert journal.append([alert]) == 1  # the alarm itself may use half of the reserve
    journal.compact(NOON)  # and there is room for this
    assert journal.state.fresh == 0

    disk.room += 200_000
    assert not journal.state.full
    (ack,) = journal.accept([batch(events[10:], first=11)])
    assert (ack.state, ack.upto) == ("ok", 20)
    assert journal.state.trouble is None
    assert {e.id for e in stored(journal.folder)} == {e.id for e in (*events, alert)}


@pytest.mark.parametrize("left", [0, 1, 7, 100, 900])
def test_it_fills_up_in_the_middle_of_a_write(
    tmp_path: Path, disk: SimulatedDisk, left: int
) -> None:
    journal = opened(tmp_path, disk)
    events = MAKER.some(20)
    heard: list[str] = []
    journal.subscribe(lambda told: heard.extend(event.id for event in told))
    journal.accept([batch(events[:5])])
    disk.room = used(disk) + left
    assert [a.state for a in journal.accept([batch(events[5:], first=6)])] == ["full"]
    with pytest.raises(Failed, match="full"):
        journal.append(events[5:])
    assert len(heard) == 5
    journal.close()

    disk.room += 3_000  # somebody makes room, less than all needs
    journal = opened(tmp_path, disk)
    assert journal.state.torn == 0  # what was half written was taken back
    journal.subscribe(lambda told: heard.extend(event.id for event in told))
    outbox = Outbox()
    outbox.put(events)
    for _ in range(30):
        disk.room += 100
        (ack,) = journal.accept([outbox.batch(3)])
        outbox.heard(ack)
    assert ack.upto == 20
    assert heard == [event.id for event in events]
    assert [event.id for event in stored(journal.folder)] == heard


def test_a_journal_opens_on_a_disk_that_is_full(tmp_path: Path, disk: SimulatedDisk) -> None:
    journal = opened(tmp_path, disk)
    journal.accept([batch(MAKER.some(5))])
    journal.close()
    disk.room = used(disk)
    journal = opened(tmp_path, disk)
    assert journal.state.full
    assert journal.accept([batch(MAKER.some(5), first=6)])[0].state == "full"


def test_a_compaction_without_room_loses_nothing(tmp_path: Path, disk: SimulatedDisk) -> None:
    journal = opened(tmp_path, disk)
    events = MAKER.some(30)
    journal.accept([batch(events)])
    size = used(disk)
    for more in range(0, 9_000, 1_500):
        disk.room = size + more
        with pytest.raises(Failed, match="No space") as caught:
            journal.compact(NOON)
        assert caught.value.code == "compaction"
        assert sorted(e.id for e in stored(journal.folder)) == sorted(e.id for e in events)
    disk.room = 10**9
    journal.compact(NOON)
    assert journal.state.fresh == 0
    assert journal.accept([batch(events, first=1)])[0].upto == 30
    assert sorted(e.id for e in stored(journal.folder)) == sorted(e.id for e in events)


@pytest.mark.parametrize("at", range(1, 9))
def test_what_a_failed_sync_left_is_not_believed(
    tmp_path: Path, disk: SimulatedDisk, at: int
) -> None:
    """Each operation of an intake fails once; then the power is cut."""
    disk.rng.seed(at)
    journal = opened(tmp_path, disk)
    events = MAKER.some(12)
    outbox = Outbox()
    outbox.put(events)
    if at > 4:
        outbox.heard(journal.accept([outbox.batch(4)])[0])
    disk.fail_at = {disk.operations + 1 + at % 5}
    safe = 0
    for _ in range(6):
        (ack,) = journal.accept([outbox.batch(4)])
        safe = ack.upto
        outbox.heard(ack)
    assert safe == 12
    assert [event.id for event in stored(journal.folder)] == [event.id for event in events]
    disk.off = True
    disk.restart()
    assert [event.id for event in stored(journal.folder)] == [event.id for event in events]
    journal = opened(tmp_path, disk)
    assert journal.state.totals.kept == 12
    assert journal.state.damage == ()
    assert journal.accept([batch(events)])[0].upto == 12
    assert [event.id for event in stored(journal.folder)] == [event.id for event in events]


def test_a_log_whose_sync_failed_is_left_behind(tmp_path: Path, disk: SimulatedDisk) -> None:
    journal = opened(tmp_path, disk)
    events = MAKER.some(9)
    journal.accept([batch(events[:3])])
    disk.fail_at = {disk.operations + 2}  # the write, then its sync
    (ack,) = journal.accept([batch(events[3:6], first=4)])
    assert (ack.state, ack.upto) == ("full", 3)
    assert "Input/output error" in (journal.state.trouble or "")
    assert journal.accept([batch(events[3:], first=4)])[0].upto == 9
    assert disk.names(tmp_path / "journal" / "log") == ["00000001.log", "00000002.log"]
    assert [event.id for event in stored(journal.folder)] == [event.id for event in events]


@pytest.mark.parametrize("operation", range(1, 60, 3))
def test_a_failing_disk_under_a_compaction(
    tmp_path: Path, disk: SimulatedDisk, operation: int
) -> None:
    journal = opened(tmp_path, disk)
    events = MAKER.some(9)
    journal.accept([batch(events[:6])])
    journal.compact(NOON)
    journal.accept([batch(events[6:], first=7)])
    disk.fail_at = {disk.operations + operation, disk.operations + operation + 1}
    with suppress(Failed):  # it may be past the operations of a compaction
        journal.compact(NOON)
    disk.off = True
    disk.restart()
    journal = opened(tmp_path, disk)
    journal.compact(NOON)
    assert journal.accept([batch(events)])[0].upto == 9
    assert sorted(e.id for e in stored(journal.folder)) == sorted(e.id for e in events)
