"""Days that were counted by older rules are counted again, a few at a time.

What is counted of a day's events grows with the product. Each day says by which rules it was
counted (its ``counted`` row), so nothing else has to be remembered, and a crash changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

import pyarrow.compute as pc

from miseban.journal.disk import Disk
from miseban.journal.rollups.counting import COUNTED, DayRows
from miseban.journal.rollups.files import days_there, read_rows
from miseban.journal.rollups.relevant import BY_RULES
from miseban.journal.rollups.update import Source, recounted, write
from miseban.vocabulary.events import DataClass

Stamp = tuple[int, int, int]
"""When a file was written, its size, and which one it is."""


def older(folder: Path, right: dict[Path, Stamp] | None = None) -> Iterator[date]:
    """The days of the shop that were counted by older rules, newest first. Files that cannot be
    read now are left for another time; ``right`` remembers those that have no such day. Raises
    ``Damaged``."""
    for path in reversed(days_there(folder, "day")):
        try:
            at = path.stat()
            stamp = at.st_mtime_ns, at.st_size, at.st_ino
            if right is not None and right.get(path) == stamp:
                continue
            rows = read_rows(path, columns=["day", "what", "detail"])
        except OSError:
            continue
        by_others = pc.and_(
            pc.equal(rows["what"], COUNTED), pc.invert(pc.starts_with(rows["detail"], BY_RULES))
        )
        days = sorted(pc.unique(rows["day"].filter(by_others)).to_pylist(), reverse=True)
        if right is not None and not days:
            right[path] = stamp
        yield from days


def count_older(
    disk: Disk,
    folder: Path,
    days: list[date],
    source: Source,
    *,
    timezone: str,
    forgotten: Mapping[DataClass, datetime],
    rest: Callable[[], None] = lambda: None,
) -> set[date]:
    """Counts ``days`` of the shop again, and returns those that wait because their events cannot
    be read: these stay as they are. Raises ``OSError``, ``Damaged``."""
    done, waiting = dict[date, DayRows](), set[date]()
    for day, rows in recounted(
        folder, days, source, timezone=timezone, forgotten=forgotten, waiting=waiting
    ):
        done[day] = rows
        rest()
    write(disk, folder, done)
    return waiting
