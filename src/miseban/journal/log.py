"""The write-ahead log: what was accepted, durable before anybody is told so.

A file of frames: four marker bytes, the length of the content and its CRC-32 (both little-endian,
four bytes; the CRC covers the length too), the content. The content is text of parts: a first line
of JSON (``PartHead``), then the JSON of each event in a line, then of each line that was none. The
first frame of a file is its head (``FileHead``).

One frame is one group of batches with one sync, and a frame is only begun when the one before it
is durable. So what is broken at the end of a log was never acknowledged and is cut; what is broken
with whole frames behind it was durable once, and is told as damage, while what is behind it counts.
A log that is left behind is never written to again: the head of the next one says where it ends.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from miseban.journal.disk import Disk
from miseban.journal.manifest import LOGS, log_path

MARKER = b"\x89mjf"
"""No text in UTF-8 has the first byte, so that none of our content looks like a frame."""
_FIXED = len(MARKER) + 8
_HEAD = 65_536
"""Bytes in which the head of a log nearly always is."""
LARGEST_FRAME = 256_000_000
"""Bytes of content; what claims more is garbage."""


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PartHead(_Line):
    """``events`` lines of events follow, then ``rejected`` lines that were none. With ``stream``
    they came in a batch, which brought its mark to ``upto``; without, they were made at the hub.
    ``lost`` will never come, ``twice`` were here already, ``dropped`` are not to be kept."""

    events: int
    rejected: int = 0
    twice: int = 0
    dropped: int = 0
    source: str | None = None
    stream: str | None = None
    upto: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    head: PartHead
    lines: Sequence[bytes]
    """Those of events."""
    rejected: Sequence[bytes] = ()

    def encode(self) -> bytes:
        head = self.head.model_dump_json(exclude_defaults=True).encode()
        return b"\n".join((head, *self.lines, *self.rejected))


class FileHead(_Line):
    """``ends``: how many bytes of the logs before count, by their numbers."""

    log: int
    ends: dict[int, int] = {}


@dataclass(frozen=True, slots=True)
class Damage:
    """``size`` bytes from ``at`` on that had been durable and cannot be read any more."""

    file: str
    at: int
    size: int


@dataclass(frozen=True, slots=True)
class Content:
    """What a log holds: its ``frames``, where the last whole one ends, what is broken between
    them, and how many bytes are left at the end."""

    frames: list[bytes]
    end: int
    damage: tuple[Damage, ...] = ()
    torn: int = 0


class LogFile:
    """The log that is written. Errors are ``OSError``: after one of ``add`` nothing of that frame
    counts; ``broken`` says that the file can take no more."""

    def __init__(self, disk: Disk, folder: Path, number: int, ends: dict[int, int]) -> None:
        """Durable when it returns."""
        path = log_path(folder, number)
        self.number, self.end, self.broken = number, 0, False
        self._file = disk.open(path)
        try:
            self._file.truncate(0)
            self.add([FileHead(log=number, ends=ends).model_dump_json().encode()])
            disk.sync_folder(path.parent)
        except BaseException:
            self._file.close()
            raise

    def add(self, parts: Iterable[bytes]) -> None:
        """Durable when it returns."""
        frame = encode_frame(b"\n".join(parts))
        try:
            self._file.write(frame, self.end)
        except OSError:
            # Where this fails too, the next frame is written over what stands there.
            with contextlib.suppress(OSError):
                self._file.truncate(self.end)
            raise
        try:
            self._file.sync()
        except OSError:
            self.broken = True
            raise
        self.end += len(frame)

    def close(self) -> None:
        self._file.close()


def encode_frame(content: bytes) -> bytes:
    length = len(content).to_bytes(4, "little")
    crc = zlib.crc32(content, zlib.crc32(length))
    return b"".join((MARKER, length, crc.to_bytes(4, "little"), content))


def _frame_at(data: memoryview, at: int) -> int | None:
    """Where the content of a whole frame that begins at ``at`` ends."""
    start = at + _FIXED
    if start > len(data) or data[at : at + 4] != MARKER:
        return None
    length = int.from_bytes(data[at + 4 : at + 8], "little")
    end = start + length
    if length > LARGEST_FRAME or end > len(data):
        return None
    crc = zlib.crc32(data[start:end], zlib.crc32(data[at + 4 : at + 8]))
    return end if crc == int.from_bytes(data[at + 8 : at + 12], "little") else None


def decode(data: bytes, name: str) -> Content:
    """The frames of a file, without its head's meaning. Never fails: what is broken is told."""
    view, frames, damage = memoryview(data), [], []
    at = end = 0
    while at < len(data):
        stop = _frame_at(view, at)
        if stop is not None:
            if at > end:
                damage.append(Damage(name, end, at - end))
            frames.append(bytes(view[at + _FIXED : stop]))
            at = end = stop
            continue
        at = data.find(MARKER, at + 1)
        if at < 0:
            break
    return Content(frames, end, tuple(damage), len(data) - end)


def parts_of(frame: bytes) -> Iterator[Part]:
    """The parts of a frame. Raises ``ValueError`` where it holds anything else."""
    lines = frame.split(b"\n")
    at = 0
    while at < len(lines):
        head = PartHead.model_validate_json(lines[at])
        middle = at + 1 + head.events
        stop = middle + head.rejected
        if stop > len(lines) or min(head.events, head.rejected) < 0:
            raise ValueError("a part with fewer lines than it says")
        yield Part(head, lines[at + 1 : middle], lines[middle:stop])
        at = stop


def log_numbers(disk: Disk, folder: Path) -> list[int]:
    """Of all logs that are there, also of those that do not count any more."""
    stems = [name.removesuffix(".log") for name in disk.names(folder / LOGS)]
    return sorted(int(stem) for stem in stems if len(stem) == 8 and stem.isdecimal())


@dataclass(frozen=True, slots=True)
class ReadLog:
    """``number`` and what it holds, without its head."""

    number: int
    content: Content


def read_logs(disk: Disk, folder: Path, first: int) -> Iterator[ReadLog]:
    """The logs that count, in order, each up to where it counts; one that should be there and is
    not is damage. Raises ``OSError``, so also when one vanishes meanwhile: then it is in segments,
    and ``journal.json`` says in which."""
    there = [number for number in log_numbers(disk, folder) if number >= first]
    ends: dict[int, int] = {}
    for number in there:
        head = _head_of(disk, log_path(folder, number))
        ends |= {} if head is None else head.ends
    gone = {number: end for number, end in ends.items() if number >= first and end > 0}
    for number in sorted({*there, *gone}):
        path = log_path(folder, number)
        if number not in there:
            damage = Damage(path.name, 0, gone[number])
            yield ReadLog(number, Content([], gone[number], (damage,)))
            continue
        data = disk.read(path)[: ends.get(number)]
        found = decode(data, path.name)
        if _head(data) is not None:
            found = replace(found, frames=found.frames[1:])
        yield ReadLog(number, found)


def _head_of(disk: Disk, path: Path) -> FileHead | None:
    """Of a log of which nothing else is needed: a backlog of them is gone through step by step."""
    data = disk.read(path, _HEAD)
    head = _head(data)
    return head if head is not None or len(data) < _HEAD else _head(disk.read(path))


def _head(data: bytes) -> FileHead | None:
    stop = _frame_at(memoryview(data), 0)
    if stop is None:
        return None
    try:
        return FileHead.model_validate_json(data[_FIXED:stop])
    except ValidationError:
        return None
