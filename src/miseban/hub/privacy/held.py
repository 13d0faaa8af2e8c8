"""What a hub holds of people, wherever it lies: the journal, the database, outboxes, back-ups.

Nothing is changed by looking: files are read as they are, a database is asked and never written.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final, Literal

import pyarrow.compute as pc
from pydantic import AwareDatetime, BaseModel, ConfigDict

from miseban.journal.disk import RealDisk
from miseban.journal.fresh import FreshLog
from miseban.journal.manifest import FILE, Manifest, read_manifest
from miseban.journal.rejected import oldest_rejected
from miseban.journal.rollups.few import FEW
from miseban.journal.rollups.files import days_there, read_rows
from miseban.journal.rollups.rows import LEVELS, class_of, rows_where
from miseban.journal.segments import read_segment
from miseban.vocabulary.events import EVENT_CLASSES, DataClass

Kind = Literal[
    "events", "log", "roll-ups", "rejected lines", "stray file", "receipts", "outbox", "accounts",
    "audit log", "member requests", "push subscriptions", "webhook queue",
]  # fmt: skip
SINGLE: Final = ("trajectory", "assist")
"""Classes whose roll-ups tell of few people once their time is over."""


class Held(BaseModel):
    """``records`` of one kind and class at one ``place``, of which the oldest is of ``oldest``.
    ``data`` is none where they may be of any class, or are of none. ``backup`` names the back-up
    that they lie in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    data: DataClass | None
    place: str
    records: int
    oldest: AwareDatetime | None
    backup: str | None = None


def held_in_journal(folder: Path, backup: str | None = None) -> Iterator[Held]:
    """Of the journal, or of the back-up of one, in ``folder``. Raises ``BadInput``
    (``journal``)."""
    manifest = read_manifest(folder)
    yield from _segments(folder, manifest, backup)
    yield from _fresh(folder, manifest, backup)
    yield from _rollups(folder, backup)
    found = oldest_rejected(folder)
    if found is not None:
        day, files = found
        when = datetime.combine(day, time(), UTC)
        yield _held("rejected lines", None, folder / "rejected", files, when, backup)
    receipts = sorted((folder / "receipts").glob("*.json"))
    if receipts:
        yield _held("receipts", None, folder / "receipts", len(receipts), None, backup)
    yield from _stray(folder, manifest, backup)


def _segments(folder: Path, manifest: Manifest, backup: str | None) -> Iterator[Held]:
    for data in sorted({segment.data for segment in manifest.segments}):
        of_class = [segment for segment in manifest.segments if segment.data == data]
        first = min(segment.day for segment in of_class)
        times = [
            pc.min(read_segment(folder / segment.path, ["time"])["time"]).as_py()
            for segment in of_class
            if segment.day == first
        ]
        n = sum(segment.events for segment in of_class)
        yield _held("events", data, folder / "events" / data, n, min(times), backup)


def _fresh(folder: Path, manifest: Manifest, backup: str | None) -> Iterator[Held]:
    fresh, _ = FreshLog(RealDisk(), folder).read(manifest.first_log, manifest.shop)
    if not len(fresh):
        return
    groups = fresh.group_by("type").aggregate([("time", "min"), ("time", "count")])
    found: dict[DataClass, tuple[int, datetime]] = {}
    for row in groups.to_pylist():
        data = EVENT_CLASSES[row["type"]]
        n, oldest = found.get(data, (0, row["time_min"]))
        found[data] = n + row["time_count"], min(oldest, row["time_min"])
    for data, (n, oldest) in sorted(found.items()):
        yield _held("log", data, folder / "log", n, oldest, backup)


def _rollups(folder: Path, backup: str | None) -> Iterator[Held]:
    """Of counts all; of single people what would tell of fewer than ``FEW``: the minutes, and
    durations and places of few."""
    found: dict[DataClass, tuple[int, date]] = {}
    for level in LEVELS:
        for path in days_there(folder, level):
            rows = read_rows(path)
            if level == "minute":
                rows = rows.select(["what", "detail", "day"])
            else:
                few = pc.and_(pc.less(rows["n"], FEW), pc.is_valid(rows["total"]))
                rows = rows.filter(pc.or_(few, rows_where(rows, _is_count)))
            groups = rows.group_by(["what", "detail"]).aggregate([("day", "min"), ("day", "count")])
            for row in groups.to_pylist():
                data = class_of(row["what"], row["detail"])
                n, oldest = found.get(data, (0, row["day_min"]))
                found[data] = n + row["day_count"], min(oldest, row["day_min"])
    for data, (n, day) in sorted(found.items()):
        if data in (*SINGLE, "count"):
            # The end of that day: until then some of it is within its time.
            when = datetime.combine(day, time(), UTC) + timedelta(days=1)
            yield _held("roll-ups", data, folder / "rollups", n, when, backup)


def _is_count(what: str, detail: str) -> bool:
    return class_of(what, detail) == "count"


def _stray(folder: Path, manifest: Manifest, backup: str | None) -> Iterator[Held]:
    """Files that ``journal.json`` does not count in: of no account, and there nevertheless."""
    counted = {folder / segment.path for segment in manifest.segments}
    for path in sorted((folder / "events").rglob("*.parquet")):
        if path not in counted:
            table = read_segment(path, ["time"])
            oldest = pc.min(table["time"]).as_py()
            yield _held("stray file", None, path, len(table), oldest, backup)


def _held(
    kind: Kind,
    data: DataClass | None,
    place: Path,
    records: int,
    oldest: datetime | None,
    backup: str | None,
) -> Held:
    return Held(
        kind=kind, data=data, place=str(place), records=records, oldest=oldest, backup=backup
    )


def is_journal(folder: Path) -> bool:
    return (folder / FILE).is_file()
