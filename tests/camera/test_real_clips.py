"""Real recordings against their truth: passages and stays, at several analysed frame rates."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from miseban.camera.analysis import analyse
from miseban.camera.result import Analysis
from miseban.vision.detectors import open_detector
from miseban.vision.detectors.detection import Detections, Detector
from miseban.vision.pixels import Frame
from miseban.vision.sources import open_source
from miseban.vocabulary.events import LineCrossed, VisitEnded, ZoneEntered, ZoneLeft
from miseban.vocabulary.shop import Shop, load_shop
from tests.shared import MODELS, TRUTH, VIDEO, need

EXAMPLES = Path(__file__).parents[2] / "examples"


def truth(name: str) -> Any:
    return json.loads(need(TRUTH / name).read_text("utf-8"))


def shop_of(example: str) -> Shop:
    return load_shop(EXAMPLES / example)


class Remembering:
    """What a network found in a picture is the same at every frame rate: it looks once at each."""

    def __init__(self, detector: Detector) -> None:
        self.name, self._detector = detector.name, detector
        self._found: dict[bytes, Detections] = {}

    def detect(self, frame: Frame) -> Detections:
        picture = hashlib.blake2b(frame.bgr.tobytes()).digest()
        if picture not in self._found:
            self._found[picture] = self._detector.detect(frame)
        return self._found[picture]

    def close(self) -> None:
        """It is used again."""


@cache
def network(model: str) -> Remembering:
    return Remembering(open_detector(need(MODELS / model)))


@cache
def analysed(clip: str, example: str, model: str, fps: float | None) -> Analysis:
    shop = shop_of(example)
    detector: Detector = open_detector("motion") if model == "motion" else network(model)
    with open_source(str(need(VIDEO / clip)), fps=fps) as source:
        return analyse(source, detector, shop, shop.cameras[0].id)


def passages(result: Analysis) -> list[tuple[float, str]]:
    return [
        ((event.time - result.start).total_seconds(), event.direction)
        for event in result.events
        if isinstance(event, LineCrossed)
    ]


ONE = ("intel_one_by_one_person.mp4", "one_by_one.toml", "yolox_nano.onnx")
TOP = ("people_counter_topdown.mp4", "topdown_entrance.toml", "motion")


@pytest.mark.parametrize(("fps", "missed"), [(10.0, 0), (5.0, 0), (2.0, 1)])
def test_one_by_one_passages(fps: float, missed: int) -> None:
    known = truth("one_by_one.json")
    wanted = [
        (crossing["frame"] / known["fps"], crossing["tolerance"] / known["fps"])
        for person in known["persons"]
        for crossing in person["crosses_x384"]
    ]
    found = passages(analysed(*ONE, fps))
    assert {direction for _, direction in found} == {"in"}
    assert len(wanted) - missed <= len(found) <= len(wanted) + missed
    if not missed:
        # Between two analysed frames the moment is interpolated.
        slack = 0.5 / fps
        for (time_s, _), (wanted_s, tolerance_s) in zip(found, wanted, strict=True):
            assert abs(time_s - wanted_s) <= tolerance_s + slack


@pytest.mark.parametrize("fps", [10.0, 5.0, 2.0])
def test_one_by_one_visits_and_stays(fps: float) -> None:
    known = truth("one_by_one.json")
    result = analysed(*ONE, fps)
    ended = sorted(
        (event for event in result.events if isinstance(event, VisitEnded)),
        key=lambda event: event.started,
    )
    # The detector sees a person once a part of the body is in view, half a second late at most.
    slack = 0.8 + 1 / fps
    for visit, person in zip(ended, known["persons"], strict=True):
        came = (visit.started - result.start).total_seconds()
        went = (visit.time - result.start).total_seconds()
        assert abs(came - person["first_frame"] / known["fps"]) <= slack
        assert abs(went - person["last_frame"] / known["fps"]) <= slack
    entered = [event for event in result.events if isinstance(event, ZoneEntered)]
    left = [event for event in result.events if isinstance(event, ZoneLeft)]
    assert len(entered) == len(left) == len(known["persons"])
    for stay, person in zip(left, known["persons"], strict=True):
        (standing,) = person["standing_still"]
        stood_s = (standing["end"] - standing["start"]) / known["fps"]
        # The zone is larger than the spot where people stand still: they walk in and out of it.
        assert stood_s - 0.5 <= stay.dwell_s <= stood_s + 3.5
        assert stay.stitched == 1


def test_dwell_hardly_depends_on_the_frame_rate() -> None:
    def dwell(fps: float) -> list[float]:
        events = analysed(*ONE, fps).events
        return [event.dwell_s for event in events if isinstance(event, ZoneLeft)]

    for fps in (5.0, 2.0):
        for slow, fast in zip(dwell(fps), dwell(10.0), strict=True):
            assert slow == pytest.approx(fast, abs=0.6)


@pytest.mark.parametrize(("fps", "missed"), [(25.0, 0), (10.0, 0), (5.0, 0), (2.0, 1)])
def test_overhead_entrance_passages(fps: float, missed: int) -> None:
    known = truth("topdown_entrance.json")
    way = {"up": "in", "down": "out"}
    wanted = [(p["frame"] / known["fps"], way[p["direction"]]) for p in known["passages"]]
    # The person at the picture's edge may be counted or not.
    unclear = [p["frame"] / known["fps"] for p in known["ambiguous"]]
    found = [
        (time_s, direction)
        for time_s, direction in passages(analysed(*TOP, fps))
        if all(abs(time_s - other) > 1.0 for other in unclear)
    ]
    assert abs(len(found) - len(wanted)) <= missed
    if not missed:
        assert [direction for _, direction in found] == [direction for _, direction in wanted]
        for (time_s, _), (wanted_s, _) in zip(found, wanted, strict=True):
            assert abs(time_s - wanted_s) <= 4 / known["fps"] + 0.5 / fps


def test_shop_aisle_people() -> None:
    known = truth("store_aisle.json")
    result = analysed("intel_store-aisle-detection.gif", "store_aisle.toml", ONE[2], None)
    assert sum(isinstance(event, VisitEnded) for event in result.events) == len(known["persons"])
