"""Pictures to time on, as a source like any other but without a thread of its own: what decodes
beside the detector would be counted with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from miseban.vision.pixels import Frame, Image
from miseban.vision.sources import Gap, SourceInfo, capture
from miseban.vocabulary.errors import BadInput

START = datetime(2000, 1, 1, tzinfo=UTC)
NOISE_FPS = 5.0
"""Of the stream's own time: what the loop does once a second is done as often as in a shop."""


class Pictures:
    """Follows ``Source``."""

    def __init__(self, info: SourceInfo, images: Iterator[tuple[float, Image]]) -> None:
        self.info, self._images = info, images
        self.gaps: list[Gap] = []
        self.incomplete = ""

    def frames(self) -> Iterator[Frame]:
        for number, (time_s, image) in enumerate(self._images, start=1):
            yield Frame(image, number, time_s, START + timedelta(seconds=time_s))

    def close(self) -> None:
        return

    def __enter__(self) -> Pictures:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def noise(width: int, height: int) -> Pictures:
    """Without an end; no two pictures in a row are alike, so nothing can be saved on them."""
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (height, width, 3), np.uint8) for _ in range(4)]

    def endless() -> Iterator[tuple[float, Image]]:
        number = 0
        while True:
            # A copy, since a source's frame is its own: the loop blackens private zones in it.
            yield number / NOISE_FPS, images[number % 4].copy()
            number += 1

    return Pictures(SourceInfo("noise", width, height, NOISE_FPS, None, False, START), endless())


def of_video(path: Path) -> Pictures:
    """The frames of a file. Raises ``BadInput`` (``video-unreadable``)."""
    images = decode(path)
    first = next(images, None)
    if first is None:
        raise BadInput("video-unreadable", path, "expected a video, found no frame in it")

    def all_of_it() -> Iterator[tuple[float, Image]]:
        yield first
        yield from images

    height, width = first[1].shape[:2]
    return Pictures(SourceInfo(str(path), width, height, None, None, False, START), all_of_it())


def decode(path: Path) -> Iterator[tuple[float, Image]]:
    """Time in seconds and picture of every frame. Raises ``BadInput`` (``video-unreadable``)."""
    video = capture.open_file(str(path))
    try:
        if not video.isOpened():
            raise BadInput("video-unreadable", path, "expected a video, found nothing readable")
        while video.grab() and (image := capture.retrieve(video)) is not None:
            yield max(0.0, capture.stamp_s(video)), image
    finally:
        video.release()
