"""The roll-ups of a journal, as the journal calls for them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

from miseban.journal.day_tables import DaysOf, DayTables
from miseban.journal.disk import Disk
from miseban.journal.manifest import Manifest
from miseban.journal.rollups.forgetting import forget
from miseban.journal.rollups.update import update
from miseban.journal.rollups.window import COLUMNS
from miseban.vocabulary.events import DataClass


class RollupKeeper:
    """To be given to ``Journal.open(rollups=...)``. Both calls may be made again at any time, after
    a crash too, and come to the same. Raise ``OSError``, and ``BadInput`` for a damaged roll-up.
    """

    def update(self, disk: Disk, folder: Path, manifest: Manifest) -> Collection[date]:
        """The segments of the days (UTC) in ``manifest.stale`` have changed. Days that rest on a
        segment that cannot be read stay as they are; returned are the days (UTC) to come back to.
        """
        source = DaysOf(DayTables(folder, COLUMNS), manifest.segments, stands=lambda: True)
        return update(
            folder,
            manifest.stale,
            source,
            timezone=manifest.timezone,
            forgotten=manifest.forgotten,
            disk=disk,
        )

    def forget(
        self, disk: Disk, folder: Path, manifest: Manifest, data: DataClass, before: datetime
    ) -> None:
        """Events of ``data`` from before ``before`` are about to go."""
        forget(folder, data, before, timezone=manifest.timezone, disk=disk)
