"""What comes in from the cameras: checked, put right, laid on the floor, and kept for its step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.ellipses import FloorLens
from miseban.space.fusion.pieces import Pieces
from miseban.space.fusion.settings import FusionSettings
from miseban.space.fusion.sights import Sights
from miseban.space.fusion.trust.trust import CameraTrust
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]


LEAST_WEIGHT = 0.1
"""What a camera tells that is believed less is left out: it would begin visits of nobody."""


class Intake:
    """``names`` are the cameras with floor points, in the order of the shop file; ``first_s`` (C,)
    is when each saw somebody first; ``dropped`` counts rows that are of no use, by reason."""

    def __init__(self, shop: Shop, settings: FusionSettings) -> None:
        self._s = settings
        cameras = [camera for camera in shop.cameras if camera.floor_points]
        self.names = [camera.id for camera in cameras]
        self._index = {name: k for k, name in enumerate(self.names)}
        self.lenses = {name: FloorLens(shop, name, settings) for name in self.names}
        fastest = max((camera.fps for camera in cameras), default=5.0)
        self.step_s = settings.step_s or float(
            np.clip(1 / fastest, settings.shortest_step_s, settings.longest_step_s)
        )
        self.trust = CameraTrust(shop)
        self.pieces = Pieces()
        self.first_s = np.full(len(cameras), np.inf)
        self.dropped: dict[str, int] = {}
        self._waiting: list[Sights] = []

    def add(self, camera: str, rows: TrackRows, until_s: float, after_s: float) -> None:
        """Rows of ``camera``; those before ``after_s`` by the shop's clock come too late."""
        if camera not in self._index:
            self._drop("the camera has no floor points", len(rows))
            return
        fit = np.isfinite(rows.time_s) & np.isfinite(rows.xyxy).all(axis=1)
        self._drop("not a number", int(np.count_nonzero(~fit)))
        fit &= rows.track >= 0
        if not fit.any():
            return
        raw = rows.take(fit)
        rows = self._trusted(camera, raw)
        good = rows.time_s <= until_s + self._s.ahead_s
        self._drop("ahead of the clock", int(np.count_nonzero(~good)))
        late = rows.time_s <= after_s
        self._drop("too late", int(np.count_nonzero(late)))
        lens = self.lenses[camera]
        xy, spread, tall, clear = lens.look(rows)
        # Feet behind furniture would look like a camera that somebody turned.
        turned = rows.xyxy is not raw.xyxy
        raw = raw.take(lens.feet_seen)
        feet = lens.feet(raw) if turned else lens.feet_px[lens.feet_seen]
        self.trust.raw(camera, raw.time_s, raw.track, feet, raw.xyxy)
        weight = self.trust.weight(camera)
        if weight < LEAST_WEIGHT:
            self._drop("the camera is not believed", len(rows))
            return
        self._drop("no place on the floor", int(np.count_nonzero(~clear & good & ~late)))
        good &= ~late & clear
        if not good.any():
            return
        spread = spread / weight**2
        k, time_s, track = self._index[camera], rows.time_s[good], rows.track[good]
        self.first_s[k] = min(self.first_s[k], float(time_s.min()))
        piece = self.pieces.numbers(k, track, float(time_s.max()))
        columns = np.full(len(time_s), k), track, piece
        self._waiting.append(Sights(time_s, *columns, xy[good], spread[good], tall[good]))

    def _trusted(self, camera: str, rows: TrackRows) -> TrackRows:
        """The rows by the shop's clock, and as the picture was before the camera was turned."""
        trust = self.trust
        clock_s, shift = trust.clock_s(camera), trust.shift_px(camera)
        if clock_s:
            rows = replace(rows, time_s=rows.time_s - clock_s)
        if shift != (0.0, 0.0):
            feet = self.lenses[camera].feet(rows)
            moved = trust.unturned(camera, feet) - feet
            rows = replace(rows, xyxy=rows.xyxy + np.tile(moved, 2))
        return rows

    def _drop(self, why: str, count: int) -> None:
        if count:
            self.dropped[why] = self.dropped.get(why, 0) + count

    def steps(self, first: int, last: int) -> list[tuple[int, Sights]]:
        """The sights of steps ``first`` to ``last`` that have any, one a track. The order does not
        depend on the order in which they came."""
        if not self._waiting:
            return []
        sights = Sights.concatenate(self._waiting)
        number = np.floor(sights.time_s / self.step_s + 0.5).astype(np.int64)
        order = np.lexsort((sights.track, sights.camera, sights.time_s, number))
        sights, number = sights.take(order), number[order]
        cut = np.flatnonzero(np.diff(number, prepend=-1, append=-1))
        found = []
        for a, b in zip(cut[:-1].tolist(), cut[1:].tolist(), strict=True):
            if first <= number[a] <= last:
                found.append((int(number[a]), _once(sights.take(slice(a, b)))))
        rest = number > last
        self._waiting = [sights.take(rest)] if rest.any() else []
        return found


def _once(sights: Sights) -> Sights:
    """The last sight of each piece: a camera may be faster than the grid, and a clock set back says
    one time twice."""
    last = len(sights) - 1 - np.unique(sights.piece[::-1], return_index=True)[1]
    return sights if len(last) == len(sights) else sights.take(np.sort(last))
