"""Where people come into being: at doors, not in the middle of the floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.floor_geometry import View
from miseban.space.fusion.settings import FusionSettings
from miseban.space.homography import Homography
from miseban.space.laying import laid
from miseban.space.polygons import Polygons
from miseban.vocabulary.shop import Shop

Floats = NDArray[np.float64]

AHEAD_S = 2.0
"""Who would pass the line within this time is on the way out."""


class Doors:
    """The part of the floor where people may begin and end: around entrance lines and zones of
    kind ``entrance``, and on the outer side of the lines; ``known`` is False for a shop that has
    neither, where it may be anywhere.
    """

    def __init__(
        self, shop: Shop, homographies: dict[str, Homography], settings: FusionSettings
    ) -> None:
        self._s = settings
        self._lines: list[_Line] = []
        zones: list[Floats] = []
        views = {name: View(shop.camera(name), floor) for name, floor in homographies.items()}
        for line in shop.lines:
            points = laid(line, views)
            if line.entrance and points is not None:
                self._lines.append(_Line(points))
        for zone in shop.zones:
            points = laid(zone, views)
            if zone.kind == "entrance" and points is not None:
                zones.append(points)
        self._zones = Polygons(zones)

    @property
    def known(self) -> bool:
        return bool(self._lines or len(self._zones))

    def birth(self, coming: NDArray[np.bool_]) -> Floats:
        """(N,) the logarithm of how many new people a square metre there are, for each that was
        lost, where people may have come just now (N,) and elsewhere."""
        s = self._s
        if not self.known:
            return np.full(len(coming), np.log(s.birth_nowhere))
        door: Floats = np.log(np.where(coming, s.birth_door, s.birth_middle))
        return door

    def coming(self, first: Floats, seen: Floats) -> NDArray[np.bool_]:
        """(N,) whether who was first seen at ``first`` (N, 2), and last in the states ``seen``
        (N, 4), may have come just now: at a door, and not from inside on the way out."""
        result: NDArray[np.bool_] = self.at(first)
        if self._lines:
            result &= self._outside(first) | ~self.leaving(seen[:, :2], seen[:, 2:])
        return result

    def wait_s(self, xy: Floats, speed: Floats) -> Floats:
        """(N,) for how long somebody is waited for who was lost at (N, 2) with velocity ``speed``
        (N, 2)."""
        s = self._s
        if not self.known:
            return np.full(len(xy), s.wait_nowhere_s)
        return np.where(self.leaving(xy, speed), s.gone_s, s.wait_s)

    def leaving(self, xy: Floats, speed: Floats) -> NDArray[np.bool_]:
        """(N,) whether who was lost there has left: beyond a line or on the way through it; where
        there are only zones, in one of them. Who has just come in and is lost has not left."""
        if not self._lines:
            return self.at(xy)
        return self._outside(xy) | self._outside(xy + AHEAD_S * speed)

    def _outside(self, xy: Floats) -> NDArray[np.bool_]:
        found = np.zeros(len(xy), bool)
        for line in self._lines:
            distance, side = line.nearest(xy)
            found |= (side < 0) & (distance < self._s.outside_m)
        return found

    def at(self, xy: Floats) -> NDArray[np.bool_]:
        """(N,) whether people may come into being at (N, 2)."""
        s = self._s
        if not self.known:
            return np.ones(len(xy), bool)
        zones = self._zones
        near = np.asarray((zones.inside(xy) | (zones.distance(xy) < s.door_m)).any(axis=1))
        for line in self._lines:
            distance, side = line.nearest(xy)
            near |= (distance < s.door_m) | ((side < 0) & (distance < s.outside_m))
        return near


class _Line:
    """An entrance line, laid out for many points at once."""

    def __init__(self, points: Floats) -> None:
        self._ax, self._ay = points[:-1].T
        self._dx, self._dy = np.diff(points, axis=0).T
        self._length2 = np.maximum(self._dx**2 + self._dy**2, 1e-12)

    def nearest(self, xy: Floats) -> tuple[Floats, Floats]:
        """(N,) distances of (N, 2) from the line, and (N,) on which side: above 0 on the right of
        who walks along it."""
        x, y = xy[:, :1] - self._ax, xy[:, 1:] - self._ay
        along = np.clip((x * self._dx + y * self._dy) / self._length2, 0.0, 1.0)
        far = np.hypot(x - along * self._dx, y - along * self._dy)
        k = np.argmin(far, axis=1)
        i = np.arange(len(xy))
        return far[i, k], self._dx[k] * y[i, k] - self._dy[k] * x[i, k]
