"""How tall and broad somebody looks, second by second, from the boxes of one camera's tracks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.stature import Stature
from miseban.space.geometry import CameraGeometry
from miseban.space.lens import Lens
from miseban.space.settings import SpaceSettings
from miseban.space.sieve import Sieve
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]

MID_M = 0.5
"""Height above the floor at which breadths are measured."""
EDGE_PX = 3.0
"""A box this near to the picture's edge may be cut off by it."""


@dataclass(frozen=True, slots=True)
class Body:
    """A track of ``camera`` in one second, means of its boxes: ``xy`` where it stands, in metres
    (or pixels where the floor is unknown); ``tall`` and ``wide`` metres, NaN where the camera's
    floor points do not tell; ``aspect`` breadth by height of the box and ``box_px`` its height;
    ``rows`` boxes there were; ``steep`` how far down the camera looks there, 0 level to 1 plumb;
    ``whole`` whether no edge of the picture cuts it."""

    camera: str
    track: int
    xy: tuple[float, float]
    tall: float
    wide: float
    aspect: float
    box_px: float
    rows: int
    steep: float
    whole: bool


class BodyLens:
    """One camera's way from boxes to bodies."""

    def __init__(self, shop: Shop, camera: str) -> None:
        self.camera = camera
        self._geometry = geometry = CameraGeometry(shop, camera, SpaceSettings())
        self._sieve = Sieve()
        floor = geometry.homography
        self.on_floor = floor is not None
        self._lens = Lens.of(floor, geometry.size) if floor is not None else None
        self._stature = Stature(floor, geometry.size) if floor is not None else None
        self._waiting = TrackRows.empty()

    def saw(self, rows: TrackRows) -> None:
        """Takes rows; those of no confirmed track, broken ones and private places are left out."""
        rows = self._sieve.confirmed(rows)
        rows = rows.take(~self._geometry.private(rows))
        if len(rows):
            self._waiting = TrackRows.concatenate([self._waiting, rows])

    def first_s(self) -> float:
        """The second in which the first of the rows lies that were not asked for yet; infinite
        without any."""
        return float(np.floor(self._waiting.time_s.min(initial=np.inf)))

    def second(self, from_s: float, to_s: float) -> list[Body]:
        """Everybody seen from ``from_s`` up to ``to_s``, in order of tracks; what is older is
        forgotten."""
        rows = self._waiting
        now = (rows.time_s >= from_s) & (rows.time_s < to_s)
        self._waiting = rows.take(rows.time_s >= to_s)
        rows = rows.take(now)
        if not len(rows):
            return []
        order = np.lexsort((rows.time_s, rows.track))
        rows = rows.take(order)
        steps = self._geometry.steps_of(rows)
        high = np.maximum(rows.xyxy[:, 3] - rows.xyxy[:, 1], 1.0)
        broad = rows.xyxy[:, 2] - rows.xyxy[:, 0]
        tall = wide = steep = np.full(len(rows), np.nan)
        xy = steps.floor if self.on_floor else steps.xy
        if self._lens is not None and self._stature is not None:
            tall = self._stature.of(rows.xyxy, steps.floor)
            wide = broad / self._pixels_a_metre(steps.floor)
            away = np.hypot(*(steps.floor - self._lens.eye[:2]).T)
            steep = np.arctan2(max(self._lens.eye[2] - MID_M, 0.0), away) / (np.pi / 2)
        width, height = self._geometry.size
        cut = (rows.xyxy[:, :2] < EDGE_PX).any(axis=1)
        cut |= (rows.xyxy[:, 2] > width - EDGE_PX) | (rows.xyxy[:, 3] > height - EDGE_PX)
        ok: NDArray[np.bool_] = np.asarray(np.isfinite(xy).all(axis=1), bool)
        edges = np.flatnonzero(np.diff(rows.track, prepend=-1, append=-1))
        found = []
        for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            part = np.arange(a, b)[ok[a:b]]
            if not len(part):
                continue
            x, y = xy[part].mean(axis=0).tolist()
            tall_m, wide_m, aspect, box_px = (
                float(column[part].mean()) for column in (tall, wide, broad / high, high)
            )
            found.append(
                Body(
                    self.camera, int(rows.track[a]), (x, y), tall_m, wide_m, aspect, box_px,
                    len(part), float(steep[part].mean()), not bool(cut[part].any()),
                )
            )  # fmt: skip
        return found

    def _pixels_a_metre(self, floor_m: Floats) -> Floats:
        """(N,) pixels that a metre across the view takes, at ``MID_M`` above (N, 2) places."""
        assert self._lens is not None  # noqa: S101 - asked only where there is one
        way = floor_m - self._lens.eye[:2]
        across = np.stack([-way[:, 1], way[:, 0]], axis=1)
        across /= np.maximum(np.hypot(*across.T), 1e-6)[:, None]
        up = np.full((len(floor_m), 1), MID_M)
        ends = [
            self._lens.to_pixel(np.hstack([floor_m + side * across, up])) for side in (-0.1, 0.1)
        ]
        scale: Floats = np.hypot(*(ends[1] - ends[0]).T) / 0.2
        return np.maximum(scale, 1e-6)
