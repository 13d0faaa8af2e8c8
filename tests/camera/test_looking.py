"""The gate in the loop: what the detector is spared, and how the result tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
import pytest

from miseban.camera.analysis import analyse
from miseban.camera.result import Analysis
from miseban.vision.detectors.detection import Detections
from miseban.vision.pixels import Frame
from miseban.vocabulary.events import CameraHealth, LineCrossed
from miseban.vocabulary.shop import parse_shop
from tests.camera.played import START, PlayedSource

SHOP = """
[shop]
id = "s"
timezone = "UTC"
policy = "jp"
[[camera]]
id = "c"
source = "usb:0"
resolution = [160, 90]
[[line]]
id = "l"
camera = "c"
points = [[80, 0], [80, 89]]
"""
FPS = 5.0
WIDE, TALL, TOP = 14, 40, 30


class Played(PlayedSource):
    """A camera before which one dark figure is at ``lefts``, frame by frame (NaN: nobody)."""

    def __init__(self, lefts: Sequence[float]) -> None:
        super().__init__(160, 90, FPS, len(lefts))
        self._lefts = lefts

    def frames(self) -> Iterator[Frame]:
        rng = np.random.default_rng(1)
        floor = rng.uniform(100, 160, (90, 160, 3))
        for number, left in enumerate(self._lefts, start=1):
            picture = floor + rng.normal(0, 2, floor.shape)
            if np.isfinite(left):
                picture[TOP : TOP + TALL, round(left) : round(left) + WIDE] = 40
            time_s = (number - 1) / FPS
            bgr = np.clip(picture, 0, 255).astype(np.uint8)
            yield Frame(bgr, number, time_s, START + timedelta(seconds=time_s))


class DarkIsSomebody:
    """Finds the dark figure, and counts how often it was asked."""

    name = "dark is somebody"

    def __init__(self) -> None:
        self.asked = 0

    def detect(self, frame: Frame) -> Detections:
        self.asked += 1
        columns = np.flatnonzero((frame.bgr[TOP + 5 : TOP + 30] < 60).all(axis=(0, 2)))
        if not len(columns):
            return Detections.none()
        box = [columns[0], TOP, columns[-1] + 1, TOP + TALL]
        return Detections(np.array([box], np.float64), np.array([0.9]))

    def close(self) -> None:
        """Nothing is open."""


class LearnsFromAll(DarkIsSomebody):
    every_frame = True


VISIT = [*[np.nan] * 50, *range(0, 60, 3), *[60.0] * 150, *range(60, 140, 4), *[np.nan] * 200]
"""Ten seconds nobody; in from the left, half a minute standing; across the line; nobody."""


def watched(detector: DarkIsSomebody, *, gate: bool) -> Analysis:
    return analyse(Played(VISIT), detector, parse_shop(SHOP, "s"), "c", gate=gate)


def test_the_same_people_are_counted_at_a_fifth_of_the_detections() -> None:
    every, some = DarkIsSomebody(), DarkIsSomebody()
    full, gated = watched(every, gate=False), watched(some, gate=True)
    assert every.asked == len(VISIT)
    assert some.asked < 0.22 * len(VISIT)
    assert (gated.detections, full.detections) == (some.asked, every.asked)
    assert gated.detected == pytest.approx(some.asked / len(VISIT))
    for result in (full, gated):
        crossed = [event for event in result.events if isinstance(event, LineCrossed)]
        assert len(crossed) == 1
    assert len(gated.rows) == len(full.rows)
    assert np.abs(gated.rows.xyxy - full.rows.xyxy).max() < 3
    assert len(set(gated.rows.track.tolist())) == 1


def test_the_share_that_the_detector_saw_is_reported() -> None:
    detector = DarkIsSomebody()
    result = watched(detector, gate=True)
    (told,) = (event for event in result.events if isinstance(event, CameraHealth))
    assert (told.state, told.phase) == ("ok", None)
    assert told.detected == pytest.approx(detector.asked / len(VISIT))
    assert told.fps == pytest.approx(FPS, rel=0.01)
    assert told.time == START + timedelta(seconds=len(VISIT) / FPS)


def test_a_detector_that_learns_from_every_frame_sees_every_frame() -> None:
    detector = LearnsFromAll()
    watched(detector, gate=True)
    assert detector.asked == len(VISIT)


def test_what_may_be_a_person_is_hidden_in_frames_that_nobody_looked_at_too() -> None:
    result = analyse(Played(VISIT), DarkIsSomebody(), parse_shop(SHOP, "s"), "c", keep_boxes=True)
    standing = range(80, 200)
    assert all(len(result.boxes[number]) == 1 for number in standing)
