"""Hands at the shelves that one camera sees, from its frames to events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from miseban.space.hands import Handling, TouchWriter, VisitOf
from miseban.vision.hands import HandsWatch
from miseban.vision.pixels import Frame
from miseban.vocabulary.events import Event
from miseban.vocabulary.shop import Shelf, Shop
from miseban.vocabulary.tracks import TrackRows

LOOK_S = 0.2
"""Hands are looked for so often: a reach takes a second and more."""
_SLACK_S = 1e-3


class HandWatch:
    """Is shown each frame of ``camera`` that was looked at, in order. ``start`` is second 0 of the
    camera's own time; what it keeps of a frame is sealed."""

    def __init__(self, shop: Shop, camera: str, start: datetime) -> None:
        seen = shop.camera(camera)
        known = [(s.id, f) for s in _told(shop, camera) for f in s.facings]
        self._watch = HandsWatch([f.polygon for _, f in known], seen.width, seen.height)
        self._handling = Handling([f.capacity for _, f in known])
        self._writer = TouchWriter(shop, camera, [(s, f.id) for s, f in known], start)
        self._looked_s = float("-inf")

    def look(
        self,
        frame: Frame,
        rows: TrackRows,
        people_xyxy: NDArray[np.float64],
        visit_of: VisitOf,
    ) -> Sequence[Event]:
        """The touches that are certain now. Boxes of ``frame`` are among ``rows``; ``people_xyxy``
        (N, 4) is everything that may be a person; ``visit_of`` says whose visit each track is."""
        if frame.time_s < self._looked_s + LOOK_S - _SLACK_S:
            return []
        self._looked_s = frame.time_s
        now = rows.take((rows.frame == frame.number) & (rows.track >= 0))
        seen = self._watch.look(frame, people_xyxy, now.xyxy, now.track.tolist())
        return self._writer.events(self._handling.see(seen), visit_of)

    def finish(self, visit_of: VisitOf) -> Sequence[Event]:
        """Nothing more comes: the touches that were still in doubt."""
        return self._writer.events(self._handling.finish(), visit_of)


def open_hands(shop: Shop, camera: str, start: datetime) -> HandWatch | None:
    """None where the camera tells of no shelf's touches."""
    return HandWatch(shop, camera, start) if _told(shop, camera) else None


def _told(shop: Shop, camera: str) -> list[Shelf]:
    return [s for s in shop.shelves if s.camera == camera and "touches" in s.tells]
