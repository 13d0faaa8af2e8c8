"""Where further cameras should hang: the one that shows most, then the next. Such a greedy choice
covers at least 63 % of what the best could (Nemhauser, Wolsey and Fisher 1978,
https://doi.org/10.1007/BF01588971)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.coverage.seen import Box, Posture, cover, in_view, near, shown
from miseban.space.polygons import Polygons
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.hiding import hidden_m
from miseban.vocabulary.shop.pinhole import Pinhole

Floats = NDArray[np.float64]
Numbers = NDArray[np.int32]

WORTH = np.array([1.0, 0.5, 0.1, 0.0])
"""Of floor that nobody sees yet, that one camera sees, two, more: where two look, one sees past who
stands in the way of the other, and across who lies along its line of sight."""
OF: Posture = "lies"
"""Where who lies is seen, who stands is as well."""
OF_FLOOR_M = 0.5
STEP_M, MOST = 2.0, 1500
"""Cameras are tried at places so far apart, or farther where that were more than ``MOST``."""
FROM_WALL_M = 0.5
HEADINGS = 12
TILTS_DEG = (25.0, 40.0, 60.0)
SIZE = (640.0, 360.0)


@dataclass(frozen=True, slots=True)
class Hanging:
    """How cameras are hung: metres above the floor, and the lens's angle across in degrees."""

    height_m: float = 3.0
    angle_deg: float = 90.0


@dataclass(frozen=True, slots=True)
class Hung:
    """A camera's place on the plan and above it, and the place on the floor in the middle of its
    picture; metres. With it and those before it ``once`` and ``twice`` are the parts of the floor
    where somebody who lies is seen by one camera and more, by two and more."""

    x: float
    y: float
    height_m: float
    looks_at: tuple[float, float]
    once: float
    twice: float


def place_more(
    shop: Shop,
    cameras: int,
    hanging: Hanging | None = None,
    *,
    within: Box | None = None,
    anew: bool = False,
) -> list[Hung]:
    """So many beside those of ``shop``, or, ``anew``, as if it had none; fewer where one more would
    show nothing more. ``within`` and errors as of ``cover``."""
    known = shop.model_copy(update={"cameras": ()}) if anew else shop
    coverage = cover(known, OF_FLOOR_M, within)
    lenses, seen = list[Pinhole](), list[Numbers]()
    for lens, which in _tried(shop, coverage.places, hanging or Hanging()):
        lenses.append(lens)
        seen.append(which)
    of = np.repeat(np.arange(len(lenses), dtype=np.int32), [len(one) for one in seen])
    places = np.concatenate([np.zeros(0, np.int32), *seen])
    counts = coverage.by[OF].copy()
    found: list[Hung] = []
    for _ in range(cameras if lenses else 0):
        worth = WORTH[np.minimum(counts, len(WORTH) - 1)]
        gains = np.bincount(of, worth[places], minlength=len(lenses))
        best = int(np.argmax(gains))
        if not gains[best] > 0:
            break
        counts[seen[best]] += 1
        once, twice = (float(np.mean(counts >= n)) for n in (1, 2))
        lens = lenses[best]
        found.append(Hung(lens.x, lens.y, lens.height_m, _looks_at(lens), once, twice))
    return found


def _tried(shop: Shop, places: Floats, hanging: Hanging) -> Iterator[tuple[Pinhole, Numbers]]:
    """Each camera that is tried, and which of ``places`` (N, 2) it sees somebody lie at."""
    focal = SIZE[0] / 2 / math.tan(math.radians(hanging.angle_deg / 2))
    turns = np.arange(HEADINGS) * 2 * math.pi / HEADINGS
    for x, y in _where(shop, hanging):
        at = (x, y, hanging.height_m)
        large = near(Pinhole(focal, *at, 0.0, 0.0, 0.0, SIZE), places)
        which: Numbers = np.flatnonzero(large).astype(np.int32)
        which = which[shown(hidden_m(at, shop.fixtures, places[which]), OF)]
        for heading in turns.tolist():
            for tilt in np.radians(TILTS_DEG).tolist():
                lens = Pinhole(focal, *at, heading, tilt, 0.0, SIZE)
                yield lens, which[in_view(lens, places[which])]


def _where(shop: Shop, hanging: Hanging) -> list[tuple[float, float]]:
    """Places on the plan, not within what is as high as the camera."""
    floor = shop.shop.floor
    assert floor is not None  # noqa: S101 - ``cover`` has seen to it
    sides = (floor.width_m, floor.depth_m)
    apart = max(STEP_M, math.sqrt(math.prod(sides) / MOST))
    x, y = (np.linspace(*_ends(side), max(2, math.ceil(side / apart))) for side in sides)
    grid = np.stack([one.ravel() for one in np.meshgrid(x, y)], axis=1).round(2)
    high = [one.polygon for one in shop.fixtures if one.height_m >= hanging.height_m]
    free = ~Polygons(high).inside(grid).any(axis=1)
    return [(x, y) for x, y in grid[free].tolist()]


def _ends(side: float) -> tuple[float, float]:
    near = min(FROM_WALL_M, side / 2)
    return near, side - near


def _looks_at(lens: Pinhole) -> tuple[float, float]:
    away = lens.height_m / math.tan(lens.tilt)
    x, y = lens.x + away * math.cos(lens.heading), lens.y + away * math.sin(lens.heading)
    return round(x, 2), round(y, 2)
