"""Looks for pictures in what is stored: none should ever be there.

Pictures are known by how their formats begin, as bytes, in base64 and in hexadecimal. Parquet is
read value by value, since its columns are compressed.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

Begins = Callable[[bytes, int], bool]


class Picture(BaseModel):
    """A picture, or an array of NumPy's, that begins ``at`` so many bytes of the file, or of the
    column ``inside`` it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    kind: str
    at: int
    inside: str = ""


def _jpeg(data: bytes, at: int) -> bool:
    """A first segment, and after it another marker (ITU-T T.81, B.1)."""
    if len(data) < at + 6 or data[at + 3] < 0xC0:
        return False
    end = at + 4 + int.from_bytes(data[at + 4 : at + 6], "big")
    return end >= len(data) or data[end] == 0xFF


def _bitmap(data: bytes, at: int) -> bool:
    header = data[at : at + 30]
    return (
        len(header) == 30
        and header[6:10] == bytes(4)
        and int.from_bytes(header[14:18], "little") in (12, 40, 52, 56, 64, 108, 124)
        and int.from_bytes(header[26:28], "little") == 1
        and int.from_bytes(header[28:30], "little") in (1, 4, 8, 16, 24, 32)
    )


def _webp(data: bytes, at: int) -> bool:
    return data[at + 8 : at + 12] in (b"WEBP", b"AVI ")


def _video(data: bytes, at: int) -> bool:
    return data[at + 4 : at + 8] in (b"isom", b"mp41", b"mp42", b"avc1", b"iso2", b"heic", b"avif")


def _tiff(data: bytes, at: int) -> bool:
    """Its directory lies in the file, and its first entries are in order, as they must be."""
    order: Literal["little", "big"] = "little" if data[at : at + 1] == b"I" else "big"
    where = at + int.from_bytes(data[at + 4 : at + 8], order)
    if where < at + 8 or where + 26 > len(data):
        return False
    first, second = (
        int.from_bytes(data[where + 2 + 12 * i : where + 4 + 12 * i], order) for i in (0, 1)
    )
    entries = int.from_bytes(data[where : where + 2], order)
    return 1 < entries < 200 and 254 <= first < second <= 400


def _yes(_: bytes, __: int) -> bool:
    return True


_KINDS: Final[tuple[tuple[str, bytes, Begins], ...]] = (
    ("jpeg", b"\xff\xd8\xff", _jpeg),
    ("png", b"\x89PNG\r\n\x1a\n", _yes),
    ("gif", b"GIF87a", _yes),
    ("gif", b"GIF89a", _yes),
    ("bmp", b"BM", _bitmap),
    ("webp", b"RIFF", _webp),
    ("tiff", b"II*\0", _tiff),
    ("tiff", b"MM\0*", _tiff),
    ("video", b"ftyp", _video),
    ("array", b"\x93NUMPY", _yes),
)
_BASE64: Final = re.compile(
    rb"(?:/9j/|iVBORw0KGg|R0lGOD|Qk[0-3]|UklGR|k05VTVBZ)[A-Za-z0-9+/_-]{40,}"
)
_HEX: Final = re.compile(
    rb"(?:ffd8ff|89504e470d0a1a0a|47494638|424d|52494646|934e554d5059)[0-9a-f]{60,}"
)


def pictures_in(data: bytes) -> Iterator[tuple[str, int]]:
    """Kind and place of each beginning of a picture in ``data``."""
    yield from _raw(data)
    for written, read in ((_BASE64, _from_base64), (_HEX, _from_hex)):
        for found in written.finditer(data if written is _BASE64 else data.lower()):
            for kind, at in _raw(read(found[0][:1024])):
                if at == 0:
                    yield kind, found.start()


def _raw(data: bytes) -> Iterator[tuple[str, int]]:
    for kind, magic, begins in _KINDS:
        at = data.find(magic)
        while at >= 0:
            if begins(data, at):
                yield kind, at
            at = data.find(magic, at + 1)


def _from_base64(text: bytes) -> bytes:
    whole = text[: len(text) // 4 * 4].replace(b"-", b"+").replace(b"_", b"/")
    try:
        return base64.b64decode(whole, validate=True)
    except binascii.Error:
        return b""


def _from_hex(text: bytes) -> bytes:
    return bytes.fromhex(text[: len(text) // 2 * 2].decode("ascii"))


def scan(folder: Path) -> Iterator[Picture]:
    """Of every file in or below ``folder``, but links. Raises ``OSError`` for one that cannot be
    read."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            for kind, at in pictures_in(data):
                yield Picture(file=str(path), kind=kind, at=at)
            if data[:4] == b"PAR1":
                yield from _in_parquet(path)


def _in_parquet(path: Path) -> Iterator[Picture]:
    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowInvalid):
        return
    for batch in file.iter_batches():
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            for data in buffers_of(column):
                for kind, at in pictures_in(data):
                    yield Picture(file=str(path), kind=kind, at=at, inside=name)


def buffers_of(column: pa.Array) -> Iterator[bytes]:
    """The bytes of a column's values, as they are in memory."""
    for buffer in column.buffers():
        if buffer is not None:
            yield buffer.to_pybytes()
