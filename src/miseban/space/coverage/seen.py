"""By how many cameras each place of the floor is seen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from miseban.space.coverage.view import TALL_M, Posture, hung, views
from miseban.space.polygons import Polygons
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.pinhole import Pinhole, lens_of
from miseban.vocabulary.shop.seen_floor import STEEP

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Box = tuple[float, float, float, float]

STEP_M, MOST = 0.25, 400_000
"""Of the grid that is laid over the floor; wider where that were more than ``MOST`` places."""
GAP_M2 = 1.0


@dataclass(frozen=True, slots=True)
class Gap:
    """Floor in one piece that no camera sees: how much, its middle on the plan in metres, and the
    zones (ids) that have a part in it."""

    m2: float
    x: float
    y: float
    zones: tuple[str, ...]


@dataclass(frozen=True)
class Coverage:
    """Of the floor that no fixture stands on: ``places`` (N, 2) in the middle of squares of
    ``step_m``, and by how many cameras somebody who stands or lies there is seen, (N,) each.
    ``lenses`` are the cameras that were asked, ``of_camera`` how many square metres each sees of
    who stands; those without floor points are in neither."""

    shop: Shop
    step_m: float
    within: Box | None
    places: Floats
    by: Mapping[Posture, Counts]
    lenses: Mapping[str, Pinhole]
    of_camera: Mapping[str, float]

    @property
    def m2(self) -> float:
        return len(self.places) * self.step_m**2

    @property
    def steep(self) -> set[str]:
        """Cameras that look straight down: how high they hang is not known."""
        return {name for name, lens in self.lenses.items() if lens.tilt > STEEP}

    def share(self, posture: Posture, cameras: int) -> float:
        """The part of the floor that so many cameras see, or more."""
        return float(np.mean(self.by[posture] >= cameras))

    def gaps(self, posture: Posture) -> list[Gap]:
        """What nobody sees, the largest first; pieces below ``GAP_M2`` are left out."""
        unseen = self.places[self.by[posture] == 0]
        if not len(unseen):
            return []
        cells = np.floor(unseen / self.step_m).astype(np.int64)
        grid = np.zeros(cells.max(axis=0) + 1, bool)
        grid[tuple(cells.T)] = True
        pieces, _ = label(grid, np.ones((3, 3)))
        piece = pieces[tuple(cells.T)]
        zones = self.shop.floor_zones()
        inside = Polygons([zone.polygon for zone in zones]).inside(unseen)
        found = []
        for number in np.unique(piece):
            mine = piece == number
            m2 = float(mine.sum()) * self.step_m**2
            if m2 < GAP_M2:
                continue
            middle = unseen[mine].mean(axis=0)
            nearest = unseen[mine][np.argmin(np.linalg.norm(unseen[mine] - middle, axis=1))]
            of_it = tuple(
                z.id for z, some in zip(zones, inside[mine].any(axis=0), strict=True) if some
            )
            found.append(Gap(m2, float(nearest[0]), float(nearest[1]), of_it))
        return sorted(found, key=lambda gap: -gap.m2)

    def without_cameras(self) -> Coverage:
        """As if none hung."""
        none = {posture: np.zeros(len(self.places), np.int64) for posture in TALL_M}
        return replace(self, by=none, lenses={}, of_camera={})

    def with_more(self, more: Iterable[tuple[str, Pinhole]]) -> Coverage:
        """With those lenses too, by their names."""
        by = {posture: counts.copy() for posture, counts in self.by.items()}
        lenses, of_camera = dict(self.lenses), dict(self.of_camera)
        for name, lens in more:
            seen = views(lens, self.shop.fixtures, self.places)
            for posture, which in seen.items():
                by[posture][which] += 1
            lenses[name], of_camera[name] = lens, len(seen["stands"]) * self.step_m**2
        return replace(self, by=by, lenses=lenses, of_camera=of_camera)


def cover(shop: Shop, step_m: float = STEP_M, within: Box | None = None) -> Coverage:
    """Of the whole plan, or of what is ``within`` (x, y, x, y; metres) two corners. Raises
    ``BadInput`` (``coverage``) when the shop file has no floor plan, or no floor is left there
    between its fixtures."""
    return bare(shop, step_m, within).with_more(known(shop))


def bare(shop: Shop, step_m: float = STEP_M, within: Box | None = None) -> Coverage:
    """As if no camera hung. Raises as ``cover``."""
    floor = shop.shop.floor
    if floor is None:
        raise BadInput("coverage", "[shop] floor", "expected the size of the floor, found none")
    step_m = max(step_m, math.sqrt(floor.width_m * floor.depth_m / MOST))
    places = free_floor(shop, (floor.width_m, floor.depth_m), step_m, within)
    return Coverage(shop, step_m, within, places, {}, {}, {}).without_cameras()


def known(shop: Shop) -> Iterator[tuple[str, Pinhole]]:
    """The cameras that have floor points, by their ids: one is worked out when it is asked for."""
    for camera in shop.cameras:
        if camera.floor_points:
            yield camera.id, hung(lens_of(camera)[0])


def free_floor(shop: Shop, sides: tuple[float, float], step_m: float, within: Box | None) -> Floats:
    """(N, 2) middles of squares where nothing stands. Raises as ``cover``."""
    x, y = ((np.arange(max(1, round(side / step_m))) + 0.5) * step_m for side in sides)
    places = np.stack(np.meshgrid(x, y), axis=2)
    free = np.ones(places.shape[:2], bool)
    if within is not None:
        low, high = np.sort(np.reshape(within, (2, 2)), axis=0)
        free = ((places >= low) & (places <= high)).all(axis=2)
        if not free.any():
            what = f"expected a part of the floor, {sides[0]:g} by {sides[1]:g} m"
            raise BadInput("coverage", ",".join(f"{one:g}" for one in within), what)
    for fixture in shop.fixtures:  # each asks only what is near it: a large floor has millions
        corners = np.array(fixture.polygon)
        first, last = corners.min(axis=0), corners.max(axis=0)
        columns, rows = (
            slice(np.searchsorted(axis, a), np.searchsorted(axis, b, "right"))
            for axis, a, b in zip((x, y), first, last, strict=True)
        )
        near = places[rows, columns]
        stands = Polygons([corners]).inside(near.reshape(-1, 2))
        free[rows, columns] &= ~stands.reshape(near.shape[:2])
    if not free.any():
        raise BadInput("coverage", "[[fixture]]", "expected some floor between them, found none")
    return np.asarray(places[free])
