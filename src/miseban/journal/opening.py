"""Before a journal is used: nobody else writes it, it is of the right shop and version, and what a
crash has left lying about is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from miseban.journal.disk import PART, Disk, DiskLock, write_durably
from miseban.journal.log import log_numbers
from miseban.journal.manifest import (
    EVENTS_FOLDER,
    FILE,
    LOGS,
    RECEIPTS,
    REJECTED,
    Manifest,
    log_path,
    read_manifest,
    write_manifest,
)
from miseban.journal.upgrade import RESULTS, from_results
from miseban.vocabulary.errors import BadInput

LOCK = "lock"


def locked(disk: Disk, folder: Path) -> DiskLock:
    """The right to write. Raises ``BadInput`` (``journal-locked``, ``journal``)."""
    try:
        disk.make_folder(folder)
        return disk.lock(folder / LOCK)
    except BlockingIOError:
        what = "another process writes this journal: stop it first"
        raise BadInput("journal-locked", folder, what) from None
    except OSError as error:
        raise BadInput("journal", folder, f"no folder to write: {error.strerror}") from None


def open_manifest(disk: Disk, folder: Path, shop: str, timezone: str) -> Manifest:
    """What stands in the folder, or a new one. Raises ``BadInput`` and ``OSError``."""
    if FILE not in disk.names(folder):
        old = RESULTS in disk.names(folder)
        if disk.names(folder / LOGS) or (disk.names(folder / EVENTS_FOLDER) and not old):
            what = f"there are events and no {FILE}: restore a back-up, or that file from one"
            raise BadInput("journal", folder, what)
        if old:
            return from_results(disk, folder, shop, timezone)
        manifest = Manifest(shop=shop, timezone=timezone)
        write_manifest(disk, folder, manifest)
        return manifest
    manifest = read_manifest(folder, disk.read(folder / FILE))
    if manifest.shop != shop:
        what = f"the journal of shop {manifest.shop}, expected {shop}"
        raise BadInput("journal-shop", folder, what)
    return manifest


def sweep(disk: Disk, folder: Path, manifest: Manifest) -> None:
    """Takes away what ``manifest`` does not count in, and writes receipts that are missing. Raises
    ``OSError``."""
    for number in log_numbers(disk, folder):
        if number < manifest.first_log:
            disk.unlink(log_path(folder, number))
    counted = {folder / segment.path for segment in manifest.segments}
    for path in _below(disk, folder / EVENTS_FOLDER, 3):
        if path not in counted:
            disk.unlink(path)
            disk.remove_folder(path.parent)
    for name in (f"{FILE}{PART}", *manifest.superseded, *_parts(disk, folder)):
        disk.unlink(folder / name)
    write_receipts(disk, folder, manifest)


def write_receipts(disk: Disk, folder: Path, manifest: Manifest) -> None:
    """Each is a file when it returns. Raises ``OSError``."""
    there = set(disk.names(folder / RECEIPTS))
    for receipt in manifest.receipts:
        if receipt.file not in there:
            disk.make_folder(folder / RECEIPTS)
            content = receipt.model_dump_json(indent=1).encode()
            write_durably(disk, folder / RECEIPTS / receipt.file, content)


def _below(disk: Disk, folder: Path, levels: int) -> Iterator[Path]:
    for name in disk.names(folder):
        if levels > 1:
            yield from _below(disk, folder / name, levels - 1)
        else:
            yield folder / name


def _parts(disk: Disk, folder: Path) -> Iterator[str]:
    for inner in (REJECTED, RECEIPTS):
        for name in disk.names(folder / inner):
            if name.endswith(PART):
                yield f"{inner}/{name}"
