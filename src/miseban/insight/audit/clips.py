"""Minutes of a recording to look at, in which nobody can be recognised.

Invariant: no pixel of the recording is shown, only means of blocks. The whole picture is a mosaic,
also where nobody was detected, since somebody who was missed is whom an audit looks for. Blocks are
a sixth of the widest person that was followed, and not less than a 24th of the picture's shorter
side, or eight pixels: a face is three blocks wide or less, also that of somebody who was missed and
is as wide as a quarter of that side. Around everybody who was followed the blocks lie on a grid
that goes with the person, and colours are few, so that what slides below the still grid gives away
no more.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from datetime import tzinfo
from math import ceil
from pathlib import Path

import cv2
import numpy as np

from miseban.camera.annotate import AnnotatedVideo
from miseban.camera.drawing import Overlay, draw_overlay, whole, write
from miseban.camera.mosaic import BLOCKS, LEAST_BLOCK, show_people_as_mosaic
from miseban.insight.audit.minutes import Minute
from miseban.vision.pixels import Image
from miseban.vision.sources.source import Source
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.tracks import TrackRows

SHOWN_PX = 480
SHOWN_FPS = 5.0
"""Enough to see somebody pass, and quickly written."""
COLOURS = 32
"""Steps of each colour."""
SAME_S = 0.05
MISSED = 0.25
"""Whom nobody followed may be as wide as this part of the picture's shorter side."""


def block_px(rows: TrackRows, size: tuple[int, int]) -> int:
    """The blocks' side for pictures of ``size`` in which ``rows`` were followed."""
    sides = np.minimum(rows.xyxy[:, 2] - rows.xyxy[:, 0], rows.xyxy[:, 3] - rows.xyxy[:, 1])
    # Somebody who was missed could be nearer than all who were followed.
    widest = max(float(sides.max(initial=0.0)), min(size) * MISSED)
    return max(LEAST_BLOCK, ceil(widest / BLOCKS))


def pixelated(image: Image, block: int) -> Image:
    """``image`` (H, W, 3) as means of ``block`` by ``block`` pixels in few colours. What is left
    at the right and lower edge is part of the last blocks."""
    height, width = image.shape[:2]
    columns, rows = max(1, width // block), max(1, height // block)
    means = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
    step = 256 // COLOURS
    means = means // step * step + step // 2
    shown = cv2.resize(means, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(shown, np.uint8)


def write_clips(
    opened: Callable[[], Source],
    minutes: Sequence[Minute],
    rows: TrackRows,
    overlay: Overlay,
    folder: Path,
    zone: tzinfo,
    fps: float,
) -> Generator[tuple[Minute, Path], None, None]:
    """Each of ``minutes``, in order, as a video in ``folder``, as soon as it is written: one pass
    over the recording, of which no more is read than is asked for. ``rows`` are what was followed,
    ``overlay`` lines and private places in pixels of the source; ``fps`` of the frames.

    Raises ``BadInput`` for a recording that ends before a minute begins.
    """
    with opened() as source:
        size = _size(source.info.width, source.info.height)
        block = block_px(rows, (source.info.width, source.info.height))
        shapes = overlay.scaled(size[0] / source.info.width, size[1] / source.info.height)
        frames = source.frames()
        frame = next(frames, None)
        for number, minute in enumerate(minutes, start=1):
            while frame is not None and frame.time_s < minute.from_s:
                frame = next(frames, None)
            if frame is None:
                what = (
                    f"expected pictures of {minute.start.astimezone(zone):%H:%M:%S}, found its end"
                )
                raise BadInput("recording", source.info.address, what)
            path = folder / f"minute-{number:03}.mp4"
            with AnnotatedVideo(path, size, fps) as video:
                while frame is not None and frame.time_s < minute.to_s:
                    for polygon in overlay.private:
                        cv2.fillPoly(frame.bgr, [whole(polygon)], (0, 0, 0))
                    ground = cv2.resize(pixelated(frame.bgr, block), size)
                    here = np.abs(rows.time_s - frame.time_s) < SAME_S
                    shown = show_people_as_mosaic(
                        np.asarray(ground, np.uint8), frame.bgr, rows.xyxy[here]
                    )
                    draw_overlay(shown, shapes, {})
                    clock = f"{frame.utc.astimezone(zone):%Y-%m-%d %H:%M:%S}"
                    write(shown, clock, (4, size[1]))
                    video.write(shown)
                    frame = next(frames, None)
            yield minute, path


def _size(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, SHOWN_PX / max(width, height))
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)
