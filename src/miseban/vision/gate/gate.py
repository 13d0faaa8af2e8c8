"""Which frames are worth a detection, and who is still there in those that are not.

While nothing in the picture has changed since the last detection, the detector would find the
same again. So it is not asked, and the tracker holds the people of that detection where they are
(``Tracker.again``): who stands still is still there. It is asked

- whenever anything has changed anywhere since the last detection,
- while the tracker is unsure of somebody, until nothing has happened for ``settle_s``: nothing
  has changed, nobody was confirmed or lost, nobody new seems to be there,
- every ``recheck_s`` while somebody is in view, every ``doubt_s`` while something might be
  somebody, and every ``idle_s`` in an empty scene.

Only confirmed tracks are held, so a box that flickers, or a thing that looks like a person, becomes
nobody by being repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from miseban.vision.detectors.detection import Detections
from miseban.vision.gate.change import Change, ChangeSettings
from miseban.vision.pixels import Frame
from miseban.vision.tracker import Tracker
from miseban.vision.tracker.association import largest_overlap


class Why(Enum):
    """Why a frame goes to the detector."""

    FIRST = "first"
    CHANGE = "change"
    UNSURE = "unsure"
    RECHECK = "recheck"


@dataclass(frozen=True, slots=True)
class GateSettings:
    """All in seconds. Raises ``ValueError`` for what is not finite and above 0."""

    recheck_s: float = 2.0
    """Longest time without a detection while somebody is in view."""

    doubt_s: float = 15.0
    """The same while nobody is, but something might be somebody."""

    idle_s: float = 30.0
    """The same in an empty scene."""

    settle_s: float = 3.0
    """How long an unsure tracker gets every frame after something happened: as long as a track may
    stay tentative, and longer than one may be lost."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (isfinite(value) and value > 0):
                raise ValueError(f"{field.name}: expected a finite number > 0, got {value!r}")


class MotionGate:
    """For each frame in order of time: ``wants`` says whether and why it goes to the detector; then
    ``followed`` must be told what the tracker made of it."""

    def __init__(
        self,
        width: int,
        height: int,
        settings: GateSettings | None = None,
        change: ChangeSettings | None = None,
    ) -> None:
        self.settings = settings or GateSettings()
        self.change = Change(width, height, change)
        self._detected_s = float("-inf")
        self._happened_s = float("-inf")
        self._dulled_s = 0.0
        self._longest_s = 0.0
        self._sure = False
        self._in_view: set[int] = set()
        self._people_xyxy: NDArray[np.float64] = np.empty((0, 4))  # all boxes of the last detection

    def wants(self, frame: Frame) -> Why | None:
        """Why ``frame`` is worth a detection, or None when it is not."""
        now, settings = frame.time_s, self.settings
        strength = self.change.look(frame.bgr, now)
        if not isfinite(self._detected_s):
            self._dulled_s = self._happened_s = now
            return Why.FIRST
        if strength >= 1.0:
            self._happened_s = now
            return Why.CHANGE
        if not self._sure and now - self._happened_s < settings.settle_s:
            return Why.UNSURE
        return Why.RECHECK if now - self._detected_s >= self._longest_s - 1e-6 else None

    def followed(self, frame: Frame, found: Detections | None, tracker: Tracker) -> None:
        """The tracker has taken in ``frame``, with what was ``found`` in it, or as one that shows
        what the last one showed (None)."""
        now, in_view = frame.time_s, set(tracker.live.track.tolist())
        others = in_view != self._in_view  # somebody was confirmed, lost or given up
        if others or (found is not None and _newcomer(found, tracker)):
            self._happened_s = now
        self._in_view = in_view
        self._sure = tracker.sure and not others
        if found is None:
            return
        settings = self.settings
        nobody_s = settings.idle_s if tracker.sure else settings.doubt_s
        self._longest_s = settings.recheck_s if in_view else nobody_s
        around = np.concatenate([self._people_xyxy, found.xyxy])
        self.change.dull(around, now - self._dulled_s)
        self.change.keep()
        self._people_xyxy = found.xyxy
        self._detected_s = self._dulled_s = now


def _newcomer(found: Detections, tracker: Tracker) -> bool:
    """Whether a box that could confirm somebody belongs to none of the tracks in view."""
    strong = found.xyxy[found.score >= tracker.settings.strong_score]
    if not len(strong) or not len(tracker.live):
        return bool(len(strong))
    overlap = largest_overlap(strong, tracker.live.xyxy)
    return bool((overlap < tracker.settings.duplicate_overlap).any())
