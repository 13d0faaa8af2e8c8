"""A closer look: parts cover the picture, nobody is cut by them, and nobody is found twice."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from miseban.vision.detectors import open_detector
from miseban.vision.detectors.closer import MOST_PARTS, Closer, parts_of
from miseban.vision.detectors.detection import Detections
from miseban.vision.pixels import Frame

INPUT = (448, 352)


def frame_of(wide: int, high: int) -> Frame:
    return Frame(np.zeros((high, wide, 3), np.uint8), 1, 0.0, datetime(2026, 3, 2, tzinfo=UTC))


class Marks:
    """Finds white rectangles, as far as the picture shows them, if they are not too small when it
    is shrunk to the input."""

    name = "marks"

    def __init__(self, least_px: float = 0.0) -> None:
        self._least_px, self.looks = least_px, 0

    def detect(self, frame: Frame) -> Detections:
        self.looks += 1
        shrunk = max(frame.width / INPUT[0], frame.height / INPUT[1], 1.0)
        boxes = []
        for value in np.unique(frame.bgr[frame.bgr > 0]).tolist():
            y, x = np.nonzero(frame.bgr[:, :, 0] == value)
            box = [x.min(), y.min(), x.max() + 1.0, y.max() + 1.0]
            if (box[3] - box[1]) / shrunk >= self._least_px:
                boxes.append(box)
        return Detections(np.array(boxes, float).reshape(-1, 4), np.full(len(boxes), 0.9))

    def close(self) -> None:
        """Nothing is open."""


@given(wide=st.integers(200, 3000), high=st.integers(150, 2200))
def test_parts_cover_the_picture(wide: int, high: int) -> None:
    parts = parts_of((wide, high), INPUT)
    assert len(parts) <= MOST_PARTS
    if wide <= INPUT[0] and high <= INPUT[1]:
        assert parts == []
    if not parts:
        return
    for left, top, right, bottom in parts:
        assert 0 <= left < right <= wide
        assert 0 <= top < bottom <= high
    columns = sorted({(left, right) for left, _, right, _ in parts})
    rows = sorted({(top, bottom) for _, top, _, bottom in parts})
    for spans, length in ((columns, wide), (rows, high)):
        assert spans[0][0] == 0
        assert spans[-1][1] == length
        assert all(a[1] > b[0] for a, b in pairwise(spans))


def test_small_ones_are_found_once_and_where_they_are() -> None:
    frame = frame_of(1280, 720)
    places = [(100, 100, 110, 130), (620, 300, 640, 350), (1200, 600, 1215, 640)]
    for value, (x1, y1, x2, y2) in enumerate(places, start=50):
        frame.bgr[y1:y2, x1:x2] = value
    plain, closer = Marks(25.0), Closer(Marks(25.0), INPUT)
    assert len(plain.detect(frame)) == 0
    found = closer.detect(frame)
    assert sorted(map(tuple, found.xyxy.astype(int).tolist())) == sorted(places)


def test_who_is_cut_by_a_part_is_taken_from_where_all_is_seen() -> None:
    frame = frame_of(640, 360)
    (_, _, right, _), *_ = parts_of((640, 360), INPUT)
    frame.bgr[50:300, 20 : right + 100] = 80  # broader than any part
    found = Closer(Marks(), INPUT).detect(frame)
    assert found.xyxy.tolist() == [[20.0, 50.0, right + 100.0, 300.0]]


def test_a_picture_that_fits_is_looked_at_once() -> None:
    marks = Marks()
    Closer(marks, INPUT).detect(frame_of(448, 352))
    assert marks.looks == 1


def test_it_is_opened_by_name() -> None:
    detector = open_detector("person-small", closer=True)
    assert detector.name == "person-small, closer"
    assert len(detector.detect(frame_of(640, 360))) == 0
    detector.close()
