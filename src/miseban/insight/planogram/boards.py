"""Which facings stand beside each other on a board, by where they are drawn in the picture."""

from __future__ import annotations

from miseban.vocabulary.shop import Facing, Shelf

LEVEL = 0.6
"""Facings whose middles differ by less than this part of their height stand on one board."""


def boards_of(shelf: Shelf) -> list[list[Facing]]:
    """The boards from the top, each from left to right."""
    rows: list[list[Facing]] = []
    for facing in sorted(shelf.facings, key=lambda one: (_middle(one, 1), one.id)):
        if rows:
            last = rows[-1][0]
            lower = _middle(facing, 1) - _middle(last, 1)
            if lower < LEVEL * max(_size(last, 1), _size(facing, 1)):
                rows[-1].append(facing)
                continue
        rows.append([facing])
    return [sorted(row, key=lambda one: (_middle(one, 0), one.id)) for row in rows]


def width_px(facing: Facing) -> float:
    """How wide it is drawn: its area by its height, in pixels, so that a slant counts little."""
    area, points = 0.0, facing.polygon
    for (x, y), (u, v) in zip(points, points[1:] + points[:1], strict=True):
        area += (x * v - u * y) / 2
    return abs(area) / max(_size(facing, 1), 1e-9)


def _middle(facing: Facing, axis: int) -> float:
    return sum(point[axis] for point in facing.polygon) / len(facing.polygon)


def _size(facing: Facing, axis: int) -> float:
    values = [point[axis] for point in facing.polygon]
    return max(values) - min(values)
