"""The loop: a source's frames become rows and events, and nothing else is kept."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from miseban.camera.attributes import AttributeWatch
from miseban.camera.result import Analysis, no_progress
from miseban.camera.viewing import Viewing
from miseban.space.shop_floor import ShopFloor
from miseban.vision.detectors.detection import Detector
from miseban.vision.sources.source import Source
from miseban.vision.tracker import TrackerSettings
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

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
    seen = Viewing(source, detector, shop, camera, tracker=tracker, gate=gate)
    looking, watch = seen.looking, seen.watch
    floor = ShopFloor(shop, (camera,), source.info.start, None)
    space = floor.alone[camera]
    result = Analysis(camera, source.info.start, heat=space.heat, floor_heat=space.floor_heat)
    parts: list[TrackRows] = []
    boxes: dict[int, NDArray[np.float64]] = {}
    walked, walked_s = 0, 0.0
    for frame in source.frames():
        if until_s is not None and frame.time_s >= until_s:
            break
        for gap in seen.gaps_before(frame):  # before the minutes that it touches are closed
            result.events += space.gap(gap.start_s, gap.end_s, gap.reason)
        rows = seen.take(frame)
        if seen.fault:
            break
        if rows is None:
            continue
        if attributes is not None and looking.detected:  # the same picture twice is one look
            attributes.offer(frame, rows, space.visit_of)
        if len(rows):
            parts.append(rows)
        if frame.time_s >= walked_s + WALK_S:
            floor.update(camera, TrackRows.concatenate(parts[walked:]), frame.time_s)
            result.events += floor.advance(frame.time_s)
            walked, walked_s = len(parts), frame.time_s
            if attributes is not None:
                attributes.take(result.events, space.visit_of)
        if keep_boxes:
            boxes[frame.number] = looking.people_xyxy
        result.events += seen.saw(frame, rows, space.visit_of.get)
        if watch.blind is not None:
            space.blind(*watch.blind)
        space.hold(watch.doubtful_s)
        progress(frame.time_s)
        if stopped():
            break
    parts.append(seen.tracker.finish())
    stop = "stopped by hand" if stopped() else ""
    result.incomplete = seen.fault or source.incomplete or stop
    result.duration_s = seen.duration_s
    last_s = seen.times_s[-1] if seen.times_s else 0.0
    for gap in seen.gaps_at_end():
        result.events += space.gap(gap.start_s, gap.end_s, gap.reason)
    floor.update(camera, TrackRows.concatenate(parts[walked:]), last_s)
    result.uncovered_s = seen.uncovered_s
    result.events += seen.over(space.visit_of.get)
    result.events += floor.finish(result.duration_s)
    if attributes is not None:
        attributes.take(result.events, space.visit_of)
        result.events += attributes.finish(result.duration_s)
    result.events += watch.finish(result.duration_s)
    result.events.sort(key=lambda event: (event.time, event.id))
    result.frames, result.times_s = seen.numbers()
    result.rows = TrackRows.concatenate(parts)
    result.detections = looking.detections
    result.boxes = boxes
    result.background = seen.background.picture() if seen.background is not None else None
    result.rejected = dict(space.rejected)
    return result
