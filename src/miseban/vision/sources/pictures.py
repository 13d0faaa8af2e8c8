"""Image folders: the pictures of a folder as a recording of a fixed rate."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np

from miseban.vision.pixels import Image
from miseban.vision.sources.address import Address
from miseban.vision.sources.recording import RecordingSource
from miseban.vision.sources.source import SourceInfo
from miseban.vocabulary.errors import BadInput

ENDINGS = (".bmp", ".jpeg", ".jpg", ".png", ".webp")


def open_folder(address: Address, fps: float | None, start: datetime | None) -> RecordingSource:
    """Opens a folder and decodes its first picture.

    Pictures come in natural order of their names (``img2`` before ``img10``), ``address.fps`` a
    second; names are not read as times. A broken picture is a gap of one picture; a picture of
    another size ends the recording, which is then incomplete. Without ``start``, the first
    picture's modification time.

    Raises ``BadInput`` when there is no such folder, no picture in it, or the first is broken.
    """
    folder, where = Path(address.place), address.shown
    try:
        names = [p for p in folder.iterdir() if p.suffix.lower() in ENDINGS and p.is_file()]
    except OSError as error:
        raise BadInput(
            "no-such-folder", where, f"expected a folder of pictures: {error.strerror}"
        ) from None
    paths = sorted(names, key=lambda p: natural(p.name))
    if not paths:
        raise BadInput(
            "no-pictures", where, f"expected pictures ({', '.join(ENDINGS)}), found none"
        )
    first = _decode(paths[0])
    if first is None:
        raise BadInput("not-a-picture", where, f"{paths[0].name} cannot be decoded")
    height, width = first.shape[:2]
    begun = start or datetime.fromtimestamp(paths[0].stat().st_mtime, UTC)
    info = SourceInfo(where, width, height, address.fps, len(paths), False, begun, start is None)
    return RecordingSource(info, _Folder(paths, address.fps, width, height), fps)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorting key in which runs of digits compare as numbers; the name itself breaks ties."""
    runs = re.findall(r"\d+|\D+", name.lower())
    keys = ((0, int(r), "") if r.isdecimal() else (1, 0, r) for r in runs)
    return (*keys, (2, 0, name))


def _decode(path: Path) -> Image | None:
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
        bgr = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    except (OSError, cv2.error):
        return None
    return None if bgr is None else np.asarray(bgr, np.uint8)


class _Folder:
    """``Pictures`` of a folder. A picture is read only when it is wanted."""

    def __init__(self, paths: list[Path], fps: float, width: int, height: int) -> None:
        self._paths = paths
        self._fps = fps
        self._size = (width, height)
        self._next = 0
        self._why = ""

    def grab(self) -> float | None:
        if self._why or self._next >= len(self._paths):
            return None
        self._next += 1
        return (self._next - 1) / self._fps

    def retrieve(self) -> Image | None:
        path = self._paths[self._next - 1]
        bgr = _decode(path)
        if bgr is None:
            return None
        size = (bgr.shape[1], bgr.shape[0])
        if size != self._size:
            expected, found = ("{}x{}".format(*s) for s in (self._size, size))
            self._why = f"{path.name} is {found}, expected {expected} as the first"
            return None
        return bgr

    def ended(self, frames: int, end_s: float) -> str:  # noqa: ARG002
        if not self._why:
            return ""
        return f"ended after {frames - 1} of {len(self._paths)} pictures: {self._why}"

    def close(self) -> None:
        self._paths = []
