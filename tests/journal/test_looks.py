"""Who waits for a look at the journal, and what a look leaves to the compaction."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from miseban.journal.journal import Journal
from miseban.journal.looks import KEPT_SHARE, OLD_S
from miseban.journal.reader import JournalReader
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.journal.snapshot import AT_ONCE
from tests.journal.shop import NOON, SHOP, Maker

MAKER = Maker(4)
SUM = "SELECT coalesce(sum(n), 0)::INTEGER AS n FROM days WHERE what = 'line'"
LONG_S, NEVER_S = 3.0, 60.0


class Clock:
    """Stands still, but a look takes ``took`` seconds of it."""

    def __init__(self) -> None:
        self.now_s, self.took_s = 0.0, 0.0

    def __call__(self) -> float:
        self.now_s += self.took_s
        return self.now_s


def opened(folder: Path) -> Journal:
    return Journal.open(folder, shop=SHOP, timezone="Asia/Tokyo", rollups=RollupKeeper())


def told(reader: JournalReader) -> int:
    found = reader.table(SUM)["n"].to_pylist()
    assert isinstance(found[0], int)
    return found[0]


def after_a_long_look(folder: Path, clock: Clock) -> JournalReader:
    """A reader that has looked once, for ``LONG_S``."""
    clock.took_s = LONG_S
    reader = JournalReader(folder, patience_s=5.0, clock=clock)
    clock.took_s = 0.0
    return reader


def test_nobody_waits_for_a_long_look_unless_the_last_is_old(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.append(MAKER.some(5, kind="line"))
    clock = Clock()
    reader = after_a_long_look(tmp_path, clock)
    looked_s = clock.now_s
    journal.append(MAKER.some(2, NOON + timedelta(hours=1), kind="line"))
    clock.now_s = looked_s + 20 * LONG_S
    assert told(reader) == 5  # at once, of the last look
    until = time.monotonic() + NEVER_S
    while told(reader) == 5 and time.monotonic() < until:
        time.sleep(0.01)
    assert told(reader) == 7  # the look beside is through

    reader = after_a_long_look(tmp_path, clock)
    journal.append(MAKER.some(3, NOON + timedelta(hours=2), kind="line"))
    clock.now_s += OLD_S
    assert told(reader) == 10  # so old a look is of no use
    journal.close()


def test_a_look_is_kept_fresh_though_nobody_asks(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    clock = Clock()
    reader = after_a_long_look(tmp_path, clock)
    first = reader.snapshot()
    with reader.kept_fresh():
        journal.append(MAKER.some(5, kind="line"))
        clock.now_s += KEPT_SHARE * LONG_S
        until = time.monotonic() + NEVER_S
        while reader._looks._last is first and time.monotonic() < until:
            time.sleep(0.01)
    assert told(reader) == 5
    journal.close()


def test_a_compaction_leaves_the_last_look_its_roll_ups_and_takes_its_events(
    tmp_path: Path,
) -> None:
    journal = opened(tmp_path)
    journal.append(MAKER.some(5, kind="line"))
    reader = JournalReader(tmp_path, patience_s=50.0, clock=Clock())
    journal.append(MAKER.some(2, NOON + timedelta(hours=1), kind="line"))
    journal.compact(datetime.now(UTC))
    assert told(reader) == 5
    both = f"SELECT ({SUM}) AS n, (SELECT count(*) FROM events) AS events"
    assert reader.table(both).to_pylist() == [{"n": 7, "events": 7}]
    journal.close()


def test_what_was_forgotten_is_not_told_out_of_the_last_look(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.append(MAKER.some(5, kind="line"))
    reader = JournalReader(tmp_path, patience_s=50.0, clock=Clock())
    first = reader.snapshot()
    assert told(reader) == 5
    journal.forget("trajectory", NOON + timedelta(days=1))
    assert told(reader) == 5
    assert reader.snapshot() is not first
    journal.close()


def test_of_weeks_that_come_in_at_once_a_patient_reader_counts_the_newest_days(
    tmp_path: Path,
) -> None:
    journal = opened(tmp_path)
    for ago in range(10):
        journal.append(MAKER.some(3, NOON - timedelta(days=ago), kind="line"))
    patient = JournalReader(tmp_path, patience_s=5.0, clock=Clock())
    assert len(patient.snapshot().recounted) <= AT_ONCE + 1
    assert 0 < told(patient) < 30
    assert told(JournalReader(tmp_path)) == 30
    journal.compact(NOON + timedelta(days=1))
    assert told(JournalReader(tmp_path, patience_s=5.0)) == 30
    journal.close()
