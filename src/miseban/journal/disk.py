"""The file layer: everything that the journal writes passes through a ``Disk``.

So that a test can cut the power at any of its steps, fill it up, or let it fail. What a disk
promises is little: what was written is there after a power cut when the file was synced since, and
a name is there when its folder was. Paths are whole ones; every error is the ``OSError`` of the
system.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol


class DiskFile(Protocol):
    """A file that is open for writing."""

    def write(self, data: bytes, at: int) -> None:
        """Writes all of ``data`` from byte ``at`` on. After an error a part of it may stand."""

    def truncate(self, size: int) -> None: ...

    def sync(self) -> None:
        """Returns when what was written is durable. After an error nothing that was written since
        the last sync may be believed, also when a later sync says that all is well."""

    def close(self) -> None: ...


class Disk(Protocol):
    """Where a journal lies."""

    def open(self, path: Path) -> DiskFile:
        """Opens a file for writing; it is made where there is none."""

    def read(self, path: Path, most: int | None = None) -> bytes:
        """All of it, or the first ``most`` bytes."""

    def rename(self, old: Path, new: Path) -> None:
        """Takes the place of ``new`` in one step, if there is one."""

    def unlink(self, path: Path) -> None:
        """No error when it is not there."""

    def make_folder(self, path: Path) -> None:
        """With those above it; durable when it returns."""

    def remove_folder(self, path: Path) -> None:
        """Only an empty one; otherwise it stays, without an error."""

    def sync_folder(self, path: Path) -> None: ...

    def names(self, path: Path) -> list[str]:
        """Sorted names of what is in a folder; none when there is no such folder."""

    def free(self, path: Path) -> int:
        """Bytes that may still be written."""

    def lock(self, path: Path) -> DiskLock:
        """Raises ``BlockingIOError`` when another has it."""


class DiskLock(Protocol):
    """Held until it is closed, or its process ends."""

    def close(self) -> None: ...


class RealFile:
    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def write(self, data: bytes, at: int) -> None:
        view = memoryview(data)
        while view:
            done = os.pwrite(self._handle, view, at)
            view, at = view[done:], at + done

    def truncate(self, size: int) -> None:
        os.ftruncate(self._handle, size)

    def sync(self) -> None:
        os.fdatasync(self._handle)

    def close(self) -> None:
        os.close(self._handle)


class RealLock:
    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._handle)
            raise

    def close(self) -> None:
        os.close(self._handle)


class RealDisk:
    """The operating system's files."""

    def open(self, path: Path) -> DiskFile:
        return RealFile(path)

    def read(self, path: Path, most: int | None = None) -> bytes:
        with path.open("rb") as file:
            return file.read() if most is None else file.read(most)

    def rename(self, old: Path, new: Path) -> None:
        old.replace(new)

    def unlink(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def make_folder(self, path: Path) -> None:
        if not path.is_dir():
            self.make_folder(path.parent)
            path.mkdir(exist_ok=True)
        self.sync_folder(path.parent)  # it may be one that a process made and died

    def remove_folder(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            path.rmdir()

    def sync_folder(self, path: Path) -> None:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def names(self, path: Path) -> list[str]:
        try:
            return sorted(os.listdir(path))  # noqa: PTH208 - names, not paths
        except FileNotFoundError:
            return []

    def free(self, path: Path) -> int:
        found = os.statvfs(path)
        return found.f_bavail * found.f_frsize

    def lock(self, path: Path) -> DiskLock:
        return RealLock(path)


@contextmanager
def opened(disk: Disk, path: Path) -> Iterator[DiskFile]:
    """A file that is closed in any case."""
    file = disk.open(path)
    try:
        yield file
    finally:
        file.close()


def write_durably(disk: Disk, path: Path, data: bytes) -> None:
    """The old file or the new one, never half of one, and durable when it returns. Raises
    ``OSError``, and then the old one may stand or the new one."""
    part = path.with_name(path.name + PART)
    try:
        with opened(disk, part) as file:
            file.truncate(0)
            file.write(data, 0)
            file.sync()
        disk.rename(part, path)
    except OSError:
        with contextlib.suppress(OSError):  # the first error is the one to tell
            disk.unlink(part)
        raise
    disk.sync_folder(path.parent)


PART = ".part"
"""The ending of a file that is not yet whole."""
