"""What a camera says about itself, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from miseban.camera.looking import Looking
from miseban.camera.reports import HealthReports
from miseban.camera.self_watch import SelfWatch
from miseban.vision.detectors.detection import Detections
from miseban.vision.health import Finding
from miseban.vision.pixels import Frame
from miseban.vision.sources import SourceInfo
from miseban.vision.tracker import Tracker
from miseban.vocabulary.events import CameraHealth, Event
from miseban.vocabulary.shop import Shop

START = datetime(2026, 3, 2, 10, 7, tzinfo=UTC)


def test_a_report_comes_at_each_quarter_of_an_hour_and_at_the_end() -> None:
    reports = HealthReports("s", "c", START)
    for number in range(30 * 60 * 2):
        reports.frame(number / 2, detected=number % 4 == 0)
    reports.finish(30 * 60.0)
    events = reports.taken()
    minutes = [(event.time - START).total_seconds() / 60 for event in events]
    assert minutes == pytest.approx([8, 23, 30], abs=0.01)
    for event in events:
        assert isinstance(event, CameraHealth)
        assert event.state == "ok"
        assert event.fps == pytest.approx(2, rel=0.01)
        assert event.detected == pytest.approx(0.25, rel=0.01)


def test_a_trouble_is_told_when_it_begins_while_it_lasts_and_when_it_ends() -> None:
    reports = HealthReports("s", "c", START)
    told: list[Event] = []
    for second in range(1200):
        reports.frame(float(second), detected=True)
        if second == 100:
            reports.found(Finding("moved", "begins", 100.0, 90.0, "turned", (4.0, -1.5)))
        if second == 700:
            reports.found(Finding("moved", "ends", 700.0, 90.0))
        told += reports.taken()
    reports.finish(1200.0)
    told += reports.taken()
    assert [(e.state, e.phase) for e in told if isinstance(e, CameraHealth)] == [
        ("moved", "begins"),
        ("moved", "lasts"),
        ("moved", "ends"),
        ("ok", None),
    ]
    begun = told[0]
    assert isinstance(begun, CameraHealth)
    assert (begun.dx_px, begun.dy_px, begun.reason) == (4.0, -1.5, "turned")
    assert begun.since == START + timedelta(seconds=90)
    assert begun.time == START + timedelta(seconds=100)


class Slow:
    """A detector that takes ``cost_s`` seconds of a clock that only it moves."""

    name = "slow"

    def __init__(self) -> None:
        self.cost_s, self.now_s = 0.0, 0.0

    def clock(self) -> float:
        return self.now_s

    def detect(self, frame: Frame) -> Detections:
        self.now_s += self.cost_s
        return Detections.none()

    def close(self) -> None:
        """Nothing is open."""


def live(from_s: float, to_s: float) -> Iterator[Frame]:
    for number in range(round(from_s * 5), round(to_s * 5)):
        picture = np.full((48, 64, 3), 60 + number % 2 * 60, np.uint8)  # always a change
        time_s = number / 5
        yield Frame(picture, number + 1, time_s, START + timedelta(seconds=time_s))


def test_a_processor_that_cannot_keep_up_is_told_with_the_rate_it_reaches() -> None:
    shop = Shop.plain("c", (64, 48), "usb:0", 5.0)
    info = SourceInfo("usb:0", 64, 48, 5.0, None, True, START)
    detector = Slow()
    looking = Looking(detector, Tracker(), info, gated=True)
    watch = SelfWatch(shop, "c", info, clock=detector.clock)
    told: list[Event] = []
    for cost_s, from_s, to_s in ((0.05, 0, 30), (0.35, 30, 60), (0.05, 60, 90)):
        detector.cost_s = cost_s
        for frame in live(from_s, to_s):
            if watch.takes(frame):
                looking.follow(frame)
                told += watch.saw(frame, looking)
    slow = [event for event in told if isinstance(event, CameraHealth)]
    assert [(event.state, event.phase) for event in slow] == [("slow", "begins"), ("slow", "ends")]
    assert "frames a second" in slow[0].reason
    assert 30 < (slow[0].time - START).total_seconds() < 41
    assert slow[1].since == slow[0].time


def test_a_recording_is_never_slowed() -> None:
    shop = Shop.plain("c", (64, 48), "clip.mp4", 5.0)
    info = SourceInfo("clip.mp4", 64, 48, 5.0, None, False, START)
    detector = Slow()
    detector.cost_s = 9.0
    looking = Looking(detector, Tracker(), info, gated=True)
    watch = SelfWatch(shop, "c", info, clock=detector.clock)
    for frame in live(0, 30):
        assert watch.takes(frame)
        looking.follow(frame)
        watch.saw(frame, looking)
