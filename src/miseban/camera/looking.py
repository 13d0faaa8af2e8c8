"""From a frame to rows: the gate, the detector and the tracker work together here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.vision.detectors.detection import Detector, needs_every_frame
from miseban.vision.gate import MotionGate
from miseban.vision.pixels import Frame
from miseban.vision.sources.source import SourceInfo
from miseban.vision.tracker import Tracker
from miseban.vocabulary.tracks import TrackRows


class Looking:
    """Follows people through one source's frames. With ``gated`` the detector is spared frames in
    which nothing changed, unless it is one that ``needs_every_frame``.

    ``frames`` counts those looked at, ``detections`` those of them that the detector saw, and
    ``detected`` says whether it saw the last one; ``people_xyxy`` (N, 4) is everything in the last
    frame that may be a person, also at low scores.
    """

    def __init__(
        self, detector: Detector, tracker: Tracker, info: SourceInfo, *, gated: bool
    ) -> None:
        self._detector, self._tracker = detector, tracker
        spared = gated and not needs_every_frame(detector)
        self._gate = MotionGate(info.width, info.height) if spared else None
        self.frames = self.detections = 0
        self.detected = False
        self.people_xyxy: NDArray[np.float64] = np.empty((0, 4))

    def follow(self, frame: Frame) -> TrackRows:
        """The rows now known to belong to someone, as ``Tracker.update`` returns them."""
        self.frames += 1
        gate, tracker = self._gate, self._tracker
        self.detected = gate is None or gate.wants(frame) is not None
        if gate is not None and not self.detected:
            rows = tracker.again(frame.time_s, frame.number)
            gate.followed(frame, None, tracker)
            return rows
        found = self._detector.detect(frame)
        self.detections += 1
        self.people_xyxy = found.xyxy
        rows = tracker.update(frame.time_s, frame.number, found)
        if gate is not None:
            gate.followed(frame, found, tracker)
        return rows
