"""One way to lay what is drawn in a shop file on the floor, for all who ask where it is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from miseban.space.floor_geometry import View
from miseban.vocabulary.shop import Line, Shop, Zone

Floats = NDArray[np.float64]


def views_of(shop: Shop) -> dict[str, View]:
    """All cameras with floor points, by id. Raises ``BadInput`` for points that determine
    nothing."""
    return {camera.id: View.of(camera) for camera in shop.cameras if camera.floor_points}


def laid(drawn: Line | Zone, views: Mapping[str, View]) -> Floats | None:
    """(N, 2) metres, as ``FloorGeometry`` counts it: what is drawn on the plan as it is, what is
    drawn on a picture by that camera's view. None for what has no place there: no floor points,
    or above the horizon; lines are cut there."""
    if drawn.camera is None:
        points = drawn.points if isinstance(drawn, Line) else drawn.polygon
        return np.array(points, float)
    view = views.get(drawn.camera)
    return None if view is None else view.laid(drawn)
