"""Rows of tracks that are not confirmed yet, kept until they are or their time is over."""

from __future__ import annotations

from collections import deque

import numpy as np

from miseban.vision.tracker.state import Floats
from miseban.vocabulary.tracks import TrackRows


class EarlyRows:
    """The last ``keep_s`` seconds of tentative rows; ``track`` in them is the serial number."""

    def __init__(self, keep_s: float) -> None:
        self._keep_s = keep_s
        self._parts: deque[TrackRows] = deque()

    def add(self, rows: TrackRows) -> None:
        """Keep the rows of one frame (at least one row)."""
        self._parts.append(rows)

    def forget(self, time_s: float) -> None:
        """Drop what is too old to belong to a track that is still tentative."""
        while self._parts and self._parts[0].time_s[0] < time_s - self._keep_s:
            self._parts.popleft()

    def clear(self) -> None:
        self._parts.clear()

    def of(self, serials: Floats, ids: Floats) -> TrackRows:
        """The kept rows of the tracks ``serials`` (K,) under their new ``ids`` (K,), in order of
        time."""
        early = TrackRows.concatenate(list(self._parts))
        order = np.argsort(serials)
        serials, ids = serials[order], ids[order]
        place = np.minimum(np.searchsorted(serials, early.track), len(serials) - 1)
        theirs = serials[place] == early.track
        return renamed(early.take(theirs), ids[place[theirs]])


def renamed(rows: TrackRows, ids: Floats) -> TrackRows:
    """The same rows under other track numbers."""
    return TrackRows(rows.time_s, ids.astype(np.int64), rows.xyxy, rows.score, rows.frame)
