"""Roll-ups that cannot be read any more are made again from the events that are there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import structlog

from miseban.journal.disk import Disk
from miseban.journal.rollups.files import Damaged, days_in
from miseban.journal.rollups.update import Source, recounted, write
from miseban.vocabulary.events import DataClass

log = structlog.get_logger(__name__)
T = TypeVar("T")


def repairing(run: Callable[[], T], repair: Callable[[Path], object]) -> T:
    """What ``run`` returns; whenever it finds a damaged file, that is repaired and ``run`` called
    again. Raises ``Damaged`` where a file is damaged again at once."""
    repaired: set[Path] = set()
    while True:
        try:
            return run()
        except Damaged as error:
            if error.path in repaired:
                raise
            repaired.add(error.path)
            repair(error.path)


def repair(
    disk: Disk,
    folder: Path,
    path: Path,
    source: Source,
    *,
    timezone: str,
    forgotten: Mapping[DataClass, datetime],
) -> set[date]:
    """Puts another file in the place of the damaged ``path``, and of those that prove damaged on
    the way: each at once, so that until then a crash leaves it to be repaired. What rests on
    events that have been forgotten is lost with it.

    Returns days (of the shop) whose events cannot be read now: they have no rows in these files.
    Raises ``OSError``.
    """
    damaged = {path}
    while True:
        days = {day for each in damaged for day in days_in(each)}
        waiting = set[date]()
        try:
            done = dict(
                recounted(
                    folder,
                    days,
                    source,
                    timezone=timezone,
                    forgotten=forgotten,
                    waiting=waiting,
                    damaged=damaged,
                )
            )
            write(disk, folder, done, damaged)
        except Damaged as error:
            damaged.add(error.path)
            continue
        for each in sorted(damaged):
            if not any(day in done for day in days_in(each)):
                disk.unlink(each)  # nothing is known of its days any more
            log.warning("rollup.repaired", file=str(each), unreadable_days=len(waiting))
        return waiting
