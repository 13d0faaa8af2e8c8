"""How finely a figure is made: what is small in the picture needs few triangles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from miseban.sim.render.mesh import Colour, Floats, Part, loft


@dataclass(frozen=True, slots=True)
class Detail:
    """``around`` is the share of points kept around a ring, ``slack`` how far, in shares of the
    body's unit, a ring may lie off its neighbours' line and still be left out; ``face`` the points
    around an eye, 0 for no face. ``mesh`` is whether what is woven of bars shows all of them."""

    around: float
    slack: float
    face: int
    mesh: bool

    def loft(
        self, rings: Sequence[Sequence[float]], colour: Colour | Floats, tag: int, around: int = 12
    ) -> Part:
        """``mesh.loft`` with fewer rings and points. Rings that differ in colour all stay."""
        if self.slack:
            kept = _kept(rings, colour, self.slack)
            rings = [rings[k] for k in kept]
            colour = np.asarray(colour)[kept] if np.ndim(colour) == 2 else colour
        return loft(rings, colour, tag, max(4, round(around * self.around)))


FINE = Detail(1.0, 0.0, 5, True)
MEDIUM = Detail(0.7, 0.0025, 4, True)
SMALL = Detail(0.6, 0.004, 4, False)
COARSE = Detail(0.5, 0.006, 0, False)
OUTLINE = Detail(0.4, 0.008, 0, False)  # for how large somebody is, never to be seen


def detail_for(height_px: float) -> Detail:
    """For a figure that would stand about so many pixels of the picture tall."""
    if height_px < 64:
        return COARSE
    if height_px < 120:
        return SMALL
    return MEDIUM if height_px < 220 else FINE


def _kept(rings: Sequence[Sequence[float]], colour: Colour | Floats, slack: float) -> list[int]:
    """Which rings are needed: the ends, those off the line, and those where the colour changes."""
    table = np.array([[*ring, 0.0, 0.0][:5] for ring in rings], np.float64)
    paint = np.broadcast_to(np.asarray(colour, np.float64), (len(table), 3))
    kept = [0]
    for here in range(1, len(table) - 1):
        before, after = table[kept[-1]], table[here + 1]
        share = (table[here, 0] - before[0]) / (after[0] - before[0])
        line = before + (after - before) * share
        changes = (paint[here - 1 : here + 2] != paint[here]).any()
        if changes or np.abs(table[here] - line).max() > slack:
            kept.append(here)
    return [*kept, len(table) - 1]
