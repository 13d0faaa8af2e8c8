"""Which cameras together watch what is drawn on the floor plan, where no one camera counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from miseban.space.floor_geometry import View, fused_cameras
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.summary import Summary

Watchers = Mapping[str, tuple[str, ...]]
"""By line or zone of the floor plan, the cameras that see it."""


def watchers_of(shop: Shop, summary: Summary) -> dict[str, tuple[str, ...]]:
    """Of each line and zone on the floor plan, those of the fused cameras of ``summary`` that have
    its middle in the picture; all of them where none has. Empty for a single camera's recording."""
    if summary.camera is not None:
        return {}
    return watchers_in(shop, [name for name, one in summary.cameras.items() if one.fused])


def watchers_in(shop: Shop, cameras: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The same where ``cameras`` share the floor; with none of the shop's, all that can."""
    known = [camera.id for camera in shop.cameras]
    told = [name for name in cameras if name in known]
    views = {name: View.of(shop.camera(name)) for name in fused_cameras(shop, told or known)}

    def looking(middle: NDArray[np.float64]) -> tuple[str, ...]:
        return tuple(name for name, view in views.items() if view.sees(middle)) or tuple(views)

    lines = {line.id: looking(_half_way(line.points)) for line in shop.floor_lines()}
    zones = {
        zone.id: looking(np.mean(np.array(zone.polygon, float), axis=0))
        for zone in shop.floor_zones()
    }
    return lines | zones


def _half_way(points: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """The place (2,) in the middle of a line, along it."""
    line = np.array(points, float)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    return np.array([np.interp(along[-1] / 2, along, line[:, i]) for i in (0, 1)])
