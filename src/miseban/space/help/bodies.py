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

UPRIGHT = ((0.03, 0.06), (0.5, 0.1), (0.82, 0.135), (0.95, 0.05))
"""Height and half the breadth of feet, hips, shoulders and head, in body heights, from all sides
(R. Drillis and R. Contini, *Body segment parameters*, 1966): how broad the box around it is the
lens says, and how detectors draw boxes is learned."""
SIDES = np.linspace(0.0, 2.0 * np.pi, 8, endpoint=False)
EDGE_PX = 3.0
"""A box this near to the picture's edge may be cut off by it."""


@dataclass(frozen=True, slots=True)
class Body:
    """A track of ``camera`` in one second, means of its boxes: ``xy`` where it stands, in metres
    (or pixels where the floor is unknown); ``tall`` metres and ``broad`` how many times as broad as
    the box around somebody who stands there and is as tall, NaN where the camera's
    floor points do not tell; ``aspect`` breadth by height of the box and ``box_px`` its height;
    ``rows`` boxes there were; ``steep`` how far down the camera looks there, 0 level to 1 plumb;
    ``whole`` whether no edge of the picture cuts it; ``foot`` the middle of the box's
    bottom edge, in pixels."""

    camera: str
    track: int
    xy: tuple[float, float]
    tall: float
    broad: float
    aspect: float
    box_px: float
    rows: int
    steep: float
    whole: bool
    foot: tuple[float, float]


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
        middle = (rows.xyxy[:, 0] + rows.xyxy[:, 2]) / 2
        high = np.maximum(rows.xyxy[:, 3] - rows.xyxy[:, 1], 1.0)
        wide = rows.xyxy[:, 2] - rows.xyxy[:, 0]
        tall = broad = steep = np.full(len(rows), np.nan)
        xy = steps.floor if self.on_floor else steps.xy
        if self._lens is not None and self._stature is not None:
            tall = self._stature.of(rows.xyxy, steps.floor)
            broad = wide / self._upright_px(steps.floor, tall)
            away = np.hypot(*(steps.floor - self._lens.eye[:2]).T)
            steep = np.arctan2(max(self._lens.eye[2], 0.0), away) / (np.pi / 2)
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
            tall_m, times, aspect, box_px, u, v = (
                float(column[part].mean())
                for column in (tall, broad, wide / high, high, middle, rows.xyxy[:, 3])
            )
            found.append(
                Body(
                    self.camera, int(rows.track[a]), (x, y), tall_m, times, aspect, box_px,
                    len(part), float(steep[part].mean()), not bool(cut[part].any()),
                    (u, v),
                )
            )  # fmt: skip
        return found

    def _upright_px(self, floor_m: Floats, tall_m: Floats) -> Floats:
        """(N,) how many pixels broad the box is around somebody who stands at (N, 2) places and is
        (N,) metres tall."""
        assert self._lens is not None  # noqa: S101 - asked only where there is one
        ends = []
        for up, half in UPRIGHT:
            for x, y in zip(np.cos(SIDES), np.sin(SIDES), strict=True):
                place = floor_m + tall_m[:, None] * half * np.array([x, y])
                ends.append(self._lens.to_pixel(np.column_stack([place, up * tall_m]))[:, 0])
        across: Floats = np.ptp(np.array(ends), axis=0)
        return np.maximum(across, 1.0)
