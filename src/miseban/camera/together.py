"""Several cameras of one shop in one process, in step by time: frames in, one floor's facts out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypedDict

import numpy as np

from miseban.camera.floor import Floor
from miseban.camera.in_step import first_start, in_step, offset_s
from miseban.camera.result import Analysis, no_progress
from miseban.camera.shop_opening import open_floor
from miseban.camera.viewing import Viewing
from miseban.space.geometry import CameraGeometry
from miseban.space.settings import SpaceSettings
from miseban.vision.appearance.memory import AppearanceMemory
from miseban.vision.detectors.detection import Detector
from miseban.vision.pixels import Frame
from miseban.vision.sources.source import Gap, Source
from miseban.vision.tracker import TrackerSettings
from miseban.vision.uniform import UniformWatch
from miseban.vocabulary.events import Event
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.stretches import Stretch, without
from miseban.vocabulary.tracks import TrackRows

WALK_S = 0.5
"""The floor is handed rows, and asked what is certain, this often, in seconds of the stream."""
LENIENT = TrackerSettings(strong_score=0.48, keep_score=0.42)
"""Several cameras that see one floor contradict a false box, so that one need not be as sure."""
LEFT_S = 2.0
"""A recording that ends so much before the last one leaves a gap."""


class _Settings(TypedDict):
    tracker: TrackerSettings
    gate: bool
    keep: bool


@dataclass(slots=True)
class _Camera:
    view: Viewing
    geometry: CameraGeometry
    offset_s: float
    fresh: list[TrackRows] = field(default_factory=list)
    kept: list[TrackRows] = field(default_factory=list)
    came_s: list[float] = field(default_factory=list)
    last_s: float = 0.0
    told: Stretch | None = None


class Together:
    """Cameras are fed frame by frame, each in its own order of time, by whoever has them: ``take``.
    Once all have come up to a moment, ``advance`` hands their rows to the floor.

    ``start`` is second 0 of the common time; a camera's own seconds begin with its source. Rows of
    private zones go nowhere. ``keep_rows`` keeps all rows for ``rows``, and what the views keep.
    ``lost`` are cameras of which there is nothing at all, and why. ``eyes`` are shown people, where
    a policy allows it.
    """

    def __init__(
        self,
        shop: Shop,
        sources: Mapping[str, tuple[Source, Detector]],
        start: datetime,
        floor: Floor,
        *,
        tracker: TrackerSettings | None = None,
        gate: bool = True,
        keep_rows: bool = True,
        lost: Mapping[str, str] | None = None,
        eyes: Sequence[AppearanceMemory | UniformWatch] = (),
    ) -> None:
        self._eyes, self._start = eyes, start
        self._floor, self._keep, self._lost = floor, keep_rows, dict(lost or {})
        how = _Settings(tracker=tracker or LENIENT, gate=gate, keep=keep_rows)
        self._cameras = {
            camera: _Camera(
                Viewing(source, detector, shop, camera, **how),
                CameraGeometry(shop, camera, SpaceSettings()),
                offset_s(source, start),
            )
            for camera, (source, detector) in sources.items()
        }
        self._events: list[Event] = []
        for camera, one in self._cameras.items():
            if one.offset_s > 0:
                self._events += floor.gap(camera, 0.0, one.offset_s, "the recording began later")

    def take(self, camera: str, frame: Frame) -> bool:
        """The next frame of ``camera``, which lives for this call. False once its detector broke:
        it need not be fed any more."""
        one = self._cameras[camera]
        self._tell_gaps(camera, one.view.gaps_before(frame))
        rows = one.view.take(frame)
        if rows is None:
            return not one.view.fault
        one.last_s, one.told = frame.time_s + one.offset_s, None
        one.came_s.append(one.last_s)
        rows = rows.take((rows.track >= 0) & ~one.geometry.private(rows))
        if len(rows):
            one.fresh.append(replace(rows, time_s=rows.time_s + one.offset_s))
        for eye in self._eyes if one.view.looking.detected else ():
            eye.offer(camera, frame, rows, one.last_s)
        self._events += one.view.saw(frame, rows, partial(self._floor.visit_of, camera))
        if one.view.watch.blind is not None:
            from_s, to_s = one.view.watch.blind
            self._floor.blind(camera, from_s + one.offset_s, to_s + one.offset_s)
        self._floor.hold(camera, one.view.watch.doubtful_s + one.offset_s)
        return True

    def advance(self, until_s: float) -> list[Event]:
        """Every camera that still runs was fed up to ``until_s``: the facts now certain."""
        for eye in self._eyes:  # also where nothing moves, and no detector looks
            eye.forget(until_s, self._start + timedelta(seconds=until_s))
        for camera, one in self._cameras.items():
            self._floor.frames(camera, np.array(one.came_s))
            one.came_s.clear()
            if one.fresh:
                rows = TrackRows.concatenate(one.fresh)
                one.fresh.clear()
                if self._keep:
                    one.kept.append(rows)
                self._floor.update(camera, rows, until_s)
            else:
                self._floor.update(camera, TrackRows.empty(), until_s)
        self._events += self._floor.advance(until_s)
        return self._taken()

    def silent(self, camera: str, until_s: float) -> None:
        """No frames come from ``camera``, up to ``until_s`` of the common time: told as lost
        coverage, before anybody knows how long it will last. Minutes wait from there on."""
        one = self._cameras[camera]
        began_s = max(one.last_s, one.offset_s)
        from_s, told_s = one.told or (began_s, began_s)
        if until_s > told_s:
            one.view.watch.gap(told_s - one.offset_s, until_s - one.offset_s)
            self._events += self._floor.gap(camera, told_s, until_s, "no frames come")
            one.told = from_s, until_s
        self._floor.hold(camera, max(told_s, until_s))

    def told_s(self, camera: str) -> float:
        """Up to where it is known what there was of ``camera``, in the common time."""
        one = self._cameras[camera]
        return max(one.last_s, one.offset_s, one.told[1] if one.told else 0.0)

    def finish(self, end_s: float) -> list[Event]:
        """All cameras are over at ``end_s``: the remaining facts."""
        for camera, one in self._cameras.items():
            one.view.tracker.finish()
            self._events += one.view.over(partial(self._floor.visit_of, camera))
            self._tell_gaps(camera, one.view.gaps_at_end())
            over_s = one.offset_s + one.view.duration_s
            why = one.view.fault or one.view.source.incomplete or "the recording is over"
            if over_s < end_s - LEFT_S:
                self._events += self._floor.gap(camera, over_s, end_s, why)
            self._events += one.view.watch.finish(one.view.duration_s)
            self._floor.hold(camera, math.inf)
        for camera, why in self._lost.items():
            self._events += self._floor.gap(camera, 0.0, end_s, why)
        return self.advance(end_s) + self._floor.finish(end_s)

    def common_s(self, camera: str, frame: Frame) -> float:
        """When ``frame`` of ``camera`` was taken, in the common time."""
        return frame.time_s + self._cameras[camera].offset_s

    def uncovered_s(self, end_s: float) -> float:
        """The time up to ``end_s`` in which a camera saw nothing, on the average of the cameras."""
        seen_s = [c.view.duration_s - c.view.uncovered_s for c in self._cameras.values()]
        cameras = len(seen_s) + len(self._lost)
        return max(0.0, end_s - sum(seen_s) / cameras) if cameras else end_s

    @property
    def views(self) -> dict[str, Viewing]:
        """By camera."""
        return {camera: one.view for camera, one in self._cameras.items()}

    @property
    def end_s(self) -> float:
        """When the last of them ends, in the common time."""
        return max((c.offset_s + c.view.duration_s for c in self._cameras.values()), default=0.0)

    def rows(self) -> dict[str, TrackRows]:
        """The rows of each camera, in the common time."""
        return {camera: TrackRows.concatenate(one.kept) for camera, one in self._cameras.items()}

    def _tell_gaps(self, camera: str, gaps: list[Gap]) -> None:
        one = self._cameras[camera]
        by_s, told = one.offset_s, [one.told] if one.told else []
        for gap in gaps:  # no second is told twice
            for from_s, to_s in without((gap.start_s + by_s, gap.end_s + by_s), told):
                self._events += self._floor.gap(camera, from_s, to_s, gap.reason)

    def _taken(self) -> list[Event]:
        events, self._events = self._events, []
        return events


def analyse_together(
    sources: Mapping[str, tuple[Source, Detector]],
    shop: Shop,
    *,
    tracker: TrackerSettings | None = None,
    gate: bool = True,
    lost: Mapping[str, str] | None = None,
    looks: AppearanceMemory | None = None,
    uniform: UniformWatch | None = None,
    until_s: float | None = None,
    progress: Callable[[float], None] = no_progress,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[Analysis, dict[str, TrackRows]]:
    """Plays open recordings of several cameras, by the camera's id, to the end of the last, to
    ``until_s`` of the common time or until ``stopped()``. Detectors may be shared. ``looks`` and
    ``uniform`` look at people's clothes, where policy and shop file say so.

    Returns what came out of them as one, and the rows of each camera in the common time. A
    recording or a detector that breaks leaves the others as they are; ``incomplete`` names it.
    """
    start = first_start([source for source, _ in sources.values()])
    ids = [c.id for c in shop.cameras]
    floor = open_floor(shop, ids, start, detected=True, affinity=looks, uniform=uniform)
    eyes = [eye for eye in (looks, uniform) if eye is not None]
    cameras = Together(
        shop, sources, start, floor, tracker=tracker, gate=gate, lost=lost, eyes=eyes
    )
    result = Analysis(None, start)
    done_s = 0.0
    over: set[str] = set()
    for camera, frame in in_step({c: source for c, (source, _) in sources.items()}, start, until_s):
        time_s = cameras.common_s(camera, frame)
        while time_s >= done_s + WALK_S:  # all frames before this one were taken
            done_s += WALK_S
            result.events += cameras.advance(done_s)
        if camera not in over and not cameras.take(camera, frame):
            over.add(camera)
        progress(time_s)
        if stopped():
            break
    result.duration_s = cameras.end_s
    result.events += cameras.finish(result.duration_s)
    views = cameras.views
    told = [f"{camera}: {why}" for camera, why in (lost or {}).items()]
    told += [f"{c}: {why}" for c, v in views.items() if (why := v.fault or v.source.incomplete)]
    result.incomplete = "; ".join([*told, *(["stopped by hand"] if stopped() else [])])
    numbers = [view.numbers() for view in views.values()]
    result.frames = np.concatenate([frames for frames, _ in numbers])
    result.times_s = max((times for _, times in numbers), key=len)
    result.detections = sum(view.looking.detections for view in views.values())
    result.uncovered_s = cameras.uncovered_s(result.duration_s)
    result.rejected, result.floor_heat = floor.rejected, floor.floor_heat
    rows = cameras.rows()
    result.sights, result.alone = floor.sights, floor.alone_sights
    result.events.sort(key=lambda event: (event.time, event.id))
    return result, rows
