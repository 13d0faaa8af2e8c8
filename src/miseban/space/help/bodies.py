"""How tall and broad somebody looks, second by second, from the boxes of one camera's tracks."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.stature import Stature
from miseban.space.geometry import CameraGeometry
from miseban.space.help.flat import Flat
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
_TURNS = np.linspace(0.0, 2.0 * np.pi, 8, endpoint=False)
_SIDES = np.column_stack([np.cos(_TURNS), np.sin(_TURNS)])
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
    bottom edge, in pixels. ``flat`` how ill it fits somebody of each stature who lies, as
    ``Flat.misfit`` tells, with the ``middle`` there."""

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
    flat: tuple[float, ...] = ()
    middle: tuple[float, float] | None = None


class BodyLens:
    """One camera's way from boxes to bodies."""

    def __init__(self, shop: Shop, camera: str) -> None:
        self.camera = camera
        self._geometry = geometry = CameraGeometry(shop, camera, SpaceSettings())
        self._sieve = Sieve()
        floor = geometry.homography
        self.on_floor = floor is not None
        self._lens = Lens.of(floor, geometry.size) if floor is not None else None
        self._flat = Flat(self._lens) if self._lens is not None else None
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
        table = np.column_stack(
            [xy, tall, broad, wide / high, high, steep, middle, rows.xyxy[:, 3], cut]
        )
        ok = np.isfinite(xy).all(axis=1)
        table, track = table[ok], rows.track[ok]
        first = np.flatnonzero(np.diff(track, prepend=-1))
        if not len(first):
            return []
        many = np.diff(first, append=len(track))
        means = np.add.reduceat(table, first, axis=0) / many[:, None]
        found = [
            Body(
                self.camera, number, (x, y), tall_m, times, aspect, box_px, n, down, part == 0.0,
                (u, v),
            )
            for number, n, (x, y, tall_m, times, aspect, box_px, down, u, v, part) in zip(
                track[first].tolist(), many.tolist(), means.tolist(), strict=True
            )
        ]  # fmt: skip
        return self.flattened(found)

    def flattened(self, bodies: list[Body]) -> list[Body]:
        """The same with how well each fits somebody who lies."""
        if self._flat is None or not bodies:
            return bodies
        half = [b.aspect * b.box_px / 2 for b in bodies]
        boxes = [
            (b.foot[0] - h, b.foot[1] - b.box_px, b.foot[0] + h, b.foot[1])
            for b, h in zip(bodies, half, strict=True)
        ]
        misfit, place = self._flat.misfit(np.array(boxes))
        return [
            replace(body, flat=tuple(off), middle=(x, y)) if math.isfinite(min(off)) else body
            for body, off, (x, y) in zip(bodies, misfit.tolist(), place.tolist(), strict=True)
        ]

    def _upright_px(self, floor_m: Floats, tall_m: Floats) -> Floats:
        """(N,) how many pixels broad the box is around somebody who stands at (N, 2) places and is
        (N,) metres tall."""
        assert self._lens is not None  # noqa: S101 - asked only where there is one
        ring = np.array(
            [(half * x, half * y, up) for up, half in UPRIGHT for x, y in _SIDES], np.float64
        )
        points = tall_m[:, None, None] * ring
        points[:, :, :2] += floor_m[:, None, :]
        ends = self._lens.to_pixel(points.reshape(-1, 3))[:, 0].reshape(len(floor_m), -1)
        across: Floats = np.ptp(ends, axis=1)
        return np.maximum(across, 1.0)
