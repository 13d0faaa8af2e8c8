"""Videos of simulated cameras: the one place where pictures that were drawn become a file.

The people in them do not exist. Frames of real cameras are of other types
(``miseban.vision.pixels``), which nothing here takes.
"""

from __future__ import annotations

import os
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.errors import Failed

CODEC = "mp4v"
"""MPEG-4 part 2: every FFmpeg has it, it is some hundred times as quick here as VP9, and what it
does to the picture costs a detector nothing that could be measured."""
_MAC_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)


class SimulatedVideo:
    """Writes an mp4 of drawn pictures, ``size`` (width, height), that began at ``start``; use as a
    context manager. Left by an exception, it leaves nothing behind.

    Raises ``Failed`` when the video cannot be written.
    """

    def __init__(self, path: Path, size: tuple[int, int], fps: float, start: datetime) -> None:
        self._path, self._size, self._fps, self._start = path, size, fps, start
        self._count = 0
        code = cv2.VideoWriter.fourcc(*CODEC)
        self._writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, fps, size)
        if not self._writer.isOpened():
            self._writer.release()
            path.unlink(missing_ok=True)
            raise Failed("cannot-write", path, f"no video of {size[0]}x{size[1]} could be begun")

    def write(self, drawn: NDArray[np.uint8]) -> None:
        """``drawn`` (height, width, 3) BGR of the size given at the start."""
        if drawn.shape != (self._size[1], self._size[0], 3):
            raise ValueError(f"expected {self._size}, got {drawn.shape}")
        self._writer.write(drawn)
        self._count += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.release()
        if kind is not None:
            self._path.unlink(missing_ok=True)
            return
        if not self._path.exists() or not self._path.stat().st_size:
            raise Failed("cannot-write", self._path, "the video could not be written")
        _date(self._path, self._start)
        # Who reads the file believes no start that lies after its last change.
        ended = (self._start + timedelta(seconds=self._count / self._fps)).timestamp()
        os.utime(self._path, (ended, ended))


def _date(path: Path, start: datetime) -> None:
    """Writes ``start`` into the movie header, where recorders tell when a recording began (ISO/IEC
    14496-12, 8.2.2: seconds since 1904); OpenCV leaves it at 0."""
    seconds = int((start - _MAC_EPOCH).total_seconds())
    with path.open("r+b") as file:
        at, end = 0, path.stat().st_size
        while at + 8 <= end:
            file.seek(at)
            length, kind = struct.unpack(">I4s", file.read(8))
            header = 8
            if length == 1:
                length, header = struct.unpack(">Q", file.read(8))[0], 16
            if kind == b"mvhd" and file.read(1) == b"\0" and seconds < 1 << 32:
                file.seek(3, os.SEEK_CUR)  # flags
                file.write(struct.pack(">II", seconds, seconds))
                return
            at += header if kind == b"moov" else max(length, header)
