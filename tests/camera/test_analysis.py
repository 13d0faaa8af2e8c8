"""The loop: gaps reach the minutes they touch, and what cannot be used is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from miseban.camera.analysis import analyse
from miseban.vision.detectors.detection import Detections
from miseban.vision.pixels import Frame
from miseban.vision.sources import Gap
from miseban.vocabulary.events import CameraHealth, ZoneOccupancy
from miseban.vocabulary.shop import parse_shop
from tests.camera.played import START, PlayedSource, shop_of
from tests.space.help.scenes import FPS, Actor, along, boxes, calls
from tests.space.help.scenes import shop as shop_that_helps

SHOP = shop_of(64, 48)


class Interrupted(PlayedSource):
    """A live camera at 5 frames a second that saw nothing from one moment to another."""

    def __init__(self, first_s: float, lost_s: tuple[float, float], end_s: float) -> None:
        super().__init__(64, 48, 5.0, live=True)
        self._first_s, self._lost_s, self._end_s = first_s, lost_s, end_s

    def frames(self) -> Iterator[Frame]:
        rng = np.random.default_rng(0)
        for n, time_s in enumerate(np.arange(self._first_s, self._end_s, 0.2).tolist(), start=1):
            if self._lost_s[0] < time_s < self._lost_s[1]:
                continue
            if time_s >= self._lost_s[1] and not self.gaps:
                self.gaps.append(Gap(*self._lost_s, "the stream broke off"))
            yield Frame(
                rng.integers(90, 160, (48, 64, 3), np.uint8),
                n,
                time_s,
                START + timedelta(seconds=time_s),
            )


class OneStands:
    """A detector that sees one person standing still, always."""

    name = "one stands"

    def detect(self, frame: Frame) -> Detections:
        return Detections(np.array([[20.0, 5.0, 40.0, 40.0]]), np.array([0.9]))

    def close(self) -> None:
        """Nothing is open."""


def test_a_gap_is_lost_coverage_in_every_minute_it_touches() -> None:
    source = Interrupted(0.0, (90.0, 200.0), 300.0)
    result = analyse(source, OneStands(), parse_shop(SHOP, "s"), "c")
    assert result.uncovered_s == pytest.approx(110)
    minutes = [event for event in result.events if isinstance(event, ZoneOccupancy)]
    coverage = [event.coverage for event in minutes]
    assert coverage[:5] == pytest.approx([1.0, 0.5, 0.0, 2 / 3, 1.0])
    assert sum(event.coverage * event.period_s for event in minutes) == pytest.approx(
        result.duration_s - result.uncovered_s
    )
    # Nobody was seen while nothing was seen.
    assert minutes[2].person_s == 0


def test_the_time_before_the_first_picture_was_not_seen() -> None:
    result = analyse(Interrupted(6.0, (98.0, 99.0), 30.0), OneStands(), parse_shop(SHOP, "s"), "c")
    gaps = [event for event in result.events if isinstance(event, CameraHealth)]
    assert [(gap.gap_s, gap.reason) for gap in gaps][:1] == [(6.0, "opening the stream")]
    assert result.uncovered_s == pytest.approx(6.0)


class Plain(PlayedSource):
    """A recording in which nothing is to be seen."""

    def __init__(self, length_s: float) -> None:
        self._count = round(length_s * FPS)
        super().__init__(1280, 720, FPS, self._count)

    def frames(self) -> Iterator[Frame]:
        picture = np.random.default_rng(0).integers(90, 160, (720, 1280, 3), np.uint8)
        for n in range(self._count):
            yield Frame(picture, n + 1, n / FPS, START + timedelta(seconds=n / FPS))


class Told:
    """A detector that is told where people are, frame by frame."""

    name = "told"

    def __init__(self, actor: Actor) -> None:
        self._rows = boxes([actor], noise=0.01)

    def detect(self, frame: Frame) -> Detections:
        found = self._rows.xyxy[self._rows.frame == frame.number]
        return Detections(found, np.full(len(found), 0.9))

    def close(self) -> None:
        """Nothing is open."""


def test_who_falls_in_a_recording_is_told_of() -> None:
    way = along((3, 4, 6), (9, 10, 6), (52, 10, 6), (58, 16, 6))
    actor = Actor(way, 3, 58, lambda now: (0.5, 1.5) if 10 <= now < 50 else (1.7, 0.5))
    result = analyse(Plain(130), Told(actor), shop_that_helps(), "c", gate=False)
    (call,) = calls(result.events)
    assert call.kind == "fall"
    assert 11 <= (call.time - START).total_seconds() <= 15
