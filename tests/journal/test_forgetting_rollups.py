"""Night after night, or all at once, or broken off in between: roll-ups of what was forgotten come
to the same, and days that were done are not touched again."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from miseban.journal.disk import RealDisk
from miseban.journal.journal import Journal
from miseban.journal.manifest import read_manifest
from miseban.journal.rollups.files import days_there, read_rows
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.journal.rollups.rows import LEVELS
from miseban.vocabulary.events import Event
from tests.journal.shop import SHOP, Maker

FIRST = datetime(2026, 3, 28, 1, tzinfo=UTC)
DAYS = 8
"""From the end of one month into the next."""
LATER = FIRST + timedelta(days=30)
KINDS = ("left", "visit", "line", "health")


class BrokenOffError(Exception):
    pass


def filled(folder: Path, keeper: RollupKeeper | None = None) -> Journal:
    maker = Maker(7)
    events: list[Event] = []
    for day in range(DAYS):
        start = FIRST + timedelta(days=day)
        for n, kind in enumerate(KINDS):
            events += maker.some(7, start + timedelta(hours=n), kind)
    journal = Journal.open(
        folder, shop=SHOP, timezone="Asia/Tokyo", rollups=keeper or RollupKeeper()
    )
    journal.append(events)
    journal.compact(LATER)
    return journal


def rolled_up(folder: Path) -> dict[str, list[dict[str, object]]]:
    """Every row of every file, by its name."""
    return {
        f"{level}/{path.name}": read_rows(path).to_pylist()
        for level in LEVELS
        for path in days_there(folder, level)
    }


@pytest.mark.parametrize("data", ["trajectory", "count"])
def test_night_after_night_comes_to_the_same_as_all_at_once(tmp_path: Path, data: str) -> None:
    whole, nightly = filled(tmp_path / "whole"), filled(tmp_path / "nightly")
    end = FIRST + timedelta(days=DAYS - 2)
    whole.forget(data, end, now=LATER)  # type: ignore[arg-type]
    for night in range(DAYS - 1):
        nightly.forget(data, FIRST + timedelta(days=night), now=LATER)  # type: ignore[arg-type]
    assert rolled_up(tmp_path / "nightly") == rolled_up(tmp_path / "whole")
    assert any(name.startswith("minute") for name in rolled_up(tmp_path / "whole"))
    whole.close()
    nightly.close()


def test_a_night_looks_at_no_day_that_was_done(tmp_path: Path) -> None:
    looked: list[int] = []
    journal = filled(tmp_path, RollupKeeper(lambda: looked.append(1)))
    looked.clear()
    journal.forget("trajectory", FIRST + timedelta(days=5), now=LATER)
    first = len(looked)
    before = {path: path.stat().st_ino for path in days_there(tmp_path, "minute")}
    looked.clear()
    journal.forget("trajectory", FIRST + timedelta(days=6), now=LATER)
    # A day of minutes, and the month of hours and of days that it is in.
    assert len(looked) == 3 < first
    changed = [path.stem for path, number in before.items() if path.stat().st_ino != number]
    assert changed == [f"{FIRST + timedelta(days=5):%Y-%m-%d}"]
    journal.close()


@pytest.mark.parametrize("after", range(0, 12, 3))
def test_what_was_broken_off_goes_on(tmp_path: Path, after: int) -> None:
    """As when a hub is closed at night; what it had done stands, the rest is done later."""
    left = [10_000]

    def rest() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise BrokenOffError

    journal = filled(tmp_path / "off", RollupKeeper(rest))
    end = FIRST + timedelta(days=DAYS - 2)
    left[0] = after
    with pytest.raises(BrokenOffError):
        journal.forget("trajectory", end, now=LATER)
    left[0] = 10_000
    journal.append(Maker(9).some(3, LATER, "line"))  # it goes on taking in
    journal.close()
    journal = Journal.open(
        tmp_path / "off", shop=SHOP, timezone="Asia/Tokyo", rollups=RollupKeeper()
    )
    receipt = journal.forget("trajectory", end, now=LATER)
    assert receipt.events > 0
    other = filled(tmp_path / "whole")
    other.append(Maker(9).some(3, LATER, "line"))
    other.forget("trajectory", end, now=LATER)
    assert rolled_up(tmp_path / "off") == rolled_up(tmp_path / "whole")
    journal.close()
    other.close()


class CountingDisk(RealDisk):
    """How often journal.json was another one."""

    changes = 0

    def rename(self, old: Path, new: Path) -> None:
        self.changes += new.name == "journal.json"
        super().rename(old, new)


def test_days_that_are_over_become_one_file_each_at_once(tmp_path: Path) -> None:
    """Who reads meanwhile begins again whenever journal.json is another one."""
    maker, disk = Maker(3), CountingDisk()
    journal = Journal.open(tmp_path, shop=SHOP, timezone="Asia/Tokyo", disk=disk)
    for turn in range(3):
        for day in range(5):
            start = FIRST + timedelta(days=day, hours=turn)
            journal.append([one for kind in KINDS for one in maker.some(2, start, kind)])
        journal.append(maker.some(30 * 3 ** (2 - turn), FIRST, "line"))
        journal.compact(FIRST)
    journal.append(maker.some(1, LATER, "line"))
    parts = journal.state.segments
    disk.changes = 0
    journal.compact(LATER)
    assert journal.state.segments < parts
    held = Counter((segment.data, segment.day) for segment in read_manifest(tmp_path).segments)
    assert max(held.values()) == 1
    # What came, the days that were over, and the roll-ups.
    assert disk.changes == 3
    journal.close()
