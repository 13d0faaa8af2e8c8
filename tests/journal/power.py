"""A disk in a folder that forgets what was not synced when its power is cut, fills up, or fails."""

from __future__ import annotations

import errno
import random
import shutil
from pathlib import Path

from miseban.journal.disk import Disk, DiskFile, DiskLock, RealDisk, RealFile

_SECTOR = 512


class PowerCut(BaseException):
    """The machine is off: nothing after this reaches the disk."""


class SimulatedDisk(Disk):
    """Files lie in a real folder, as they look to programs. Beside it stands what is durable: of
    each file the content at its last sync, and of each folder the names at its last sync.

    ``cut_at``: the power fails at that operation (writes, syncs, renames and so on are counted from
    1), before it or in the middle of it. ``room``: bytes that fit. ``fail_at``: operations that
    fail with an input/output error.
    """

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.folder, self.rng = folder, random.Random(seed)
        self.cut_at: int | None = None
        self.room: int | None = None
        self.fail_at: set[int] = set()
        self.operations = 0
        self.off = False
        self._real = RealDisk()
        self._next = 0
        self._inode: dict[Path, int] = {}  # the names now
        self._durable_names: dict[Path, int] = {}
        self._durable: dict[int, bytes] = {}  # by inode
        self._now: dict[int, bytearray] = {}
        self._written: dict[int, list[tuple[int, bytes | None]]] = {}  # since the last sync
        self._locked: set[Path] = set()

    # --- the power ----------------------------------------------------------------------------

    def step(self) -> bool:
        """Counts an operation. True when the power fails in the middle of it."""
        if self.off:
            raise PowerCut
        self.operations += 1
        if self.operations in self.fail_at:
            raise OSError(errno.EIO, "Input/output error")
        return self.cut_at is not None and self.operations >= self.cut_at

    def die(self) -> None:
        self.off = True
        raise PowerCut

    def restart(self) -> None:
        """The power is back: what was not synced is there wholly, partly, torn, or not at all."""
        rng = self.rng
        names = dict(self._durable_names)
        for path in sorted(set(names) | set(self._inode)):
            before, after = names.get(path), self._inode.get(path)
            if before == after or rng.random() < 0.5:
                continue
            if after is None:
                del names[path]
            else:
                names[path] = after
        # A rename that is there with its new name only or with both is as good a disk as another.
        shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True)
        contents = {inode: self._after_cut(inode) for inode in set(names.values())}
        self._durable = contents
        self._now = {inode: bytearray(content) for inode, content in contents.items()}
        self._written = {inode: [] for inode in contents}
        self._inode, self._durable_names = dict(names), dict(names)
        for path, inode in names.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents[inode])
        self.off, self.cut_at, self._locked = False, None, set()
        self.fail_at = set()

    def _after_cut(self, inode: int) -> bytes:
        rng = self.rng
        content = bytearray(self._durable.get(inode, b""))
        for at, data in self._written.get(inode, []):
            chance = rng.random()
            if data is None:
                if chance < 0.5:
                    del content[at:]
            elif chance < 0.35:
                continue
            elif chance < 0.7:
                _put(content, at, data)
            else:  # torn: some sectors of it, the others as they were, or zeros
                for start in range(0, len(data), _SECTOR):
                    if rng.random() < 0.6:
                        _put(content, at + start, data[start : start + _SECTOR])
                    elif rng.random() < 0.5:
                        _put(content, at + start, b"\0" * len(data[start : start + _SECTOR]))
        return bytes(content)

    # --- the disk -----------------------------------------------------------------------------

    def open(self, path: Path) -> DiskFile:
        if self.step():
            self.die()
        if path not in self._inode:
            self._next += 1
            self._inode[path] = self._next
            self._now[self._next], self._written[self._next] = bytearray(), []
        return _File(self, path, self._inode[path])

    def read(self, path: Path, most: int | None = None) -> bytes:
        return self._real.read(path, most)

    def rename(self, old: Path, new: Path) -> None:
        cut = self.step()
        if cut and self.rng.random() < 0.5:
            self.die()
        self._real.rename(old, new)
        self._inode[new] = self._inode.pop(old)
        if cut:
            self.die()

    def unlink(self, path: Path) -> None:
        if self.step():
            self.die()
        self._real.unlink(path)
        self._inode.pop(path, None)

    def make_folder(self, path: Path) -> None:
        if self.step():
            self.die()
        path.mkdir(parents=True, exist_ok=True)

    def remove_folder(self, path: Path) -> None:
        self._real.remove_folder(path)

    def sync_folder(self, path: Path) -> None:
        if self.step():
            self.die()
        for name in [name for name in self._durable_names if name.parent == path]:
            if name not in self._inode:
                del self._durable_names[name]
        self._durable_names |= {n: i for n, i in self._inode.items() if n.parent == path}

    def names(self, path: Path) -> list[str]:
        return self._real.names(path)

    def free(self, path: Path) -> int:
        used = sum(len(self._now[inode]) for inode in set(self._inode.values()))
        return 10**12 if self.room is None else max(0, self.room - used)

    def lock(self, path: Path) -> DiskLock:
        if path in self._locked:
            raise BlockingIOError
        self._locked.add(path)
        return _Lock(self, path)


class _Lock:
    def __init__(self, disk: SimulatedDisk, path: Path) -> None:
        self._disk, self._path = disk, path

    def close(self) -> None:
        self._disk._locked.discard(self._path)


class _File:
    def __init__(self, disk: SimulatedDisk, path: Path, inode: int) -> None:
        self._disk, self._inode = disk, inode
        self._real = RealFile(path)

    def write(self, data: bytes, at: int) -> None:
        disk = self._disk
        cut = disk.step()
        if cut:
            data = data[: disk.rng.randint(0, len(data))]
        now = disk._now[self._inode]
        fits = disk.free(disk.folder) + max(0, len(now) - at)
        full = len(data) > fits
        data = data[:fits]
        if data:
            self._real.write(data, at)
            _put(now, at, data)
            disk._written[self._inode].append((at, bytes(data)))
        if cut:
            disk.die()
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")

    def truncate(self, size: int) -> None:
        if self._disk.step():
            self._disk.die()
        self._real.truncate(size)
        del self._disk._now[self._inode][size:]
        self._disk._written[self._inode].append((size, None))

    def sync(self) -> None:
        disk = self._disk
        try:
            cut = disk.step()
        except OSError:
            # What was to be written is dropped, and the next sync will say that all is well.
            disk._durable[self._inode] = disk._after_cut(self._inode)
            disk._written[self._inode] = []
            raise
        if cut and disk.rng.random() < 0.5:
            disk.die()
        written = disk._written[self._inode]
        content = bytearray(disk._durable.get(self._inode, b""))
        for at, data in written:
            if data is None:
                del content[at:]
            else:
                _put(content, at, data)
        disk._durable[self._inode] = bytes(content)
        disk._written[self._inode] = []
        if cut:
            disk.die()

    def close(self) -> None:
        self._real.close()


def _put(content: bytearray, at: int, data: bytes) -> None:
    if len(content) < at:
        content.extend(b"\0" * (at - len(content)))
    content[at : at + len(data)] = data
