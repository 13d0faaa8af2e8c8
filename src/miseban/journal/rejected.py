"""What came and was no event: kept for a person to look at, for a while and not without end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from miseban.journal.disk import Disk, write_durably
from miseban.journal.manifest import REJECTED

MOST_BYTES = 1_000_000
"""Of a file; what is over is counted in the journal's totals, and no more."""
MOST_FILES = 60


def write_rejected(
    disk: Disk, folder: Path, log: int, lines: Sequence[bytes], now: datetime
) -> None:
    """``rejected/<day>-<log>.jsonl``: a line of JSON each, with source, stream, number, why and the
    line. Written again after a crash, it is the same file. Raises ``OSError``."""
    size, kept = 0, []
    for line in lines:
        size += len(line) + 1
        if size > MOST_BYTES:
            break
        kept.append(line)
    inner = folder / REJECTED
    disk.make_folder(inner)
    for name in disk.names(inner):
        if name.endswith(f"-{log:08d}.jsonl"):
            disk.unlink(inner / name)
    day = now.astimezone(UTC).date().isoformat()
    write_durably(disk, inner / f"{day}-{log:08d}.jsonl", b"\n".join(kept) + b"\n")
    for name in _files(disk, inner)[:-MOST_FILES]:
        disk.unlink(inner / name)


def forget_rejected(disk: Disk, folder: Path, before: datetime) -> int:
    """Takes away what was rejected on days before that of ``before`` (UTC), whatever it was: it may
    hold any class of data. How many files went. Raises ``OSError``."""
    first = before.astimezone(UTC).date()
    gone = 0
    for name in _files(disk, folder / REJECTED):
        if date.fromisoformat(name[:10]) < first:
            disk.unlink(folder / REJECTED / name)
            gone += 1
    return gone


def oldest_rejected(folder: Path) -> tuple[date, int] | None:
    """The first day (UTC) on which anything was rejected, and how many files there are."""
    names = sorted(path.name for path in (folder / REJECTED).glob("*.jsonl"))
    return (date.fromisoformat(names[0][:10]), len(names)) if names else None


def _files(disk: Disk, inner: Path) -> list[str]:
    return [name for name in disk.names(inner) if name.endswith(".jsonl")]
