"""The clip of bottles that are put on a table and taken away: hands come in over the edge."""

from __future__ import annotations

import json
from functools import cache

import numpy as np

from miseban.insight.score.matching import pairs_within
from miseban.space.hands import Handling, Touched
from miseban.vision.hands import HandsWatch
from miseban.vision.sources import open_source
from tests.shared import TRUTH, VIDEO, need

NOBODY = np.empty((0, 4))
AROUND_PX = 6


@cache
def touches(fps: float) -> list[Touched]:
    known = json.loads(need(TRUTH / "bottle.json").read_text("utf-8"))
    polygons = []
    for bottle in known["bottles"]:
        boxes = np.array([stand["box"] for stand in bottle["stands"]], np.float64)
        left, top = (boxes[:, :2].min(axis=0) - AROUND_PX).tolist()
        right, bottom = (boxes[:, 2:].max(axis=0) + AROUND_PX).tolist()
        polygons.append([(left, top), (right, top), (right, bottom), (left, bottom)])
    watch, handling = HandsWatch(polygons, known["width"], known["height"]), Handling([1, 1, 1])
    found: list[Touched] = []
    with open_source(str(need(VIDEO / "intel_bottle_detection.mp4")), fps=fps) as source:
        for frame in source.frames():
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


def test_who_is_not_seen_has_no_track() -> None:
    assert {touch.track for touch in touches(10.0)} == {None}
