"""Looks for the very pixels and vectors of a run in bytes, however they are written down."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from miseban.hub.privacy.scan import buffers_of

W = 16
"""Bytes of a needle: five pixels, or four components of a vector."""
VARIED = 8
"""So many different bytes it must have; even walls and zeros are everywhere."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{40,}")
_HEX = re.compile(rb"[0-9a-fA-F]{40,}")
_NUMBER = re.compile(rb"-?[0-9]+\.[0-9]{3,}(?:e-?[0-9]+)?")
FOUR = 4


class Needles:
    """What must not be found: rows of ``frames`` (H, W, 3), in both orders of colours and grey, and
    ``vectors`` (D,) as floats of 2, 4 or 8 bytes and as text."""

    def __init__(
        self, frames: Iterable[NDArray[np.uint8]], vectors: Iterable[NDArray[np.floating]]
    ) -> None:
        self.bytes: set[bytes] = set()
        self.numbers: set[tuple[float, ...]] = set()
        for frame in frames:
            grey = frame.astype(np.uint16).sum(axis=2) // 3
            for picture in (frame, frame[:, :, ::-1], grey.astype(np.uint8)):
                for row in np.ascontiguousarray(picture).reshape(len(picture), -1):
                    self._add(row.tobytes(), step=W)
        for vector in vectors:
            for kind in (np.float16, np.float32, np.float64):
                self._add(vector.astype(kind).tobytes(), step=np.dtype(kind).itemsize)
            self.numbers.update(_quads(vector.astype(float).tolist()))

    def _add(self, data: bytes, step: int) -> None:
        for at in range(0, len(data) - W + 1, step):
            window = data[at : at + W]
            if len(set(window)) >= VARIED:
                self.bytes.add(window)

    def found(self, data: bytes) -> bool:
        """Whether any is in ``data``, as it is, or in base64, hexadecimal or decimal numbers."""
        return any(self._raw(view) for view in views(data)) or self._text(data)

    def _raw(self, data: bytes) -> bool:
        return any(data[at : at + W] in self.bytes for at in range(len(data) - W + 1))

    def _text(self, data: bytes) -> bool:
        numbers = [float(text) for text in _NUMBER.findall(data)]
        return not self.numbers.isdisjoint(_quads(numbers))


def _quads(numbers: list[float]) -> Iterator[tuple[float, ...]]:
    rounded = [round(n, 3) for n in numbers]
    for at in range(len(rounded) - FOUR + 1):
        quad = tuple(rounded[at : at + FOUR])
        if len(set(quad)) == FOUR:
            yield quad


def views(data: bytes) -> Iterator[bytes]:
    yield data
    for run in _BASE64.findall(data):
        text = run.replace(b"-", b"+").replace(b"_", b"/")
        for skip in range(4):
            whole = text[skip:]
            yield base64.b64decode(whole[: len(whole) // 4 * 4])
    for run in _HEX.findall(data):
        for skip in range(2):
            whole = run[skip:]
            yield bytes.fromhex(whole[: len(whole) // 2 * 2].decode())


def blobs(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below ``folder``, and the values of Parquet files, whose pages are compressed."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        yield str(path), data
        if data[:4] == b"PAR1":
            table = pq.read_table(path)
            for name in table.column_names:
                column = table[name].combine_chunks()
                yield f"{path}:{name}", b"".join(buffers_of(column))
