"""Tracker update with fifty boxes, beside ByteTrack of ``trackers``."""

from __future__ import annotations

import numpy as np
import supervision as sv
from trackers import ByteTrackTracker

from bench.crowd import FPS, scores, walkers
from bench.result import Result, ratio
from miseban.vision.detectors.detection import Detections
from miseban.vision.tracker import Tracker

PEOPLE, FRAMES = 50, 200


def run(repeats: int) -> list[Result]:
    boxes, score = walkers(PEOPLE, FRAMES), scores(PEOPLE, FRAMES)
    ours_in = [Detections(b, s) for b, s in zip(boxes, score, strict=True)]
    theirs_in = [
        sv.Detections(xyxy=b, confidence=s, class_id=np.zeros(PEOPLE, int))
        for b, s in zip(boxes, score, strict=True)
    ]

    def ours() -> None:
        tracker = Tracker()
        for frame, detections in enumerate(ours_in):
            tracker.update(frame / FPS, frame + 1, detections)

    def theirs() -> None:
        tracker = ByteTrackTracker(frame_rate=FPS)
        for detections in theirs_in:
            tracker.update(detections)

    note = f"tracker update, {PEOPLE} boxes, over ByteTrack of trackers"
    return [ratio("tracker", 0.5, note, ours, theirs, repeats=repeats, calls=FRAMES)]
