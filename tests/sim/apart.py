"""Replays in which each camera counts by itself, as if it were the only one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from miseban.camera.replay import replay
from miseban.camera.result import Analysis
from miseban.camera.tracks_file import check_tracks
from miseban.vocabulary.shop import Shop


def replay_apart(path: Path, shop: Shop, start: datetime) -> Analysis:
    """The facts of all cameras of a tracks file, none of which knows of the others."""
    alone = [replay(path, shop, start, camera) for camera in check_tracks(path).cameras]
    events = sorted((e for one in alone for e in one.events), key=lambda e: (e.time, e.id))
    return Analysis(None, start, duration_s=max(one.duration_s for one in alone), events=events)
