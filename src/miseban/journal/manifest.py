"""``journal.json``: what stands in a journal's folder. Whatever changes, changes when it is renamed
into place: new segments, the logs that they make superfluous, what was forgotten.

    journal.json                              this file
    log/00000007.log                          what came since the last compaction (``log.py``)
    events/count/2026-04-07/00000012.parquet  the rest: a folder for each class and day (UTC)
    rollups/                                  sums by minute, hour and day (docs/rollups.md)
    rejected/                                 what came and was no event
    receipts/00000003.json                    of each deletion

A file of ``log/`` or ``events/`` that ``journal.json`` does not count in is of no account.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from miseban.journal.disk import Disk, write_durably
from miseban.vocabulary.delivery import Stream
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import DataClass
from miseban.vocabulary.identifiers import Name

SCHEMA_VERSION = 1
"""Of the folder. What changed: ``upgrade.py``."""
FILE = "journal.json"
LOGS, EVENTS_FOLDER, ROLLUPS, REJECTED, RECEIPTS = (
    "log",
    "events",
    "rollups",
    "rejected",
    "receipts",
)
Number = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=0)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Place = tuple[DataClass, date]
"""A class, and a day (UTC)."""


class Segment(_Table):
    """A Parquet file of ``events`` events of one class and one day (UTC)."""

    data: DataClass
    day: date
    file: Number
    events: Count

    @property
    def path(self) -> Path:
        """Below the journal's folder."""
        name = f"{self.file:08d}.parquet"
        return Path(EVENTS_FOLDER, self.data, self.day.isoformat(), name)


class Mark(_Table):
    """How far ``stream`` of ``source`` is kept, and how many of its events will never come;
    ``time`` is that of the newest event. ``used`` grows with every batch of any stream."""

    source: Name
    stream: Stream
    upto: Count
    lost: Count = 0
    time: AwareDatetime | None = None
    used: Count = 0


class Receipt(_Table):
    """Of a deletion: ``events`` events of a class from before ``before`` are gone, of these days.
    ``made`` is when, where somebody told the time."""

    number: Number
    data: DataClass
    before: AwareDatetime
    events: Count
    days: tuple[date, ...]
    rejected: Count = 0
    made: AwareDatetime | None = None

    @property
    def file(self) -> str:
        """Its name in ``receipts/``."""
        return f"{self.number:08d}.json"


class Totals(_Table):
    """What came since the journal was made: events kept, events that were there already, events
    that were none, events of a class that is not kept or was already forgotten."""

    kept: Count = 0
    twice: Count = 0
    rejected: Count = 0
    dropped: Count = 0


class Manifest(_Table):
    """Logs from ``first_log`` on count; ``next_file`` is a number that no segment has had.
    ``marks`` and ``totals`` are as they were before ``first_log``. ``stale`` are days (UTC) whose
    roll-ups are yet to follow; ``receipts`` are those that may not be files yet, ``superseded`` are
    files of an older version that may not be gone yet."""

    version: int = SCHEMA_VERSION
    shop: Name
    timezone: str = "UTC"
    first_log: Number = 1
    next_file: Number = 1
    next_receipt: Number = 1
    segments: tuple[Segment, ...] = ()
    marks: tuple[Mark, ...] = ()
    totals: Totals = Totals()
    stale: dict[date, tuple[DataClass, ...]] = {}
    forgotten: dict[DataClass, datetime] = {}
    receipts: tuple[Receipt, ...] = ()
    superseded: tuple[str, ...] = ()


def log_path(folder: Path, number: int) -> Path:
    return folder / LOGS / f"{number:08d}.log"


def read_manifest(folder: Path, content: bytes | None = None) -> Manifest:
    """Raises ``BadInput`` (``journal``, ``journal-newer``), also when there is none."""
    path = folder / FILE
    try:
        text = path.read_bytes() if content is None else content
        version = _Version.model_validate_json(text).version
        if version > SCHEMA_VERSION:
            what = f"made by a newer miseban: version {version}, this one knows {SCHEMA_VERSION}"
            raise BadInput("journal-newer", path, what)
        return Manifest.model_validate_json(text)
    except OSError as error:
        raise BadInput("journal", path, f"no journal there: {error.strerror}") from None
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, found["loc"])) or "the file"
        raise BadInput("journal", path, f"{where}: {found['msg']}") from None


def write_manifest(disk: Disk, folder: Path, manifest: Manifest) -> None:
    """What is in ``manifest`` stands from now on. Raises ``OSError``; the old one may stand."""
    write_durably(disk, folder / FILE, manifest.model_dump_json(indent=1).encode())


class _Version(BaseModel):
    version: int
