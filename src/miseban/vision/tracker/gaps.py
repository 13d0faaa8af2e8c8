"""Short gaps in tracks, filled for drawing and for MOT files. Counting never uses these rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.tracks import TrackRows


def fill_gaps(
    rows: TrackRows,
    frame: NDArray[np.int64],
    time_s: NDArray[np.float64],
    max_gap_s: float = 2.0,
) -> TrackRows:
    """``rows`` and, between two observations of a track at most ``max_gap_s`` apart, a row for
    each analysed frame that lacks one: the box on the straight line, the lower of the two scores.

    ``frame`` and ``time_s`` (F,) are the numbers and times of the analysed frames, ascending; the
    frames of ``rows`` must be among them. The result is in order of track, then time.
    """
    rows = rows.take(np.lexsort((rows.time_s, rows.track)))
    if len(rows) < 2:
        return rows
    place = np.searchsorted(frame, rows.frame)
    lacking = np.diff(place) - 1
    joined = (np.diff(rows.track) == 0) & (np.diff(rows.time_s) <= max_gap_s + 1e-9)
    lacking = np.where(joined, lacking, 0)
    before = np.repeat(np.arange(len(lacking)), lacking)
    # 1, 2, ... within each gap
    step = np.arange(len(before)) - np.repeat(np.cumsum(lacking) - lacking, lacking) + 1
    where = place[before] + step
    start, end = rows.time_s[before], rows.time_s[before + 1]
    part = ((time_s[where] - start) / (end - start))[:, None]
    filled = TrackRows(
        time_s[where],
        rows.track[before],
        (1 - part) * rows.xyxy[before] + part * rows.xyxy[before + 1],
        np.minimum(rows.score[before], rows.score[before + 1]),
        frame[where],
    )
    whole = TrackRows.concatenate([rows, filled])
    return whole.take(np.lexsort((whole.time_s, whole.track)))
