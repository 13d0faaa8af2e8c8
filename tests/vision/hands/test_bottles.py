"""The clip of bottles that are put on a table and taken away: hands come in over the edge."""

from __future__ import annotations

import json
from functools import cache

import numpy as np

from miseban.camera.hand_watch import LOOK_S
from miseban.camera.together import analyse_together
from miseban.insight.score.matching import pairs_within
from miseban.space.hands import Handling, Touched
from miseban.vision.detectors.detection import Detections
from miseban.vision.hands import HandsWatch
from miseban.vision.pixels import Frame
from miseban.vision.sources import open_source
from miseban.vocabulary.events import ShelfTouched
from miseban.vocabulary.shop import parse_shop
from tests.camera.played import shop_of
from tests.shared import TRUTH, VIDEO, need

NOBODY = np.empty((0, 4))
AROUND_PX = 6


class Nobody:
    name = "nobody"

    def detect(self, frame: Frame) -> Detections:
        return Detections.none()

    def close(self) -> None:
        """Nothing is open."""


def places() -> list[list[tuple[float, float]]]:
    """Around each bottle, wherever it stands."""
    known = json.loads(need(TRUTH / "bottle.json").read_text("utf-8"))
    polygons = []
    for bottle in known["bottles"]:
        boxes = np.array([stand["box"] for stand in bottle["stands"]], np.float64)
        left, top = (boxes[:, :2].min(axis=0) - AROUND_PX).tolist()
        right, bottom = (boxes[:, 2:].max(axis=0) + AROUND_PX).tolist()
        polygons.append([(left, top), (right, top), (right, bottom), (left, bottom)])
    return polygons


@cache
def touches(fps: float) -> list[Touched]:
    """As often as a camera looks."""
    known = json.loads(need(TRUTH / "bottle.json").read_text("utf-8"))
    polygons = places()
    watch, handling = HandsWatch(polygons, known["width"], known["height"]), Handling([1, 1, 1])
    found: list[Touched] = []
    with open_source(str(need(VIDEO / "intel_bottle_detection.mp4")), fps=fps) as source:
        looked_s = -1.0
        for frame in source.frames():
            if frame.time_s < looked_s + LOOK_S - 1e-3:
                continue
            looked_s = frame.time_s
            found += handling.see(watch.look(frame, NOBODY, NOBODY, []))
    return found + handling.finish()


def test_every_bottle_that_comes_or_goes_is_told() -> None:
    known = json.loads(need(TRUTH / "bottle.json").read_text("utf-8"))
    names = [bottle["id"] for bottle in known["bottles"]]
    matched = 0
    for number, name in enumerate(names):
        for kind, word in (("pick_up", "take"), ("put_back", "put")):
            true = [
                event["frame"] / known["fps"]
                for event in known["events"]
                if (event["bottle"], event["kind"]) == (name, word)
            ]
            told = [t.time_s for t in touches(10.0) if (t.facing, t.kind) == (number, kind)]
            matched += pairs_within(np.array(true), np.array(told), 2.0)
    changes = [touch for touch in touches(10.0) if touch.kind != "reach"]
    f1 = 2 * matched / (len(known["events"]) + len(changes))
    assert f1 >= 0.9, (matched, changes)


def test_no_hand_is_told_to_have_only_reached() -> None:
    """Each of them takes a bottle or puts one down."""
    assert [touch for touch in touches(10.0) if touch.kind == "reach"] == []


def test_who_is_not_seen_has_no_track() -> None:
    assert {touch.track for touch in touches(10.0)} == {None}


def test_cameras_in_step_tell_the_same() -> None:
    """As live cameras do, and recordings of several."""
    known = json.loads(need(TRUTH / "bottle.json").read_text("utf-8"))
    facings = "".join(
        f'[[shelf.facing]]\nid = "{number}"\ngtin = "4901234567894"\ncapacity = 1\n'
        f"polygon = {[list(corner) for corner in polygon]}\n"
        for number, polygon in enumerate(places())
    )
    text = shop_of(known["width"], known["height"])
    shop = parse_shop(
        f'{text}[[shelf]]\nid = "table"\ncamera = "c"\ntells = ["touches"]\n{facings}', "s"
    )
    with open_source(str(need(VIDEO / "intel_bottle_detection.mp4")), fps=10.0) as source:
        result, _ = analyse_together({"c": (source, Nobody())}, shop)
    told = [event for event in result.events if isinstance(event, ShelfTouched)]
    found = {(e.facing, e.kind, (e.time - result.start).total_seconds()) for e in told}
    expected = {(str(t.facing), t.kind, round(t.time_s, 6)) for t in touches(10.0)}
    assert {(f, k, round(t, 6)) for f, k, t in found} == expected
