"""MOTChallenge files: what tracking benchmarks and annotation tools read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.tracks import TrackRows
from miseban.vocabulary.whole_files import write_whole


def write_mot(path: Path, rows: TrackRows) -> None:
    """Write ``frame,id,left,top,width,height,conf,-1,-1,-1``, in order of frame, then id.

    Ids are small numbers from 1 in order of first appearance: the random ones of the session are
    not written. The file is complete or not there at all. Raises ``BadInput`` when it cannot be
    written.
    """
    names, first = np.unique(rows.track, return_index=True)
    for index, name in enumerate(names):
        first[index] = rows.frame[rows.track == name].min()
    number = np.empty(len(names), np.int64)
    number[np.argsort(first, kind="stable")] = np.arange(1, len(names) + 1)
    small = number[np.searchsorted(names, rows.track)]
    lines = []
    for i in np.lexsort((small, rows.frame)):
        left, top, right, bottom = rows.xyxy[i]
        lines.append(
            f"{rows.frame[i]},{small[i]},{left:.2f},{top:.2f},{right - left:.2f},"
            f"{bottom - top:.2f},{rows.score[i]:.4f},-1,-1,-1\n"
        )
    try:
        write_whole(path, "".join(lines))
    except OSError as error:
        raise BadInput("unwritable", path, f"cannot be written ({error.strerror})") from error
