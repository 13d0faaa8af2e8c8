"""Frames of several sources in the order in which they were taken, whichever began first."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from miseban.vision.pixels import Frame
from miseban.vision.sources.source import Source


def first_start(sources: Sequence[Source]) -> datetime:
    """When the first of them began: second 0 of the time they have in common."""
    return min(source.info.start for source in sources)


def offset_s(source: Source, start: datetime) -> float:
    """What to add to the seconds of ``source`` to get those since ``start``."""
    return (source.info.start - start).total_seconds()


def in_step(
    sources: Mapping[str, Source], start: datetime, until_s: float | None = None
) -> Iterator[tuple[str, Frame]]:
    """Whose frame is next, and the frame, in order of the common time; to the end of the last of
    them, or to ``until_s``. One frame of each is held at most.

    A source that ends, early or not, leaves the others as they are.
    """
    streams = {name: source.frames() for name, source in sources.items()}
    offsets = {name: offset_s(source, start) for name, source in sources.items()}
    waiting: list[tuple[float, int, str, Frame]] = []

    def fetch(order: int, name: str) -> None:
        frame = next(streams[name], None)
        if frame is not None:
            heapq.heappush(waiting, (frame.time_s + offsets[name], order, name, frame))

    for order, name in enumerate(streams):
        fetch(order, name)
    while waiting:
        time_s, order, name, frame = heapq.heappop(waiting)
        if until_s is not None and time_s >= until_s:
            return
        yield name, frame
        del frame  # not held while the next is waited for
        fetch(order, name)
