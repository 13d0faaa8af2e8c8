"""The imperfect eye behind a faulty camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from miseban.sim.faults.schedule import FaultSchedule
from miseban.sim.faults.turned import turned_view
from miseban.sim.scenario.faults import Fault, FaultKind
from miseban.sim.seen.detector import Detector, DetectorModel, Sight
from miseban.sim.seen.tracks import Seen, Stretch, seen_by
from miseban.sim.seen.views import FlatView, PosedView, View
from miseban.sim.world.people import Person
from miseban.vocabulary.shop import Camera
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spoiling:
    """What a bad picture does to a detector where it is hardly usable (``amount`` 1), in between in
    proportion: ``found`` is the part of the detections that is left, ``shaking`` how many times
    as far boxes shake. Several spoilings multiply."""

    found: float
    shaking: float


SPOILING: dict[FaultKind, Spoiling] = {
    "dark": Spoiling(found=0.3, shaking=2.0),
    "glare": Spoiling(found=0.5, shaking=1.5),
    "dirt": Spoiling(found=0.6, shaking=1.5),
}
"""Set before any result was seen: dark costs a small detector most, since noise comes with it;
glare and dirt leave parts of the picture alone."""


class FaultyEye:
    """One camera's detector and tracker, with the camera's faults. Fed piece by piece, in order of
    time. ``posed`` is the view of a camera whose place is known: a nudge then turns it exactly."""

    def __init__(
        self,
        model: DetectorModel,
        camera: Camera,
        schedule: FaultSchedule,
        posed: PosedView | None = None,
    ) -> None:
        self._camera, self._schedule, self._posed = camera, schedule, posed
        self._detector = Detector(model, camera.resolution, schedule.seed, camera.id)
        self._nudges = schedule.of(camera.id, "nudge")
        self._faulty = bool(schedule.of(camera.id))

    def look(self, stretch: Stretch, seen: Seen, people: Sequence[Person]) -> TrackRows:
        """The tracks of ``seen``, this camera's part of ``stretch``; ``people`` are all there were.
        Times are the camera's clock; the rows stand in the order in which the frames were taken.
        """
        fps, from_s, to_s = self._camera.fps, stretch.from_s, stretch.to_s
        if not self._faulty:
            return self._detector.look(seen, fps, from_s, to_s)
        name = self._camera.id
        for fault in self._nudges:
            seen = self._turned(seen, fault, stretch, people)
        arrived = self._schedule.delivered(name, seen.rows.time_s)
        seen = seen.take(arrived)
        rows = self._detector.look(seen, fps, from_s, to_s, self._sight(seen.rows.time_s))
        rows = rows.take(self._schedule.delivered(name, rows.time_s))
        return replace(rows, time_s=self._schedule.clock(name, rows.time_s))

    def _turned(self, seen: Seen, fault: Fault, stretch: Stretch, people: Sequence[Person]) -> Seen:
        """``seen``, but as the camera sees it while it is turned."""
        from_s, to_s = max(fault.from_s, stretch.from_s), min(fault.end_s, stretch.to_s)
        if from_s >= to_s:
            return seen
        view: View
        if self._posed is not None:
            view = self._posed.turned(fault.amount, 0.0, 0.0)
        else:
            view = FlatView(turned_view(self._camera, fault.amount))
        other = seen_by(view, people, from_s, to_s)
        kept = ~_within(seen.rows, from_s, to_s)
        new = _within(other.rows, from_s, to_s)
        before, turned = seen.take(kept), other.take(new)
        rows = TrackRows.concatenate([before.rows, turned.rows])
        visibility = np.concatenate([before.visibility, turned.visibility])
        lying = None
        if before.lying is not None and turned.lying is not None:
            lying = np.concatenate([before.lying, turned.lying])
        order = np.lexsort((rows.track, rows.frame))
        return Seen(seen.camera, rows, visibility, lying).take(order)

    def _sight(self, time_s: Floats) -> Sight:
        found, shaking = np.ones(len(time_s)), np.ones(len(time_s))
        for kind, spoiling in SPOILING.items():
            amount = self._schedule.amount(self._camera.id, kind, time_s)
            found *= 1 - amount * (1 - spoiling.found)
            shaking *= 1 + amount * (spoiling.shaking - 1)
        return Sight(found, shaking)


def _within(rows: TrackRows, from_s: float, to_s: float) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = (rows.time_s >= from_s) & (rows.time_s < to_s)
    return mask
