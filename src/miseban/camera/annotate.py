"""``annotated.mp4``: boxes, ids, zones and counters over the empty place, people as mosaics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.camera.drawing import DARK, WHITE, Overlay, draw_overlay, whole, write
from miseban.camera.mosaic import show_people_as_mosaic
from miseban.vision.pixels import Image
from miseban.vision.sources.source import Source
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.events import Event, LineCrossed, ZoneEntered, ZoneLeft
from miseban.vocabulary.tracks import TrackRows

MAX_SIDE = 960
PLAIN = 200
"""Grey of a place that is not known."""
# VP9 plays in every browser and is free of patents' fees; MPEG-4 part 2 where it was left out.
_CODECS = ("vp09", "mp4v")


class AnnotatedVideo:
    """Writes a video beside ``path`` and puts it there when it is whole; use as a context
    manager. Left by an exception, it leaves nothing behind. ``size`` is (width, height).

    Raises Failed when the video cannot be written.
    """

    def __init__(self, path: Path, size: tuple[int, int], fps: float) -> None:
        self._path = path
        self._part = path.with_name(f".{path.stem}.part.mp4")
        self._size = size
        for codec in _CODECS:
            code = cv2.VideoWriter.fourcc(*codec)
            self._writer = cv2.VideoWriter(str(self._part), cv2.CAP_FFMPEG, code, fps, size)
            if self._writer.isOpened():
                return
            self._writer.release()
            self._part.unlink(missing_ok=True)
        raise Failed("cannot-write", path, f"no video of {size[0]}x{size[1]} could be begun here")

    def write(self, image: Image) -> None:
        """``image`` (height, width, 3) BGR of the size given at the start."""
        if image.shape != (self._size[1], self._size[0], 3):
            raise ValueError(f"expected {self._size}, got {image.shape}")
        self._writer.write(image)

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
            self._part.unlink(missing_ok=True)
            return
        if not self._part.exists() or not self._part.stat().st_size:
            self._part.unlink(missing_ok=True)
            raise Failed("cannot-write", self._path, "the video could not be written")
        self._part.replace(self._path)


def write_annotated(
    path: Path,
    source_factory: Callable[[], Source],
    rows: TrackRows,
    *,
    detections: Mapping[int, NDArray[np.float64]],
    background: Image | None,
    overlay: Overlay,
    events: Iterable[Event],
    last_frame: int,
    fps: float,
    zone: tzinfo,
) -> None:
    """A second pass over a recording, sampled as it was for the analysis.

    ``rows`` every analysed frame's boxes with gaps filled, found by their frame number;
    ``detections`` frame number to further boxes (N, 4) that are made mosaics but not drawn;
    ``background`` free of people (any size), None for a plain ground; ``overlay`` in pixels of
    the source; ``events`` move the counters, at their own time; ``last_frame`` is the number of
    the last one analysed, with which the video ends; ``zone`` of the clock shown.
    Raises Failed when nothing can be written.
    """
    by_frame = _by_frame(rows)
    numbers = {track: n for n, track in enumerate(_in_order_of_coming(rows), start=1)}
    counters = Counters(events, overlay)
    with source_factory() as source:
        size = _even(source.info.width, source.info.height)
        place = _place(background, size)
        shapes = overlay.scaled(size[0] / source.info.width, size[1] / source.info.height)
        with AnnotatedVideo(path, size, fps) as video:
            for frame in source.frames():
                if frame.number > last_frame:
                    break
                for polygon in overlay.private:  # gone before a block's mean could take it in
                    cv2.fillPoly(frame.bgr, [whole(polygon)], (0, 0, 0))
                here = by_frame.get(frame.number)
                tracked = rows.xyxy[here] if here is not None else np.empty((0, 4))
                others = detections.get(frame.number, np.empty((0, 4)))
                shown = show_people_as_mosaic(place, frame.bgr, np.vstack([others, tracked]))
                for polygon in shapes.private:
                    cv2.fillPoly(shown, [whole(polygon)], (PLAIN, PLAIN, PLAIN))
                draw_overlay(shown, shapes, counters.labels(frame.utc))
                if here is not None:
                    scale = np.array([size[0] / frame.width, size[1] / frame.height] * 2)
                    _draw_boxes(
                        shown, tracked * scale, [numbers.get(int(t)) for t in rows.track[here]]
                    )
                write(shown, f"{frame.utc.astimezone(zone):%Y-%m-%d %H:%M:%S}", (4, size[1]))
                video.write(shown)


class Counters:
    """What the labels of lines and zones say at a moment; asked in order of time."""

    def __init__(self, events: Iterable[Event], overlay: Overlay) -> None:
        self._events = sorted(events, key=lambda event: event.time)
        self._next = 0
        self._overlay = overlay
        self._crossed: Counter[tuple[str, str]] = Counter()
        self._inside: Counter[str] = Counter()

    def labels(self, now: datetime) -> dict[str, str]:
        """Text by id of line or zone, after all events up to ``now``."""
        while self._next < len(self._events) and self._events[self._next].time <= now:
            event = self._events[self._next]
            if isinstance(event, LineCrossed):
                self._crossed[event.line, event.direction] += 1
            elif isinstance(event, ZoneEntered):
                self._inside[event.zone] += 1
            elif isinstance(event, ZoneLeft):
                self._inside[event.zone] -= 1
            self._next += 1
        labels = {
            line: f"{line}  in {self._crossed[line, 'in']}  out {self._crossed[line, 'out']}"
            for line in self._overlay.lines
        }
        return labels | {zone: f"{zone}  {self._inside[zone]}" for zone in self._overlay.zones}


def _by_frame(rows: TrackRows) -> dict[int, NDArray[np.int64]]:
    """Positions of the rows of each frame."""
    order = np.argsort(rows.frame, kind="stable")
    numbers, starts = np.unique(rows.frame[order], return_index=True)
    return (
        dict(zip((int(n) for n in numbers), np.split(order, starts[1:]), strict=True))
        if len(order)
        else {}
    )


def _in_order_of_coming(rows: TrackRows) -> list[int]:
    """Confirmed tracks by their first sight: short numbers for the video, that lead nowhere."""
    order = np.argsort(rows.time_s, kind="stable")
    return [t for t in dict.fromkeys(int(t) for t in rows.track[order]) if t >= 0]


def _draw_boxes(image: Image, xyxy: NDArray[np.float64], numbers: Sequence[int | None]) -> None:
    """Confirmed people with their number, others with a thin box."""
    for box, number in zip(xyxy.round().astype(int), numbers, strict=True):
        corner, opposite = (int(box[0]), int(box[1])), (int(box[2]), int(box[3]))
        if number is not None:
            cv2.rectangle(image, corner, opposite, DARK, 3)
        cv2.rectangle(image, corner, opposite, WHITE, 1)
        if number is not None:
            write(image, str(number), corner)


def _even(width: int, height: int) -> tuple[int, int]:
    """The size to write: no longer than ``MAX_SIDE``, and even as codecs need."""
    scale = min(1.0, MAX_SIDE / max(width, height))
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


def _place(background: Image | None, size: tuple[int, int]) -> Image:
    if background is None:
        return np.full((size[1], size[0], 3), PLAIN, np.uint8)
    return np.asarray(cv2.resize(background, size, interpolation=cv2.INTER_LINEAR), np.uint8)
