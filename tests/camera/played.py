"""Cameras that play what a test wants, and the shop they hang in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Self

from miseban.vision.pixels import Frame
from miseban.vision.sources import Gap, SourceInfo

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


class PlayedSource(ABC):
    """What every source has; a test's own adds ``frames``."""

    def __init__(
        self, width: int, height: int, fps: float, frames: int | None = None, *, live: bool = False
    ) -> None:
        self.info = SourceInfo("usb:0", width, height, fps, frames, live, START)
        self.incomplete = ""
        self.gaps: list[Gap] = []

    @abstractmethod
    def frames(self) -> Iterator[Frame]: ...

    def close(self) -> None:  # noqa: B027 - a test's own may have something to close
        """Nothing is open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def shop_of(width: int, height: int) -> str:
    """A shop file: one camera whose whole picture is an area."""
    return f"""
[shop]
id = "s"
timezone = "UTC"
policy = "jp"
[[camera]]
id = "c"
source = "usb:0"
resolution = [{width}, {height}]
[[zone]]
id = "floor"
kind = "area"
camera = "c"
polygon = [[0, 0], [{width}, 0], [{width}, {height}], [0, {height}]]
"""
