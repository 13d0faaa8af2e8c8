"""The one who writes the log: room on the disk, the next file, and what to do when it fails."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path

from miseban.journal.disk import Disk
from miseban.journal.log import LogFile
from miseban.journal.manifest import LOGS

LOG_SIZE = 16_000_000
"""Bytes from which a log is followed by the next one: what a compaction holds in memory."""


class Writer:
    """``trouble`` says in a line why the last attempt failed, until one succeeds.

    A log is begun when there is something to write. One whose sync failed is left behind: nobody
    knows what stands in it after what was durable before, and its follower says where that ends.
    """

    def __init__(self, disk: Disk, folder: Path, number: int, ends: dict[int, int]) -> None:
        self._disk, self._folder = disk, folder
        self._next, self._ends = number, ends
        self._log: LogFile | None = None
        self.trouble: str | None = None

    def room(self, reserve: int) -> bool:
        """Whether more than ``reserve`` bytes are free."""
        try:
            free = self._disk.free(self._folder)
        except OSError as error:
            self.trouble = _line(error)
            return False
        if free > reserve:
            if self.trouble is not None and self.trouble.startswith(_FULL):
                self.trouble = None
            return True
        self.trouble = f"{_FULL}: {free // 1_000_000} MB are left of {reserve // 1_000_000}"
        return False

    def write(self, parts: Sequence[bytes]) -> bool:
        """Whether they are durable; if not, they are not there."""
        try:
            if self._log is not None and (self._log.broken or self._log.end >= LOG_SIZE):
                self.rotate()
            if self._log is None:
                self._disk.make_folder(self._folder / LOGS)
                self._log = LogFile(self._disk, self._folder, self._next, self._ends)
                self._next += 1
            self._log.add(parts)
        except OSError as error:
            self.trouble = _line(error)
            return False
        self.trouble = None
        return True

    def rotate(self, first: int = 0) -> int:
        """What comes from now on is in another log. The number of the last one that will not change
        any more; logs before ``first`` count no more."""
        if self._log is not None:
            self._ends[self._log.number] = self._log.end
            self._log.close()
            self._log = None
        for number in [n for n in self._ends if n < first]:
            del self._ends[number]
        return self._next - 1

    def close(self) -> None:
        self.rotate()


_FULL = "the disk is full"


def _line(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _FULL
    return f"the disk fails: {error.strerror or error}"
