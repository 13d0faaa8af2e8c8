"""Where further cameras should hang: the one that shows most, then the next. Such a greedy choice
covers at least 63 % of what the best could (Nemhauser, Wolsey and Fisher 1978,
https://doi.org/10.1007/BF01588971)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from miseban.space.coverage.heeding import heeding
from miseban.space.coverage.seen import Coverage, bare
from miseban.space.coverage.view import Bools, Floats, Numbers, Posture, near, shown
from miseban.space.polygons import Polygons
from miseban.vocabulary.shop.hiding import hidden_m
from miseban.vocabulary.shop.pinhole import Pinhole

WORTH: NDArray[np.float32] = np.array([1.0, 0.5, 0.1, 0.0], np.float32)
"""Of floor that nobody sees yet, that one camera sees, two, more: where two look, one sees past who
stands in the way of the other, and across who lies along its line of sight."""
OF: Posture = "lies"
"""Where who lies is seen, who stands is as well."""
OF_FLOOR_M = 0.5
STEP_M, MOST = 2.0, 500
"""Cameras are tried at places so far apart, or farther where that were more than ``MOST``."""
FROM_WALL_M = 0.5
HEADINGS = 12
TILTS_DEG = (25.0, 40.0, 60.0)
SIZE = (640.0, 360.0)
"""A picture of 16 to 9."""


@dataclass(frozen=True, slots=True)
class Hanging:
    """How cameras are hung: metres above the floor, and the lens's angle across in degrees."""

    height_m: float = 3.0
    angle_deg: float = 90.0


@dataclass(frozen=True, slots=True)
class Hung:
    """A camera, and what is seen with it and those before it: ``once`` and ``twice`` are the parts
    of the floor where somebody who lies is seen by one camera and more, by two and more."""

    lens: Pinhole
    once: float
    twice: float

    @property
    def looks_at(self) -> tuple[float, float]:
        """The place on the floor in the middle of its picture, metres on the plan."""
        away = self.lens.height_m / math.tan(self.lens.tilt)
        x = self.lens.x + away * math.cos(self.lens.heading)
        y = self.lens.y + away * math.sin(self.lens.heading)
        return round(x, 2), round(y, 2)


def place_more(coverage: Coverage, cameras: int, hanging: Hanging | None = None) -> list[Hung]:
    """So many beside those of ``coverage``, over the same part of the plan; fewer where two see
    all that can be seen. Raises as ``cover``."""
    step_m = max(OF_FLOOR_M, coverage.step_m)
    coarse = bare(coverage.shop, step_m, coverage.within, coverage.heed)
    coarse = coarse.with_more(coverage.lenses.items())
    lenses, seen = list[Pinhole](), list[Numbers]()
    for lens, which in _tried(coarse, hanging or Hanging()):
        lenses.append(lens)
        seen.append(which)
    numbers = np.arange(len(lenses), dtype=np.int32)
    of = np.repeat(numbers, [len(which) for which in seen])
    places = np.concatenate([np.zeros(0, np.int32), *seen])
    counts = coarse.by[OF].copy()
    found: list[Hung] = []
    for number in range(1, cameras + 1):
        worth = WORTH[np.minimum(counts, len(WORTH) - 1)]
        gains = np.bincount(of, worth[places], minlength=len(lenses) + 1)
        best = int(np.argmax(gains))
        if gains[best] <= 0 or (counts >= 2).all():
            break
        counts[seen[best]] += 1
        coverage = coverage.with_more([(f"more-{number}", lenses[best])])
        found.append(Hung(lenses[best], coverage.share(OF, 1), coverage.share(OF, 2)))
    return found


def _tried(coverage: Coverage, hanging: Hanging) -> Iterator[tuple[Pinhole, Numbers]]:
    """Each camera that is tried, and at which of the places it sees somebody lie."""
    places, fixtures = coverage.places, coverage.shop.fixtures
    focal = SIZE[0] / 2 / math.tan(math.radians(hanging.angle_deg / 2))
    turns = np.arange(HEADINGS) * 2 * math.pi / HEADINGS
    looks = [
        Pinhole(focal, 0.0, 0.0, hanging.height_m, heading, tilt, 0.0, SIZE)
        for heading in turns.tolist()
        for tilt in np.radians(TILTS_DEG).tolist()
    ]
    matrices = np.stack([look.floor_to_pixel for look in looks])  # once, wherever they hang
    for x, y in heeding(coverage.heed, _where(coverage, hanging).tolist()):
        at = (x, y, hanging.height_m)
        which = np.flatnonzero(near(replace(looks[0], x=x, y=y), places)).astype(np.int32)
        which = which[shown(hidden_m(at, heeding(coverage.heed, fixtures), places[which]), OF)]
        for look, pictured in zip(looks, _pictured(matrices, places[which] - [x, y]), strict=True):
            yield replace(look, x=x, y=y), which[pictured]


def _pictured(matrices: Floats, away: Floats) -> Bools:
    """(L, N) whether what lies ``away`` (N, 2), metres from below a lens, is in the picture of each
    of L: ``matrices`` (L, 3, 3) take it there, the third coordinate is the depth."""
    right, down, depth = np.moveaxis(matrices @ np.column_stack([away, np.ones(len(away))]).T, 1, 0)
    across = (right >= 0) & (right <= SIZE[0] * depth)
    return np.asarray(across & (down >= 0) & (down <= SIZE[1] * depth))


def _where(coverage: Coverage, hanging: Hanging) -> Floats:
    """(N, 2) places on the part of the plan that is asked for, not within what is as high as the
    camera."""
    floor = coverage.shop.shop.floor
    assert floor is not None  # noqa: S101 - else there is no coverage
    low, high = np.zeros(2), np.array([floor.width_m, floor.depth_m])
    if coverage.within is not None:
        part = np.sort(np.reshape(coverage.within, (2, 2)), axis=0)
        low, high = np.maximum(low, part[0]), np.minimum(high, part[1])
    sides = high - low
    apart = max(STEP_M, math.sqrt(float(np.prod(sides)) / MOST))
    inset = np.minimum(FROM_WALL_M, sides / 2)
    x, y = (
        np.linspace(a, b, max(2, math.ceil(side / apart)))
        for a, b, side in zip(low + inset, high - inset, sides, strict=True)
    )
    grid = np.stack([one.ravel() for one in np.meshgrid(x, y)], axis=1).round(2)
    as_high = [f.polygon for f in coverage.shop.fixtures if f.height_m >= hanging.height_m]
    return grid[~Polygons(as_high).inside(grid).any(axis=1)]
