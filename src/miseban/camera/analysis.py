"""The loop: a source's frames become rows and events, and nothing else is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.camera.attributes import AttributeWatch
from miseban.camera.background import PersonFreeBackground
from miseban.camera.looking import Looking
from miseban.camera.private import PrivateMask
from miseban.camera.result import Analysis, no_progress
from miseban.camera.self_watch import SelfWatch
from miseban.space.engine import CameraSpace
from miseban.vision.detectors.detection import Detector
from miseban.vision.sources.source import Source
from miseban.vision.tracker import Tracker, TrackerSettings
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.stretches import length_s
from miseban.vocabulary.tracks import TrackRows

OPENING_S = 1.0
"""Time without a picture at the beginning that counts as not covered."""
WALK_S = 0.5
"""Rows are handed to ``space`` this often: together they cost it little more than one frame's. Its
facts do not depend on how rows are cut into calls."""


def analyse(
    source: Source,
    detector: Detector,
    shop: Shop,
    camera: str,
    *,
    keep_boxes: bool = False,
    tracker: TrackerSettings | None = None,
    attributes: AttributeWatch | None = None,
    gate: bool = True,
    until_s: float | None = None,
    progress: Callable[[float], None] = no_progress,
    stopped: Callable[[], bool] = lambda: False,
) -> Analysis:
    """Walks the whole path for one source, to its end, to ``until_s`` or until ``stopped()``.

    With ``gate`` frames in which nothing changed are spared the detector. ``progress`` is told the
    time of each frame, in seconds. A frame lives for one turn of the loop; what stays of it is
    rows, heat and the samples of the person-free background. Raises what the source raises for
    input it cannot use; a recording or a detector that breaks half-way ends it normally, with
    ``incomplete`` set.
    """
    following = Tracker(tracker or TrackerSettings())
    looking = Looking(detector, following, source.info, gated=gate)
    watch = SelfWatch(shop, camera, source.info)
    space = CameraSpace(shop, camera, source.info.start)
    mask = PrivateMask(shop, camera)
    background = PersonFreeBackground(source.info.width, source.info.height)
    result = Analysis(camera, source.info.start, heat=space.heat, floor_heat=space.floor_heat)
    numbers: list[int] = []
    times: list[float] = []
    parts: list[TrackRows] = []
    boxes: dict[int, NDArray[np.float64]] = {}
    gaps, walked, walked_s, opening_s, fault = 0, 0, 0.0, 0.0, ""
    for frame in source.frames():
        if until_s is not None and frame.time_s >= until_s:
            break
        if not numbers and frame.time_s > OPENING_S:
            # A live stream's first picture comes seconds after the session began.
            opening_s = frame.time_s
            result.events += space.gap(0.0, opening_s, "opening the stream")
            watch.gap(0.0, opening_s)
        for gap in source.gaps[gaps:]:  # before the minutes that it touches are closed
            result.events += space.gap(gap.start_s, gap.end_s, gap.reason)
            watch.gap(gap.start_s, gap.end_s)
            gaps += 1
        if not watch.takes(frame):
            continue
        mask.hide(frame)
        try:
            rows = looking.follow(frame)
            if attributes is not None and looking.detected:  # the same picture twice is one look
                attributes.offer(frame, rows, space.visit_of)
        except Failed as error:  # what came before it is kept
            fault = f"{Path(error.where).stem}: {error.what}"
            break
        background.offer(frame, looking.people_xyxy)
        numbers.append(frame.number)
        times.append(frame.time_s)
        if len(rows):
            parts.append(rows)
        if frame.time_s >= walked_s + WALK_S:
            result.events += space.update(TrackRows.concatenate(parts[walked:]), frame.time_s)
            walked, walked_s = len(parts), frame.time_s
            if attributes is not None:
                attributes.take(result.events, space.visit_of)
        if keep_boxes:
            boxes[frame.number] = looking.people_xyxy
        result.events += watch.saw(frame, looking)
        if watch.blind is not None:
            space.blind(*watch.blind)
        space.hold(watch.doubtful_s)
        progress(frame.time_s)
        if stopped():
            break
    parts.append(following.finish())
    result.incomplete = fault or source.incomplete or ("stopped by hand" if stopped() else "")
    result.duration_s = _duration_s(source, times)
    last_s = times[-1] if times else 0.0
    for gap in source.gaps[gaps:]:
        result.events += space.gap(gap.start_s, gap.end_s, gap.reason)
        watch.gap(gap.start_s, gap.end_s)
    result.events += space.update(TrackRows.concatenate(parts[walked:]), last_s)
    lost = [(0.0, opening_s), *((gap.start_s, gap.end_s) for gap in source.gaps), *watch.blinded]
    result.uncovered_s = min(result.duration_s, length_s(lost))
    result.events += space.finish(result.duration_s)
    if attributes is not None:
        attributes.take(result.events, space.visit_of)
        result.events += attributes.finish(result.duration_s)
    result.events += watch.finish(result.duration_s)
    result.events.sort(key=lambda event: (event.time, event.id))
    result.frames = np.array(numbers, np.int64)
    result.times_s = np.array(times)
    result.rows = TrackRows.concatenate(parts)
    result.detections = looking.detections
    result.boxes = boxes
    result.background = background.picture()
    result.rejected = dict(space.rejected)
    return result


def _duration_s(source: Source, times: list[float]) -> float:
    """To the end of the last frame: each frame stands until the next would have come."""
    if not times:
        return 0.0
    end_s = max([times[-1], *(gap.end_s for gap in source.gaps)])
    return end_s + 1.0 / source.info.fps if source.info.fps else end_s
