"""The shop's lines and zones laid on the floor, and exactly when a trail meets them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from miseban.sim.projection import FloorView
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Line, Shop, Zone

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line or zone with its points (N, 2) in metres on the floor."""

    thing: Line | Zone
    points: Floats

    @property
    def id(self) -> str:
        return self.thing.id

    @property
    def camera(self) -> str | None:
        return self.thing.camera


def on_floor(shop: Shop) -> tuple[list[Drawn], list[Drawn]]:
    """All lines and all zones but private ones, in the order of the shop file. A homography maps
    straight lines to straight lines, so nothing is lost.

    Raises ``BadInput`` for a drawing whose place on the floor is not known: on a camera without
    floor points, or above the horizon.
    """
    views = {c.id: FloorView(c) for c in shop.cameras if c.floor_points}
    lines = [_laid(f'[[line]] "{line.id}"', line, line.points, views) for line in shop.lines]
    zones = [
        _laid(f'[[zone]] "{zone.id}"', zone, zone.polygon, views)
        for zone in shop.zones
        if zone.kind != "private"
    ]
    return lines, zones


def _laid(
    where: str,
    thing: Line | Zone,
    drawn: tuple[tuple[float, float], ...],
    views: dict[str, FloorView],
) -> Drawn:
    points = np.array(drawn, float)
    if thing.camera is not None:
        if thing.camera not in views:
            what = f'expected floor_points of camera "{thing.camera}" to simulate it, found none'
            raise BadInput("no-floor-points", where, what)
        points = views[thing.camera].to_floor(points)
        if not np.isfinite(points).all():
            raise BadInput("above-horizon", where, "expected points on the floor, found the sky")
    return Drawn(thing, points)


def passages(t: Floats, xy: Floats, line: Floats) -> list[tuple[float, int]]:
    """When the trail with knots ``t`` (K,) and ``xy`` (K, 2) passes ``line`` (N, 2): (seconds, +1
    from left to right of somebody who walks along the line, or -1), in order of time."""
    found: list[tuple[float, int]] = []
    start, way = xy[:-1], np.diff(xy, axis=0)
    for a, b in pairwise(line):
        d = b - a
        # On a map with y down, what lies to the right of somebody going along d is positive.
        side = (xy[:, 1] - a[1]) * d[0] - (xy[:, 0] - a[0]) * d[1]
        right = side >= 0
        for k in np.flatnonzero(right[1:] != right[:-1]).tolist():
            part = side[k] / (side[k] - side[k + 1])
            along = float((start[k] + part * way[k] - a) @ d / (d @ d))
            if 0 <= along < 1:
                found.append((float(t[k] + part * (t[k + 1] - t[k])), 1 if right[k + 1] else -1))
    return sorted(found)


def times_inside(t: Floats, xy: Floats, polygon: Floats) -> list[tuple[float, float]]:
    """The intervals of time that the trail spends in ``polygon`` (N, 2), in order.

    The trail is cut where it meets the border, and each piece judged by its middle (even-odd).
    """
    low, high = np.minimum(xy[:-1], xy[1:]), np.maximum(xy[:-1], xy[1:])
    if not ((high >= polygon.min(axis=0)) & (low <= polygon.max(axis=0))).all(axis=1).any():
        return []  # most trails come near few zones
    a = polygon
    d = np.roll(a, -1, axis=0) - a
    start, way = xy[:-1, None, :], np.diff(xy, axis=0)[:, None, :]
    cross = way[..., 0] * d[:, 1] - way[..., 1] * d[:, 0]
    meets = cross != 0
    safe = np.where(meets, cross, 1.0)
    to = a - start
    part = (to[..., 0] * d[:, 1] - to[..., 1] * d[:, 0]) / safe
    along = (to[..., 0] * way[..., 1] - to[..., 1] * way[..., 0]) / safe
    hit = meets & (part > 0) & (part < 1) & (along >= 0) & (along <= 1)
    knot, edge = np.nonzero(hit)
    cuts = np.unique(np.concatenate([t, t[knot] + part[knot, edge] * (t[knot + 1] - t[knot])]))
    middles = (cuts[1:] + cuts[:-1]) / 2
    x, y = np.interp(middles, t, xy[:, 0])[:, None], np.interp(middles, t, xy[:, 1])[:, None]
    over = (a[:, 1] > y) != (a[:, 1] + d[:, 1] > y)
    at_x = a[:, 0] + (y - a[:, 1]) * d[:, 0] / np.where(d[:, 1] == 0, 1.0, d[:, 1])
    inside = np.count_nonzero(over & (x < at_x), axis=1) % 2 == 1
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
    return [
        (float(cuts[begin]), float(cuts[end]))
        for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    ]
