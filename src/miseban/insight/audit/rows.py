"""The tracks that a result followed in the minutes of an audit: whom the clips hide twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from miseban.camera.tracks_file import read_tracks
from miseban.insight.audit.minutes import Minute
from miseban.insight.score.folder import TRACKS
from miseban.vocabulary.tracks import TrackRows


def rows_near(result: Path, camera: str, minutes: Sequence[Minute]) -> TrackRows:
    """Those of ``camera`` within ``minutes``; none where the result has no tracks. Raises
    ``BadInput`` for bad rows."""
    path = result / TRACKS
    if not path.is_file():
        return TrackRows.empty()
    kept = []
    for names, rows in read_tracks(path):
        mine = np.zeros(len(rows.time_s), bool)
        for minute in minutes:
            mine |= (rows.time_s >= minute.from_s - 1) & (rows.time_s < minute.to_s + 1)
        kept.append(rows.take(mine & (names == camera)))
    return TrackRows.concatenate(kept)
