"""Who sinks to the floor before a camera of which no floor is known: by the box alone."""

from __future__ import annotations

import math

from miseban.space.help.bodies import Body

FLAT = 1.9
"""Without a floor: so many times broader for the height than before the box of who lies is."""
SINK = 0.6


class SunkBoxes:
    """One track of a camera without a floor: how its box was before."""

    def __init__(self) -> None:
        self.last_s = -math.inf
        self._usual: tuple[float, float] | None = None  # height in pixels, breadth by height

    def sunk(self, now_s: float, body: Body) -> bool:
        """Whether the box has become low and broad at once, where it stands."""
        usual, self.last_s = self._usual, now_s
        if usual is None:
            self._usual = (body.box_px, body.aspect)
            return False
        sunk = body.box_px < SINK * usual[0] and body.aspect > FLAT * usual[1] and body.aspect > 0.9
        if not sunk:
            self._usual = (0.7 * usual[0] + 0.3 * body.box_px, 0.7 * usual[1] + 0.3 * body.aspect)
        return sunk
