"""Where somebody can lie: not within what stands there, nor beyond the walls."""

from __future__ import annotations

import numpy as np

from miseban.space.help.bodies import Body
from miseban.space.polygons import Polygons
from miseban.vocabulary.shop import Shop

OFF_M = 0.3
"""So far from free floor a place may be, by the errors of a camera and of how somebody lies."""
LOW_M = 0.3
"""Who has fallen may lie on what is as low."""
_TURNS = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
_ABOUT = np.concatenate(
    [part * OFF_M * np.column_stack([np.cos(_TURNS), np.sin(_TURNS)]) for part in (0.0, 0.5, 1.0)]
)


class FreeFloor:
    """The plan without its furniture; all of the world where the shop file has no plan."""

    def __init__(self, shop: Shop) -> None:
        floor = shop.shop.floor
        self._size = None if floor is None else np.array([floor.width_m, floor.depth_m])
        self._furniture = Polygons([f.polygon for f in shop.fixtures if f.height_m > LOW_M])

    def is_near(self, xy: tuple[float, float]) -> bool:
        """Whether some free floor is within ``OFF_M`` of a place, in metres."""
        if self._size is None:
            return True
        about = np.asarray(xy) + _ABOUT
        on = ((about >= 0) & (about <= self._size)).all(axis=1)
        return bool((on & ~self._furniture.inside(about).any(axis=1)).any())

    def has_room(self, body: Body) -> bool:
        """Whether somebody can lie there. Whose legs are hidden looks farther away: low and broad
        within the furniture behind."""
        return body.middle is None or self.is_near(body.middle)
