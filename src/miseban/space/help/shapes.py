"""How tall and broad somebody looks in motion, second by second; and who sits in a wheelchair, who
leans on a frame.

Where somebody is said to be is where the box ends below, at the feet. Who sits has the head behind
that, who leans has it ahead: so a wheelchair looks up to 8 cm too low while it goes away from a
camera, and as much too tall while it comes, and with a frame it is the other way round. Both are
put right for the way that he or she goes; what it comes to is the same from all sides only if it is
the right one of the two.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median, median_low
from typing import NamedTuple

from miseban.space.geometry import CameraGeometry
from miseban.space.help.bodies import Body
from miseban.space.lens import Lens
from miseban.space.settings import SpaceSettings
from miseban.vocabulary.shop import Shop

Pair = tuple[float, float]
SITS_M, LEANS_M = -0.16, 0.13
"""How far ahead of the feet the head of somebody is who sits, and who leans on a frame."""
SITS_TALL_M, LEANS_TALL_M = (1.27, 0.07), (1.50, 0.08)
"""How high above the floor it ends, mean and standard deviation over people."""
OFF_M, LASTS_S, WORST = 0.03, 3.0, 4.0
"""A second's height errs by so much, for so many seconds in a row; an error of more deviations than
the root of ``WORST`` is somebody else's."""
OTHER_M = 0.12
"""Nobody looks so much taller or smaller from one side than from another."""
STEEP = 0.7
"""From nearly above heights and breadths err, where another camera looks more level."""


class Shape(NamedTuple):
    """In motion at ``xy`` in the second from ``at_s`` on; ``tall`` metres, ``broad`` times what is
    usual: known if ``sure``, else what it mostly is. ``sits`` and ``leans`` are how tall he or she
    is if sitting in a wheelchair, and if leaning on a frame; None where that is the same as
    ``tall``."""

    at_s: float
    xy: Pair
    tall: float
    broad: float
    sure: bool = True
    sits: float | None = None
    leans: float | None = None

    def high(self, *, seated: bool) -> float:
        """Metres, of somebody who sits or else leans."""
        found = self.sits if seated else self.leans
        return self.tall if found is None else found


class Eyes:
    """Where cameras hang: metres of the plan and above the floor, by name."""

    def __init__(self, at: Mapping[str, tuple[float, float, float]]) -> None:
        self._at = dict(at)

    def heads(self, bodies: Sequence[Body], ahead: Pair) -> tuple[float, float] | None:
        """How tall somebody is who goes in the direction ``ahead``, if he or she sits and if he or
        she leans, by all ``bodies`` in a second, the more level the more; None where that cannot
        be told."""
        far = math.hypot(*ahead)
        known = [body for body in bodies if body.camera in self._at and body.steep < STEEP]
        if not known or not far:
            return None
        way = ahead[0] / far, ahead[1] / far
        weight = [STEEP - body.steep for body in known]
        sits, leans = (
            sum(w * self._head(body, way, off_m) for w, body in zip(weight, known, strict=True))
            / sum(weight)
            for off_m in (SITS_M, LEANS_M)
        )
        return sits, leans

    def _head(self, body: Body, way: Pair, off_m: float) -> float:
        """How high above the floor what is seen at the top of the box is, if it is ``off_m`` ahead
        of the feet."""
        x, y, up = self._at[body.camera]
        head = body.xy[0] + off_m * way[0], body.xy[1] + off_m * way[1]
        nearer = math.dist(head, (x, y)) / max(math.dist(body.xy, (x, y)), 0.1)
        return up - (up - body.tall) * nearer


def eyes_of(shop: Shop) -> Eyes:
    """Of those cameras whose floor points tell."""
    found = {}
    for camera in shop.cameras:
        geometry = CameraGeometry(shop, camera.id, SpaceSettings())
        floor = geometry.homography
        lens = Lens.of(floor, geometry.size) if floor is not None else None
        if lens is not None:
            x, y, up = lens.eye.tolist()
            found[camera.id] = (x, y, up)
    return Eyes(found)


def sits_odds(shapes: Sequence[Shape], broad: float) -> float:
    """Log odds that somebody with these shapes, of whom an aid shows in those as broad as
    ``broad``, sits in a wheelchair rather than leans on a frame. Those that are not as tall as
    while it shows are somebody else's."""
    tall = median_low(one.tall for one in shapes if one.broad >= broad)  # of one that is there
    own = [one for one in shapes if abs(one.tall - tall) <= OTHER_M]
    sits = _fit([one.high(seated=True) for one in own], *SITS_TALL_M)
    return sits - _fit([one.high(seated=False) for one in own], *LEANS_TALL_M)


def _fit(heights: Sequence[float], mean: float, spread: float) -> float:
    """The logarithm of how likely they are of one person."""
    middle = median(heights)
    off = sum(min(((high - middle) / OFF_M) ** 2, WORST) for high in heights) / LASTS_S
    return -0.5 * (off + ((middle - mean) / spread) ** 2) - math.log(spread)
