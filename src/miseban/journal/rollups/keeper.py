"""The roll-ups of a journal, as the journal calls for them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from miseban.journal.apart import Caller, here
from miseban.journal.day_tables import DaysOf, DayTables
from miseban.journal.disk import Disk
from miseban.journal.manifest import Manifest
from miseban.journal.rollups.forgetting import forget
from miseban.journal.rollups.older import Stamp, count_older, older
from miseban.journal.rollups.repair import repair, repairing
from miseban.journal.rollups.update import update
from miseban.journal.rollups.window import COLUMNS
from miseban.vocabulary.events import DataClass

OLDER_AT_ONCE = 4
"""Days of older rules in one call: questions and intake go on, a year takes a day."""


class RollupKeeper:
    """To be given to ``Journal.open(rollups=...)``. Each call may be made again at any time, after
    a crash too, and come to the same. A damaged file is made again from the events. Raise
    ``OSError``. ``rest`` is called between the parts of a long piece of work, and may take a while.
    Where few days have changed, they are counted by ``call``.
    """

    def __init__(self, rest: Callable[[], None] = lambda: None, call: Caller = here) -> None:
        self._rest, self._call = rest, call
        self._right = dict[Path, Stamp]()  # files in which no day is by older rules
        self._stuck = dict[Path, set[date]]()  # days whose events cannot be read, by folder

    def update(self, disk: Disk, folder: Path, manifest: Manifest) -> Collection[date]:
        """The segments of the days (UTC) in ``manifest.stale`` have changed. Days that rest on a
        segment that cannot be read stay as they are; returned are the days (UTC) to come back to.
        """
        source, waiting = _source(folder, manifest), set[date]()

        def run() -> set[date]:
            return update(
                folder,
                manifest.stale,
                source,
                timezone=manifest.timezone,
                forgotten=manifest.forgotten,
                disk=disk,
                rest=self._rest,
                call=self._call,
            )

        left = repairing(run, lambda path: waiting.update(_repair(disk, folder, path, manifest)))
        return left | waiting

    def follow_rules(self, disk: Disk, folder: Path, manifest: Manifest) -> set[date]:
        """Some days that were counted by older rules are counted again, the newest first.
        ``update`` has been called before. Returned are days (UTC) to come back to, whose rows a
        damaged file has lost."""

        def run() -> set[date]:
            days = list(islice(older(folder, self._right), OLDER_AT_ONCE + len(stuck)))
            days = [day for day in days if day not in stuck][:OLDER_AT_ONCE]
            if not days:
                return set()
            source = _source(folder, manifest)
            zone, gone, rest = manifest.timezone, manifest.forgotten, self._rest
            return count_older(disk, folder, days, source, timezone=zone, forgotten=gone, rest=rest)

        stuck = self._stuck.setdefault(folder, set())
        lost = set[date]()
        stuck |= repairing(run, lambda path: lost.update(_repair(disk, folder, path, manifest)))
        return lost

    def forget(
        self, disk: Disk, folder: Path, manifest: Manifest, data: DataClass, before: datetime
    ) -> None:
        """Events of ``data`` from before ``before`` are about to go."""
        zone, since = manifest.timezone, manifest.forgotten.get(data)
        rest = self._rest
        repairing(
            lambda: forget(folder, data, before, timezone=zone, since=since, disk=disk, rest=rest),
            lambda path: _repair(disk, folder, path, manifest),
        )


def _always() -> bool:
    return True


def _source(folder: Path, manifest: Manifest) -> DaysOf:
    return DaysOf(DayTables(folder, COLUMNS), manifest.segments, stands=_always)


def _repair(disk: Disk, folder: Path, path: Path, manifest: Manifest) -> set[date]:
    source = _source(folder, manifest)
    zone, forgotten = manifest.timezone, manifest.forgotten
    return repair(disk, folder, path, source, timezone=zone, forgotten=forgotten)
