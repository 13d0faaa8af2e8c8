"""One camera's session in pieces: what each of its frames becomes, alone or beside others."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.camera.background import PersonFreeBackground
from miseban.camera.hand_watch import open_hands
from miseban.camera.looking import Looking
from miseban.camera.private import PrivateMask
from miseban.camera.self_watch import SelfWatch
from miseban.camera.shelf_watch import open_shelves
from miseban.space.hands import VisitOf
from miseban.vision.detectors.detection import Detector
from miseban.vision.pixels import Frame
from miseban.vision.sources.source import Gap, Source
from miseban.vision.tracker import Tracker, TrackerSettings
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.events import Event
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.stretches import length_s
from miseban.vocabulary.tracks import TrackRows

OPENING_S = 1.0
"""Time without a picture at the beginning that counts as not covered."""


class Viewing:
    """Follows people through the frames of one open source and watches the camera itself.

    For each frame of ``source``, in order: ``gaps_before``, then ``take``. A frame lives for that
    call; what stays of it are rows and the samples of the person-free background. ``frames`` (the
    numbers) and ``times_s`` are of the analysed ones, ``fault`` why the detector broke, or empty.
    Without ``keep`` neither those nor a background are kept, so that a session may last for ever.
    """

    def __init__(
        self,
        source: Source,
        detector: Detector,
        shop: Shop,
        camera: str,
        *,
        tracker: TrackerSettings | None = None,
        gate: bool = True,
        keep: bool = True,
    ) -> None:
        self.source, self.camera = source, camera
        self.tracker = Tracker(tracker or TrackerSettings())
        self.looking = Looking(detector, self.tracker, source.info, gated=gate)
        self.watch = SelfWatch(shop, camera, source.info)
        size = source.info.width, source.info.height
        self.shelves = open_shelves(shop, camera, *size, source.info.start)
        self._hands = open_hands(shop, camera, source.info.start)
        self.background = PersonFreeBackground(*size) if keep else None
        self._mask = PrivateMask(shop, camera)
        self.frames: list[int] = []
        self.times_s: list[float] = []
        self.fault = ""
        self._last_s: float | None = None
        self._told_s = -math.inf  # where the last gap that was told ends
        self._lost: list[Gap] = []  # with ``keep``, all of them: a live source has the last only
        self._opening_s = 0.0

    def gaps_before(self, frame: Frame) -> list[Gap]:
        """The gaps that are known now and were not told yet."""
        found = []
        if self._last_s is None and not self._opening_s and frame.time_s > OPENING_S:
            # A live stream's first picture comes seconds after the session began.
            self._opening_s = frame.time_s
            found.append(Gap(0.0, frame.time_s, "opening the stream"))
        found += self._new_gaps()
        for gap in found:
            self.watch.gap(gap.start_s, gap.end_s)
        return found

    def take(self, frame: Frame) -> TrackRows | None:
        """The rows now known to belong to someone; None for a frame that was passed over: there was
        no time for it, or the detector broke, and then ``fault`` says how."""
        if self.fault or not self.watch.takes(frame):
            return None
        self._mask.hide(frame)
        try:
            rows = self.looking.follow(frame)
        except Failed as error:  # what came before it is kept
            self.fault = f"{Path(error.where).stem}: {error.what}"
            return None
        self._last_s = frame.time_s
        if self.background is not None:
            self.background.offer(frame, self.looking.people_xyxy)
            self.frames.append(frame.number)
            self.times_s.append(frame.time_s)
        return rows

    def saw(self, frame: Frame, rows: TrackRows, visit_of: VisitOf) -> list[Event]:
        """``frame``, the one taken last, is done with, and gave ``rows``: what the camera says of
        its shelves, of hands there, whose visits ``visit_of`` knows by track, and of itself."""
        people, told = self.looking.people_xyxy, list[Event]()
        if self.shelves is not None:
            told += self.shelves.offer(frame, people)
        if self._hands is not None:
            told += self._hands.look(frame, rows, people, visit_of)
        return told + self.watch.saw(frame, self.looking)

    def over(self, visit_of: VisitOf) -> list[Event]:
        """No frame comes any more: hands that were still in doubt."""
        return list(self._hands.finish(visit_of)) if self._hands is not None else []

    def gaps_at_end(self) -> list[Gap]:
        """The gaps that were not told with any frame."""
        found = self._new_gaps()
        for gap in found:
            self.watch.gap(gap.start_s, gap.end_s)
        return found

    def _new_gaps(self) -> list[Gap]:
        # Asked once: a live source may add one at any moment.
        found = [gap for gap in self.source.gaps if gap.end_s > self._told_s]
        if found:
            self._told_s = found[-1].end_s
        if self.background is not None:
            self._lost += found
        return found

    @property
    def duration_s(self) -> float:
        """To the end of the last frame: each stands until the next would have come."""
        if self._last_s is None:
            return 0.0
        end_s = max([self._last_s, *(gap.end_s for gap in self.source.gaps)])
        return end_s + 1.0 / self.source.info.fps if self.source.info.fps else end_s

    @property
    def uncovered_s(self) -> float:
        """Of ``duration_s``, how long the camera could see nothing; without ``keep``, by the gaps
        that the source still tells."""
        gaps = [*self._lost, *self.source.gaps]
        lost = [(0.0, self._opening_s), *((gap.start_s, gap.end_s) for gap in gaps)]
        return min(self.duration_s, length_s([*lost, *self.watch.blinded]))

    def numbers(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """``frames`` and ``times_s``, each (N,)."""
        return np.array(self.frames, np.int64), np.array(self.times_s)
