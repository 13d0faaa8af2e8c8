"""Replays tracks files: the same path from tracks on, without pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.camera.in_time import Block, in_order_of_time
from miseban.camera.result import Analysis, no_progress
from miseban.camera.shop_opening import open_floor
from miseban.camera.tracks_file import TracksInfo, check_tracks
from miseban.space.shop_floor import ShopFloor
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import Event
from miseban.vocabulary.shop import Shop

STEP_S = 0.5
"""Cameras that see one floor hand their rows over this often; one camera's facts do not depend on
how its rows are cut into calls."""


def replay(
    paths: Path | Sequence[Path],
    shop: Shop,
    start: datetime | None = None,
    camera: str | None = None,
    *,
    progress: Callable[[float], None] = no_progress,
) -> Analysis:
    """The facts of tracks files whose time 0 is ``start``; of ``camera`` only, if given.

    Cameras with floor points, if they are several, are fused: people count once. Without ``start``
    the first file is taken to have been written when the recording ended. Files are read twice,
    first to find bad rows before anything begins. Rows may stand in any order; a file in order of
    time (as ours are) is never held in memory as a whole. Raises ``BadInput`` for bad rows, for
    cameras that the shop file does not know, and for a camera that is in two files.

    A camera without rows is a camera that nothing is known of, not one that saw nobody: beside
    others its whole time is lost coverage, and ``incomplete`` names it.
    """
    files = [paths] if isinstance(paths, Path) else list(paths)
    known = {path: check_tracks(path) for path in files}
    cameras = _cameras(known, shop, camera)
    if start is None:
        written = datetime.fromtimestamp(files[0].stat().st_mtime, UTC)
        start = written - timedelta(seconds=max(info.last_s for info in known.values()))
    missing = [] if camera or not cameras else [c.id for c in shop.cameras if c.id not in cameras]
    lost = missing if len(cameras) > 1 else []  # the facts of one camera are of that one only
    floor = open_floor(shop, [*cameras, *lost], start)
    result = Analysis(cameras[0] if len(cameras) == 1 else None, start)
    result.incomplete = f"no rows of {', '.join(missing)}" if missing else ""
    last_s = max((info.last_s for info in known.values()), default=0.0)
    for name in lost:
        result.events += floor.gap(name, 0.0, last_s, "there are no rows of it")
    clocks = {name: _Clock() for name in cameras}
    for block in in_order_of_time({path: info.ordered for path, info in known.items()}):
        result.events += _play(floor, block, clocks)
        progress(float(block[1].time_s[-1]))
    end_s = max((clock.end_s for clock in clocks.values()), default=0.0)
    for name in lost:
        floor.blind(name, last_s, end_s)
    result.uncovered_s = end_s * len(lost) / max(len(cameras) + len(lost), 1)
    result.events += floor.finish(end_s)
    result.rejected = floor.rejected
    result.events.sort(key=lambda event: (event.time, event.id))
    result.duration_s = end_s
    # Frames in which nobody was seen leave no row: these are the moments with somebody.
    moments = max((clock.moments for clock in clocks.values()), default=0)
    result.frames = np.arange(1, moments + 1)
    result.heat, result.floor_heat = floor.heat, floor.floor_heat
    result.sights, result.alone = floor.sights, floor.alone_sights
    return result


def _cameras(known: Mapping[Path, TracksInfo], shop: Shop, camera: str | None) -> list[str]:
    """The cameras to be counted, each of one file."""
    of: dict[str, Path] = {}
    expected = {other.id for other in shop.cameras}
    if camera is not None:
        shop.camera(camera)
    for path, info in known.items():
        for name in info.cameras:
            if camera is None and name not in expected:
                told = ", ".join(sorted(expected)) or "none"
                what = f"expected cameras of the shop file ({told}), found {name!r}"
                raise BadInput("unknown-camera", path, what)
            if name in of:
                what = f"expected each camera in one file, found {name} in {of[name]} too"
                raise BadInput("camera-twice", path, what)
            of[name] = path
    if camera is None:
        return sorted(of)
    if of and camera not in of:
        found = ", ".join(sorted(of))
        path = next(iter(known))
        raise BadInput("unknown-camera", path, f"expected rows of {camera}, found {found}")
    return [camera]


def _play(floor: ShopFloor, block: Block, clocks: Mapping[str, _Clock]) -> list[Event]:
    """Hands a block's rows over, in small steps where cameras are fused."""
    names, rows = block
    mine = {name: rows.take(names == name) for name in clocks}
    for name, own in mine.items():
        clocks[name].add(own.time_s)
    edges = [float(rows.time_s[-1])]
    if floor.fused:
        steps = np.arange(np.floor(rows.time_s[0] / STEP_S) + 1, np.ceil(edges[0] / STEP_S))
        edges = [*(steps * STEP_S).tolist(), *edges]
    events: list[Event] = []
    at = dict.fromkeys(clocks, 0)
    for edge in edges:
        for name, own in mine.items():
            end = int(np.searchsorted(own.time_s, edge, side="right"))
            floor.update(name, own.take(slice(at[name], end)), edge)
            at[name] = end
        events += floor.advance(edge)
    return events


class _Clock:
    """Counts the different moments of one camera's rows."""

    def __init__(self) -> None:
        self.moments = 0
        self.last_s = -1.0
        self.shortest_s = np.inf

    def add(self, time_s: NDArray[np.float64]) -> None:
        if not len(time_s):
            return
        steps = np.diff(time_s, prepend=self.last_s)
        self.moments += int(np.count_nonzero(steps))
        if self.last_s < 0:
            steps = steps[1:]  # the first moment has no step
        self.shortest_s = min(self.shortest_s, float(steps[steps > 0].min(initial=np.inf)))
        self.last_s = float(time_s[-1])

    @property
    def end_s(self) -> float:
        """The last moment stands as long as the shortest step between two."""
        if not self.moments:
            return 0.0
        return self.last_s + (self.shortest_s if np.isfinite(self.shortest_s) else 0.0)
