"""By how many cameras each place of the floor is seen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from miseban.space.coverage.heeding import Heed, go_on, heeding
from miseban.space.coverage.squares import squares_within
from miseban.space.coverage.view import TALL_M, Posture, hung, views
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
    who stands; those without floor points are in neither. ``heed`` is called all the while that
    something is worked out, and may raise."""

    shop: Shop
    step_m: float
    within: Box | None
    places: Floats
    by: Mapping[Posture, Counts]
    lenses: Mapping[str, Pinhole]
    of_camera: Mapping[str, float]
    heed: Heed = go_on

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
        column, row = np.floor(unseen / self.step_m).astype(np.int64).T
        grid = np.zeros((row.max() + 1, column.max() + 1), bool)
        grid[row, column] = True
        pieces, _ = label(grid, np.ones((3, 3)))
        piece = pieces[row, column]
        zones = self._zones_of(pieces)
        order = np.argsort(piece, kind="stable")
        numbers, firsts = np.unique(piece[order], return_index=True)
        found = []
        for number, mine in heeding(
            self.heed, zip(numbers.tolist(), np.split(unseen[order], firsts[1:]), strict=True)
        ):
            m2 = len(mine) * self.step_m**2
            if m2 < GAP_M2:
                continue
            x, y = mine[np.argmin(np.linalg.norm(mine - mine.mean(axis=0), axis=1))].tolist()
            found.append(Gap(m2, x, y, tuple(zones.get(number, ()))))
        return sorted(found, key=lambda gap: -gap.m2)

    def _zones_of(self, pieces: NDArray[np.signedinteger[Any]]) -> dict[int, list[str]]:
        """By the number of a piece the zones that have a part in it; ``pieces`` (rows, columns) are
        the numbers, 0 for none."""
        y, x = ((np.arange(count) + 0.5) * self.step_m for count in pieces.shape)
        found: dict[int, list[str]] = {}
        for zone in self.shop.floor_zones():
            where, inside = squares_within(zone.polygon, x, y, self.heed)
            for number in np.unique(pieces[where][inside]).tolist():
                found.setdefault(number, []).append(zone.id)
        return found

    def without_cameras(self) -> Coverage:
        """As if none hung."""
        none = {posture: np.zeros(len(self.places), np.int64) for posture in TALL_M}
        return replace(self, by=none, lenses={}, of_camera={})

    def with_more(self, more: Iterable[tuple[str, Pinhole]]) -> Coverage:
        """With those lenses too, by their names."""
        by = {posture: counts.copy() for posture, counts in self.by.items()}
        lenses, of_camera = dict(self.lenses), dict(self.of_camera)
        for name, lens in heeding(self.heed, more):
            seen = views(lens, self.shop.fixtures, self.places, self.heed)
            for posture, which in seen.items():
                by[posture][which] += 1
            lenses[name], of_camera[name] = lens, len(seen["stands"]) * self.step_m**2
        return replace(self, by=by, lenses=lenses, of_camera=of_camera)


def cover(
    shop: Shop, step_m: float = STEP_M, within: Box | None = None, heed: Heed = go_on
) -> Coverage:
    """Of the whole plan, or of what is ``within`` (x, y, x, y; metres) two corners. Raises
    ``BadInput`` (``coverage``) when the shop file has no floor plan, or no floor is left there
    between its fixtures, and what ``heed`` does."""
    return bare(shop, step_m, within, heed).with_more(_known(shop))


def bare(shop: Shop, step_m: float, within: Box | None, heed: Heed) -> Coverage:
    """As if no camera hung. Raises as ``cover``."""
    floor = shop.shop.floor
    if floor is None:
        raise BadInput("coverage", "[shop] floor", "expected the size of the floor, found none")
    step_m = max(step_m, math.sqrt(floor.width_m * floor.depth_m / MOST))
    places = _free_floor(shop, (floor.width_m, floor.depth_m), step_m, within, heed)
    return Coverage(shop, step_m, within, places, {}, {}, {}, heed).without_cameras()


def _known(shop: Shop) -> Iterator[tuple[str, Pinhole]]:
    """The cameras that have floor points, by their ids: one is worked out when it is asked for."""
    for camera in shop.cameras:
        if camera.floor_points:
            yield camera.id, hung(lens_of(camera)[0])


def _free_floor(
    shop: Shop, sides: tuple[float, float], step_m: float, within: Box | None, heed: Heed
) -> Floats:
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
    for fixture in shop.fixtures:
        where, stands = squares_within(fixture.polygon, x, y, heed)
        free[where] &= ~stands
    if not free.any():
        raise BadInput("coverage", "[[fixture]]", "expected some floor between them, found none")
    return np.asarray(places[free])
