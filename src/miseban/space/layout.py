"""The shop's drawings laid on the floor, for whoever asks where somebody is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.laying import laid, views_of
from miseban.space.polygons import Polygons
from miseban.vocabulary.shop import Shop

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


CLEAR_M = 0.75


class Layout:
    """Zones by kind, and the doors: the lines that lead into the shop.

    What is drawn on a picture is laid on the floor by the camera's floor points; what has no place
    there (no floor points, or above the horizon) is left out; lines are cut at the horizon.
    """

    def __init__(self, shop: Shop) -> None:
        views = views_of(shop)
        by_kind: dict[str, list[Floats]] = {}
        for zone in shop.zones:
            points = laid(zone, views)
            if points is not None:
                by_kind.setdefault(zone.kind, []).append(points)
        self._zones = {kind: Polygons(polygons) for kind, polygons in by_kind.items()}
        doors = [laid(line, views) for line in shop.lines if line.entrance]
        known = [line for line in doors if line is not None]
        self._a = np.concatenate([np.empty((0, 2)), *(line[:-1] for line in known)])
        self._d = np.concatenate([np.empty((0, 2)), *(np.diff(line, axis=0) for line in known)])
        self._length = np.hypot(*self._d.T)
        inward = [np.tile(_inward(line), (len(line) - 1, 1)) for line in known]
        self._inward = np.concatenate([np.empty((0, 2)), *inward])

    @property
    def has_doors(self) -> bool:
        return len(self._a) > 0

    def has(self, kind: str) -> bool:
        return kind in self._zones

    def within(self, kind: str, xy: Floats) -> Bools:
        """(N,): whether point n of ``xy`` (N, 2) metres lies in a zone of that kind."""
        polygons = self._zones.get(kind)
        if polygons is None:
            return np.zeros(len(xy), bool)
        return np.asarray(polygons.inside(xy).any(axis=1), bool)

    def near_door(self, xy: tuple[float, float], within_m: float) -> bool:
        """Whether a place lies ``within_m`` of a line that leads into the shop."""
        if not len(self._a):
            return False
        x, y = xy[0] - self._a[:, 0], xy[1] - self._a[:, 1]
        along = np.clip((x * self._d[:, 0] + y * self._d[:, 1]) / self._length**2, 0.0, 1.0)
        away = np.hypot(x - along * self._d[:, 0], y - along * self._d[:, 1])
        return bool(away.min() <= within_m)

    def depth_m(self, xy: Floats) -> Floats:
        """(N,) how far points ``xy`` (N, 2) lie from the nearest door: positive inside the shop,
        negative outside; infinite where no door is drawn, not a number where the side is unclear.

        In front of a line its own side counts. Beyond its ends, where walls are that no shop file
        has, it is assumed that they go on along the plan's axes, and only what lies ``CLEAR_M``
        before or behind the line's end is told.
        """
        if not len(self._a):
            return np.full(len(xy), np.inf)
        (ax, ay), (dx, dy) = self._a.T, self._d.T
        x, y = xy[:, :1] - ax, xy[:, 1:] - ay  # (N, pieces of lines)
        along = np.clip((x * dx + y * dy) / self._length**2, 0.0, 1.0)
        near_x, near_y = x - along * dx, y - along * dy
        away = np.hypot(near_x, near_y)
        # On a map with y down, what lies to the right of somebody going along d is inside.
        side = (y * dx - x * dy) / self._length
        row = np.arange(len(xy))
        # At a corner two pieces are equally near: the one that is more squarely faced decides.
        nearest = np.argmin(away - 1e-6 * np.abs(side), axis=1)
        away, side = away[row, nearest], side[row, nearest]
        beyond = away - np.abs(side) > 1e-9
        in_x, in_y = self._inward[nearest].T
        inward = near_x[row, nearest] * in_x + near_y[row, nearest] * in_y
        side = np.where(beyond, np.where(np.abs(inward) < CLEAR_M, np.nan, inward), side)
        depth: Floats = np.copysign(away, side)
        depth[np.isnan(side)] = np.nan
        return depth


def _inward(line: Floats) -> Floats:
    """(2,) the direction along the plan's axes into which one goes through ``line`` (N, 2)."""
    d = line[-1] - line[0]
    normal = np.array([-d[1], d[0]])
    axis = int(np.argmax(np.abs(normal)))
    inward = np.zeros(2)
    inward[axis] = np.sign(normal[axis])
    return inward
