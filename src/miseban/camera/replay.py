"""Replays a tracks file: the same path from tracks on, without pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.camera.result import Analysis, no_progress
from miseban.camera.tracks_file import check_tracks, read_tracks
from miseban.space.engine import CameraSpace
from miseban.space.heat import HeatMap
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

Block = tuple[NDArray[np.object_], TrackRows]


def replay(
    path: Path,
    shop: Shop,
    start: datetime | None = None,
    camera: str | None = None,
    *,
    progress: Callable[[float], None] = no_progress,
) -> Analysis:
    """The facts of a tracks file whose time 0 is ``start``; of ``camera`` only, if given.

    Without ``start`` the file is taken to have been written when the recording ended. It is read
    twice, first to find bad rows before anything begins. Rows may stand in any order; a file in
    order of time (as ours are) is never held in memory as a whole. Raises ``BadInput`` for bad
    rows and for cameras that the shop file does not know.
    """
    known = check_tracks(path)
    cameras = known.cameras
    if start is None:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        start = written - timedelta(seconds=known.last_s)
    if camera is not None:
        shop.camera(camera)
        if cameras and camera not in cameras:
            found = ", ".join(cameras)
            raise BadInput("unknown-camera", path, f"expected rows of {camera}, found {found}")
        cameras = [camera]
    known_to_shop = {other.id for other in shop.cameras}
    for name in cameras:
        if name not in known_to_shop:
            expected = ", ".join(sorted(known_to_shop)) or "none"
            raise BadInput(
                "unknown-camera",
                path,
                f"expected cameras of the shop file ({expected}), found {name!r}",
            )
    if len(cameras) > 1 and (shop.floor_lines() or shop.floor_zones()):
        raise BadInput(
            "several-cameras",
            path,
            f"found rows of {', '.join(cameras)}: lines and zones on the floor plan can be "
            "counted for one camera at a time; name it with --camera",
        )
    spaces = {name: CameraSpace(shop, name, start) for name in cameras}
    result = Analysis(cameras[0] if len(cameras) == 1 else None, start)
    clocks = {name: _Clock() for name in cameras}
    for names, rows in _in_order_of_time(path, known.ordered):
        until_s = float(rows.time_s[-1])
        for name, space in spaces.items():
            mine = rows.take(names == name)
            result.events += space.update(mine, until_s)
            clocks[name].add(mine.time_s)
        progress(until_s)
    end_s = max((clock.end_s for clock in clocks.values()), default=0.0)
    for space in spaces.values():
        result.events += space.finish(end_s)
        for reason, count in space.rejected.items():
            result.rejected = {**result.rejected, reason: result.rejected.get(reason, 0) + count}
    result.events.sort(key=lambda event: (event.time, event.id))
    result.duration_s = end_s
    # Frames in which nobody was seen leave no row: these are the moments with somebody.
    moments = max((clock.moments for clock in clocks.values()), default=0)
    result.frames = np.arange(1, moments + 1)
    if len(spaces) == 1:
        (space,) = spaces.values()
        result.heat = space.heat
    floors = [space.floor_heat for space in spaces.values() if space.floor_heat is not None]
    if floors and len(floors) == len(spaces):
        result.floor_heat = HeatMap.fullest(floors)
    return result


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


def _in_order_of_time(path: Path, ordered: bool) -> Iterator[Block]:
    """The file's rows in order of time, in blocks that never part one moment's rows."""
    blocks: Iterable[Block] = read_tracks(path)
    if not ordered:
        blocks = _sorted_blocks(list(blocks))
    held: Block | None = None
    for names, rows in blocks:
        if held is not None:
            names = np.concatenate([held[0], names])
            rows = TrackRows.concatenate([held[1], rows])
        cut = int(np.searchsorted(rows.time_s, rows.time_s[-1]))
        if cut:
            yield names[:cut], rows.take(slice(0, cut))
        held = names[cut:], rows.take(slice(cut, None))
    if held is not None:
        yield held


def _sorted_blocks(blocks: list[Block], size: int = 50_000) -> Iterator[Block]:
    names = np.concatenate([block[0] for block in blocks]) if blocks else np.empty(0, object)
    rows = TrackRows.concatenate([block[1] for block in blocks])
    order = np.argsort(rows.time_s, kind="stable")
    for at in range(0, len(order), size):
        part = order[at : at + size]
        yield names[part], rows.take(part)
