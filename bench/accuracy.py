"""IDF1 and MOTA on PETS 2009 S2.L1, frames 1 to 400, beside the peers, all on the same detections.

Ours is what ``analyze --mot`` writes, with short gaps of a track filled; as the peers fill none,
the score without it is reported beside.
PETS 2009 is by the University of Reading; the truth is A. Milan's annotation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import supervision as sv
from numpy.typing import NDArray
from trackers import ByteTrackTracker, CBIoUTracker, OCSORTTracker

from bench.material import PETS, PETS_TRUTH, YOLOX_NANO, need
from bench.result import Result
from miseban.cli.analyze import FILL_S
from miseban.vision.detectors.detection import Detections
from miseban.vision.detectors.opening import open_detector
from miseban.vision.sources import open_source
from miseban.vision.tracker import Tracker, fill_gaps
from miseban.vocabulary.tracks import TrackRows
from tests.evaluation import scores

FRAMES = 400
PEERS = {
    "ByteTrack": ByteTrackTracker,
    "OC-SORT": OCSORTTracker,
    "C-BIoU": CBIoUTracker,
}


def run(repeats: int) -> list[Result]:
    del repeats  # nothing here depends on the clock
    truth = np.loadtxt(need(PETS_TRUTH), delimiter=",")
    frames = _detections()
    rows = _ours(frames)
    numbers = np.array([number for _, number, _ in frames])
    times = np.array([time_s for time_s, _, _ in frames])
    found = {
        "miseban": scores(truth, _mot(fill_gaps(rows, numbers, times, FILL_S))),
        "ours without filling": scores(truth, _mot(rows)),
    }
    for name, peer in PEERS.items():
        found[name] = scores(truth, _peer(peer(), frames))
    results = []
    for metric, bar in (("IDF1", 0.75), ("MOTA", 0.82)):
        rest = [name for name in found if name != "miseban"]
        peers = ", ".join(f"{name} {found[name][metric]:.3f}" for name in rest)
        note = f"{metric} on PETS 2009 S2.L1, YOLOX-nano, by TrackEval ({peers})"
        details = {name: score[metric] for name, score in found.items()}
        value = found["miseban"][metric]
        results.append(Result(metric.lower(), value, "", note, bar, at_least=True, details=details))
    return results


def _detections() -> list[tuple[float, int, Detections]]:
    """Time, number and people of each of the first 400 frames."""
    detector = open_detector(need(YOLOX_NANO))
    frames = []
    with open_source(str(need(PETS))) as source:
        for frame in source.frames():
            frames.append((frame.time_s, frame.number, detector.detect(frame)))
            if frame.number >= FRAMES:
                break
    detector.close()
    return frames


def _ours(frames: list[tuple[float, int, Detections]]) -> TrackRows:
    tracker = Tracker()
    parts = [tracker.update(time_s, number, found) for time_s, number, found in frames]
    rows = TrackRows.concatenate([*parts, tracker.finish()])
    return rows.take(rows.track >= 0)


def _mot(rows: TrackRows) -> NDArray[np.float64]:
    left_top, size = rows.xyxy[:, :2], rows.xyxy[:, 2:] - rows.xyxy[:, :2]
    return np.column_stack([rows.frame, rows.track, left_top, size])


def _peer(tracker: Any, frames: list[tuple[float, int, Detections]]) -> NDArray[np.float64]:
    rows = []
    for _, number, found in frames:
        boxes = sv.Detections(
            xyxy=found.xyxy, confidence=found.score, class_id=np.zeros(len(found), int)
        )
        tracked = tracker.update(boxes)
        for (x1, y1, x2, y2), track in zip(tracked.xyxy, tracked.tracker_id, strict=True):
            if track >= 0:
                rows.append((number, track, x1, y1, x2 - x1, y2 - y1))
    return np.array(rows)
