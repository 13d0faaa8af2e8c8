"""The search: pictures by their formats, pixels and vectors that were there, rows of numbers."""

from __future__ import annotations

import base64
import builtins
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.day_scan import vectors
from bench.day_scan.needles import Needles
from miseban.hub.privacy.scan import buffers_of, pictures_in

PIECE, OVER = 32_000_000, 100_000
"""Bytes that are looked at in one go, and how far two of these overlap."""
TRAIL = frozenset({"t", "x", "y"})
"""A visit's way through the shop is rows of numbers, and is meant to be."""
ANSWERS = TRAIL | {"coverage", "values"}
"""And answers to questions are rows of figures by hour or place, on the way to a page."""
PAGE = "sockets, hub and page"
PAGE_BYTES, PAGE_BYTES_HEAD = 4096, 8
"""Of SQLite, and what comes before the rest of a long text on its next page."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{40,}")
_HEX = re.compile(rb"[0-9a-fA-F]{40,}")
_NUMBER = re.compile(rb"-?[0-9]+\.[0-9]{3,}(?:e-?[0-9]+)?")
_QUAD = 4


@dataclass(frozen=True, slots=True)
class Found:
    where: str
    kind: str
    at: int


@dataclass(slots=True)
class Search:
    """For ``needles`` and the ``quads`` of vectors, besides what looks like a picture or a vector
    anyway. ``bytes`` and ``files`` count what was looked at, ``exempt`` rows of numbers that are a
    visit's way, a table's column of single numbers, or figures that answer a question."""

    needles: Needles
    quads: frozenset[tuple[float, ...]]
    bytes: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    exempt: int = 0

    def folder(self, folder: Path, group: str) -> Iterator[Found]:
        """Every file in or below it."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield from self.file(path, group)

    def file(self, path: Path, group: str, name: str = "") -> Iterator[Found]:
        where = name or str(path)
        self.files[group] += 1
        with path.open("rb") as file:
            before, start = b"", 0
            while piece := file.read(PIECE):
                self.bytes[group] += len(piece)
                rows = ANSWERS if group == PAGE else TRAIL
                yield from self.data(before + piece, where, start - len(before), rows=rows)
                before, start = piece[-OVER:], start + len(piece)
        with path.open("rb") as file:
            columns = file.read(4) == b"PAR1"
        if columns:
            yield from self._columns(path, group)

    def data(
        self,
        data: builtins.bytes,
        where: str,
        start: int = 0,
        column: str = "",
        rows: frozenset[str] = TRAIL,
    ) -> Iterator[Found]:
        """``rows`` are names of rows of numbers that are meant to be. What a database wrote on its
        next page has lost its name."""
        database = where.endswith((".db", ".db-wal", ".sqlite", ".sqlite-wal"))
        for kind, at in pictures_in(data):
            yield Found(where, kind, start + at)
        for view, at in _views(data):
            if (hit := self.needles.found(view)) >= 0:
                yield Found(where, "pixels or a vector that was there", start + at + hit)
            for kind, hit in vectors.binary(view):
                if column in TRAIL:
                    self.exempt += 1
                else:
                    yield Found(where, f"a row of {kind}", start + at + hit)
        for kind, name, hit in vectors.written(data):
            cut = not name and database and (start + hit) % PAGE_BYTES < PAGE_BYTES_HEAD
            if name in rows or cut:
                self.exempt += 1
            else:
                yield Found(where, f"a row of numbers in {kind} ({name or 'no name'})", start + hit)
        if not self.quads.isdisjoint(quads([float(text) for text in _NUMBER.findall(data)])):
            yield Found(where, "numbers of a vector that was there", start)

    def _columns(self, path: Path, group: str) -> Iterator[Found]:
        """The values, since in the file they are compressed."""
        try:
            batches = pq.ParquetFile(path).iter_batches(200_000)
        except (OSError, pa.ArrowInvalid):
            return
        for batch in batches:
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                values = pa.types.is_list(column.type) or pa.types.is_large_list(column.type)
                numeric = pa.types.is_floating(column.type)
                for data in buffers_of(column):
                    self.bytes[f"{group}, columns"] += len(data)
                    # One number a row is no vector; what is known of vectors is looked for still.
                    told = name if values else ("t" if numeric else "")
                    yield from self.data(data, f"{path}:{name}", 0, told)


def quads(numbers: list[float]) -> Iterator[tuple[float, ...]]:
    """Four different numbers in a row, rounded."""
    rounded = [round(number, 3) for number in numbers]
    for at in range(len(rounded) - _QUAD + 1):
        quad = tuple(rounded[at : at + _QUAD])
        if len(set(quad)) == _QUAD:
            yield quad


def _views(data: bytes) -> Iterator[tuple[bytes, int]]:
    """As it is, and what stands in it in base64 or hexadecimal, with its place."""
    yield data, 0
    for run in _BASE64.finditer(data):
        text = run[0].replace(b"-", b"+").replace(b"_", b"/")
        for skip in range(4):
            whole = text[skip:]
            yield base64.b64decode(whole[: len(whole) // 4 * 4]), run.start()
    for run in _HEX.finditer(data):
        for skip in range(2):
            whole = run[0][skip:]
            yield bytes.fromhex(whole[: len(whole) // 2 * 2].decode()), run.start()
