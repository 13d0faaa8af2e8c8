"""The tracks of each camera of two folders."""

from __future__ import annotations

import numpy as np

from miseban.insight.score.figures import TrackingScore
from miseban.insight.score.folder import Folder
from miseban.insight.score.gaps import Gaps
from miseban.insight.score.tracking import score_tracks
from miseban.insight.score.tracks_input import read_pairs


def score_cameras(truth: Folder, result: Folder, gaps: Gaps) -> dict[str, TrackingScore]:
    """Camera by camera, where there is somebody to follow."""
    scores: dict[str, TrackingScore] = {}
    cameras = 0
    only = result.summary.camera if result.summary else None
    for camera, true, found in read_pairs(truth, result):
        cameras += 1
        if only not in (None, camera) and not len(found):
            gaps.add(f"tracking {camera}", f"the result is of {only}")
        elif not len(true):
            gaps.add(f"tracking {camera}", "the truth has nobody there")
        elif len(found) and not len(np.intersect1d(true.moment, found.moment)):
            gaps.add(f"tracking {camera}", "truth and result have no moment in common")
        else:
            scores[camera] = score_tracks(true, found)
        del true, found  # before the next camera's are read
    if not cameras:
        gaps.add("tracking", _no_tracks(truth, result))
    return scores


def _no_tracks(truth: Folder, result: Folder) -> str:
    if (truth.tracks and result.tracks) or (truth.mot and result.mot):
        return "there is nobody in either"
    told = []
    for side, folder in (("truth", truth), ("result", result)):
        files = [file.name for file in (folder.tracks, folder.mot) if file]
        told.append(f"the {side} holds {' and '.join(files) or 'neither'}")
    return f"needs tracks.csv or mot.txt in both folders: {', '.join(told)}"
