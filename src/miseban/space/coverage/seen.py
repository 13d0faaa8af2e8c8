"""By how many cameras each place of the floor is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from miseban.space.polygons import Polygons
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.hiding import hidden_m
from miseban.vocabulary.shop.pinhole import Pinhole, fit_pinhole

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Counts = NDArray[np.int64]
Posture = Literal["stands", "lies"]
Box = tuple[float, float, float, float]

STANDS_M, LIES_M = 1.6, 0.25
"""How high somebody is who stands, and who lies."""
SHOWN = 0.5
"""No fixture may hide more than the lower half."""
LEAST = 1 / 15
"""Of the picture's height somebody who stands there must be so much: detectors are given pictures
of some 400 lines, and hardly find who is smaller than 25 of them."""
STEP_M = 0.25
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
    ``of_camera`` says how many square metres each sees of who stands; ``unknown`` cameras have no
    floor points."""

    shop: Shop
    step_m: float
    places: Floats
    by: Mapping[Posture, Counts]
    of_camera: Mapping[str, float]
    unknown: tuple[str, ...]

    @property
    def m2(self) -> float:
        return len(self.places) * self.step_m**2

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
        zones = [zone for zone in self.shop.zones if zone.camera is None]
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


def cover(shop: Shop, step_m: float = STEP_M, within: Box | None = None) -> Coverage:
    """Of the whole plan, or of what is ``within`` (x, y, x, y; metres) two corners. Raises
    ``BadInput`` (``coverage``) when the shop file has no floor plan, or no floor is left there
    between its fixtures."""
    places = free_floor(shop, step_m, within)
    by: dict[Posture, Counts] = {"stands": _none(places), "lies": _none(places)}
    of_camera: dict[str, float] = {}
    unknown = []
    for camera in shop.cameras:
        if not camera.floor_points:
            unknown.append(camera.id)
            continue
        size = (float(camera.width), float(camera.height))
        pixels = np.array([point.pixel for point in camera.floor_points], float)
        floor_m = np.array([point.floor_m for point in camera.floor_points], float)
        lens, _ = fit_pinhole(pixels, floor_m, size)
        viewed = np.flatnonzero(in_view(lens, places))
        hidden = hidden_m((lens.x, lens.y, lens.height_m), shop.fixtures, places[viewed])
        for posture in _TALL:
            by[posture][viewed[shown(hidden, posture)]] += 1
        of_camera[camera.id] = float(shown(hidden, "stands").sum()) * step_m**2
    return Coverage(shop, step_m, places, by, of_camera, tuple(unknown))


def free_floor(shop: Shop, step_m: float, within: Box | None = None) -> Floats:
    """(N, 2) middles of squares where nothing stands. Raises as ``cover``."""
    floor = shop.shop.floor
    if floor is None:
        raise BadInput("coverage", "[shop] floor", "expected the size of the floor, found none")
    x, y = (np.arange(step_m / 2, far, step_m) for far in (floor.width_m, floor.depth_m))
    places = np.stack([one.ravel() for one in np.meshgrid(x, y)], axis=1)
    if within is not None:
        low, high = np.sort(np.reshape(within, (2, 2)), axis=0)
        places = places[((places >= low) & (places <= high)).all(axis=1)]
    stands = Polygons([fixture.polygon for fixture in shop.fixtures]).inside(places)
    places = places[~stands.any(axis=1)]
    if not len(places):
        raise BadInput("coverage", "[[fixture]]", "expected some floor between them, found none")
    return places


def in_view(lens: Pinhole, places: Floats) -> Bools:
    """(N,) whether the feet of somebody at each of ``places`` (N, 2) are in the picture, and who
    stands there is large enough in it."""
    pixels = lens.to_pixel(places)
    with np.errstate(invalid="ignore"):
        inside = ((pixels >= 0) & (pixels <= lens.size)).all(axis=1)
    return np.asarray(inside & near(lens, places))


def near(lens: Pinhole, places: Floats) -> Bools:
    """(N,) whether who stands there is large enough, wherever ``lens`` looks."""
    away_m = np.hypot(*(places - [lens.x, lens.y]).T)
    tall_px = STANDS_M * lens.focal_px / np.hypot(away_m, lens.height_m)
    return np.asarray(tall_px >= LEAST * lens.size[1])


def shown(hidden: Floats, posture: Posture) -> Bools:
    """(N,) whether no fixture hides more of somebody than the lower half: ``hidden`` (N,) metres as
    ``hidden_m``."""
    free: Bools = hidden <= (1 - SHOWN) * _TALL[posture]
    return free


_TALL: dict[Posture, float] = {"stands": STANDS_M, "lies": LIES_M}


def _none(places: Floats) -> Counts:
    return np.zeros(len(places), np.int64)
