"""What a video file promises: that it is whole, how long it lasts, when it was made.

OpenCV tells neither that a file was cut off nor that its last third is missing, so the outermost
structure of the common containers is read here: ISO base media (ISO/IEC 14496-12), AVI (RIFF),
Matroska (RFC 9559) and GIF (GIF89a). Anything else promises nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import SEEK_CUR, SEEK_END
from pathlib import Path
from typing import BinaryIO

_MAC_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_MOOV_LIMIT = 64 << 20


@dataclass(frozen=True, slots=True)
class Promise:
    """``damage`` says what is wrong with the file, empty when nothing is known to be;
    ``duration_s`` of the pictures, and ``created``, where the container says."""

    damage: str = ""
    duration_s: float | None = None
    created: datetime | None = None


def promise(path: Path) -> Promise:
    """Reads the container's outer structure. Raises ``OSError`` when the file cannot be read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(16).ljust(16, b"\0")
        file.seek(0)
        if head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip"):
            return _mp4(file, size)
        if head[:4] == b"RIFF":
            declared = 8 + struct.unpack("<I", head[4:8])[0]
            return Promise(_short(size, declared))
        if head[:4] == b"\x1a\x45\xdf\xa3":
            return _matroska(file, size)
        if head[:3] == b"GIF":
            return _gif(file)
    return Promise()


def _short(size: int, declared: int) -> str:
    if size >= declared:
        return ""
    return f"the file is cut off (has {size:,} of at least {declared:,} bytes)"


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and content of each box in ``data``; ends at the first that does not fit."""
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if length < 8 or at + length > len(data):
            return
        yield kind, data[at + 8 : at + length]
        at += length


def _mp4(file: BinaryIO, size: int) -> Promise:
    at, moov = 0, b""
    while at + 8 <= size:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        header = 8
        if length == 1:
            length, header = struct.unpack(">Q", file.read(8).rjust(8, b"\0"))[0], 16
        elif length == 0:  # to the end of the file
            length = size - at
        if length < header:
            return Promise(f"its structure is broken at byte {at:,}", *_movie(moov))
        if kind == b"moov" and length < _MOOV_LIMIT:
            moov = file.read(length - header)
        at += length
    return Promise(_short(size, at), *_movie(moov))


def _movie(moov: bytes) -> tuple[float | None, datetime | None]:
    """Length of the longest video track after its edit list, and the time of making."""
    scale, created, ticks = 0, None, 0
    for kind, box in _boxes(moov):
        if kind == b"mvhd" and len(box) >= 32:
            made, scale = struct.unpack_from(">Q8xI" if box[0] else ">I4xI", box, 4)
            when = _MAC_EPOCH + timedelta(seconds=made) if made < 1 << 33 else _MAC_EPOCH
            created = when if when.year > 1980 else None  # 0 and 1970 mean "not set"
        elif kind == b"trak":
            parts = dict(_boxes(box))
            handler = dict(_boxes(parts.get(b"mdia", b""))).get(b"hdlr", b"")
            track = parts.get(b"tkhd", b"")
            if handler[8:12] == b"vide" and len(track) >= 36:
                length = struct.unpack_from(
                    ">Q" if track[0] else ">I", track, 28 if track[0] else 20
                )
                ticks = max(ticks, length[0])
    return (ticks / scale if scale and ticks else None), created


def _matroska(file: BinaryIO, size: int) -> Promise:
    """The Segment's declared size; "unknown" (all ones) in files written by a live recorder."""
    at = 0
    for wanted in (b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"):
        file.seek(at)
        if file.read(4) != wanted:
            return Promise()
        first = file.read(1)
        width = 9 - first[0].bit_length() if first and first[0] else 9
        if width > 8:
            return Promise()
        value = int.from_bytes(bytes([first[0] & (0xFF >> width)]) + file.read(width - 1), "big")
        if value == (1 << 7 * width) - 1:
            return Promise()
        at += 4 + width + value
    return Promise(_short(size, at))


def _gif(file: BinaryIO) -> Promise:
    """Walks the blocks: a whole file ends with a trailer."""
    end = file.seek(0, SEEK_END)
    file.seek(10)
    flags = file.read(3)
    if len(flags) == 3 and flags[0] & 0x80:
        file.seek(3 << (flags[0] & 7) + 1, SEEK_CUR)
    while True:
        at = file.tell()
        kind = file.read(1)
        if kind == b";":
            return Promise()
        if kind == b"!":
            file.seek(1, SEEK_CUR)
        elif kind == b",":
            head = file.read(9)
            if len(head) == 9 and head[8] & 0x80:
                file.seek(3 << (head[8] & 7) + 1, SEEK_CUR)
            file.seek(1, SEEK_CUR)  # least code size
        elif kind:
            return Promise(f"its structure is broken at byte {at:,}")
        else:
            return Promise(f"the file is cut off after {end:,} bytes")
        while length := file.read(1):
            if length == b"\0":
                break
            file.seek(length[0], SEEK_CUR)
