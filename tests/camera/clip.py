"""Clips for the tests of this room: a real one read with OpenCV, and made-up ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Frame, Image
from miseban.vision.sources.source import Gap, SourceInfo
from tests.shared import VIDEO, need

START = datetime(2026, 5, 16, 4, 0, tzinfo=UTC)


def frame_of(image: Image, number: int, fps: float = 10.0) -> Frame:
    time_s = (number - 1) / fps
    return Frame(image, number, time_s, START + timedelta(seconds=time_s))


class ClipSource:
    """Frames ``first`` to ``last`` (from 1) of a clip of the shared material, every ``step``."""

    def __init__(self, name: str, first: int = 1, last: int = 10_000, step: int = 1) -> None:
        self._capture = cv2.VideoCapture(str(need(VIDEO / name)))
        width, height = int(self._capture.get(3)), int(self._capture.get(4))
        self.info = SourceInfo(name, width, height, 10.0, None, False, START)
        self.gaps: list[Gap] = []
        self.incomplete = ""
        self._range = range(first, last + 1, step)

    def frames(self) -> Iterator[Frame]:
        for number in range(1, self._range.stop):
            if not self._capture.grab():
                return
            if number in self._range:
                _, image = self._capture.retrieve()
                yield frame_of(np.asarray(image, np.uint8), number)

    def close(self) -> None:
        self._capture.release()

    def __enter__(self) -> ClipSource:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def moving_boxes(image: Image, empty: Image) -> NDArray[np.float64]:
    """A detector that needs no model: boxes (N, 4) around what differs from the empty place."""
    difference = cv2.absdiff(cv2.GaussianBlur(image, (5, 5), 0), cv2.GaussianBlur(empty, (5, 5), 0))
    changed = (difference.max(axis=2) > 28).astype(np.uint8)
    changed = cv2.dilate(changed, np.ones((25, 25), np.uint8))
    shapes, _ = cv2.findContours(changed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = [cv2.boundingRect(shape) for shape in shapes]
    return np.array(
        [(x, y, x + w, y + h) for x, y, w, h in boxes if w * h > 4000], np.float64
    ).reshape(-1, 4)
