"""What every source offers, and the Protocol it follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from miseban.vision.pixels import Frame


@dataclass(frozen=True, slots=True)
class Gap:
    """The source delivered nothing from ``start_s`` to ``end_s`` (rule 12: a gap in coverage)."""

    start_s: float
    end_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known when a source has been opened.

    ``width`` and ``height`` in pixels; ``fps`` frames a second of the stream, and ``frames`` in
    all, where known (None for live sources); ``start`` UTC of ``time_s`` 0, and ``start_guessed``
    whether only a file's modification time says so.
    """

    address: str
    width: int
    height: int
    fps: float | None
    frames: int | None
    live: bool
    start: datetime
    start_guessed: bool = False


class Source(Protocol):
    """A camera or a recording. Use as a context manager."""

    info: SourceInfo

    @property
    def gaps(self) -> list[Gap]:
        """Gaps so far, in order, each ending later than the one before; of a live source only the
        last ``live.MOST_GAPS``, so that it may run for ever."""
        ...

    @property
    def incomplete(self) -> str:
        """Why a recording ended before its end; empty when it did not."""
        ...

    def frames(self) -> Iterator[Frame]:
        """Frames sampled to the wanted rate, in order of time, until the end or ``close``."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Source: ...

    def __exit__(self, *exc: object) -> None: ...
