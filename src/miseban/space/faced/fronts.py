"""Where on the floor facings are: their outlines in a picture, laid on the fronts of fixtures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.shop import Camera, Shop
from miseban.vocabulary.shop.fixture import Fixture
from miseban.vocabulary.shop.pinhole import Pinhole, lens_of
from miseban.vocabulary.shop.zone import Zone

Floats = NDArray[np.float64]
Place = tuple[str, str]

LOWEST_M, HIGHEST_M = -0.1, 2.6
"""Goods stand between these heights; what seems to be elsewhere is on another front."""
OVER_M = 0.1
"""An outline may reach over the end of its fixture by so much."""
BEFORE_M = 2.5
"""The middle of a shelf's zone is no farther before it."""
OFF_PX = 12.0
"""Floor points that no lens sees nearer than this say too little of how the camera hangs."""


@dataclass(frozen=True, slots=True)
class Side:
    """Side ``number`` of a fixture, of ``length_m`` from ``start`` (2,) along the unit vector
    ``along`` (2,) on the plan; ``out`` (2,) points away from the fixture."""

    fixture: str
    number: int
    start: Floats
    along: Floats
    out: Floats
    length_m: float

    @property
    def key(self) -> tuple[str, int]:
        return self.fixture, self.number

    def before(self, place: Floats) -> tuple[float, float]:
        """How far along it, and how far before it, ``place`` (2,) is, in metres."""
        away = place - self.start
        return float(away @ self.along), float(away @ self.out)


@dataclass(frozen=True, slots=True)
class Front:
    """Of a facing: it takes the part ``from_m`` to ``to_m`` along ``side``."""

    side: Side
    from_m: float
    to_m: float


def sides_of(fixture: Fixture) -> list[Side]:
    """All sides of its outline, which is simple."""
    corners = np.asarray(fixture.polygon, np.float64)
    after = np.roll(corners, -1, axis=0)
    turn = np.sign((corners[:, 0] * after[:, 1] - after[:, 0] * corners[:, 1]).sum())
    found = []
    for number, (start, end) in enumerate(zip(corners, after, strict=True)):
        length = float(np.linalg.norm(end - start))
        if length > 0:
            along = (end - start) / length
            out = np.array([along[1], -along[0]]) * turn
            found.append(Side(fixture.id, number, start, along, out, length))
    return found


def fronts_of(shop: Shop) -> dict[Place, Front]:
    """By shelf and facing, for those whose camera has floor points that say how it hangs, and whose
    outline lies on a fixture of the plan. Seen over a low shelf goods may stand on the one behind:
    nobody says how high fixtures are. Then those count before which the shelf's zone lies;
    without one, nothing is known of that facing."""
    sides = [side for fixture in shop.fixtures for side in sides_of(fixture)]
    lenses: dict[str, Pinhole | None] = {}
    found: dict[Place, Front] = {}
    for shelf in shop.shelves if sides else ():
        zone = shop.zone_before(shelf)
        for name in [shelf.camera, *([zone.camera] if zone and zone.camera else [])]:
            if name not in lenses:
                lenses[name] = _lens(shop.camera(name))
        lens = lenses[shelf.camera]
        if lens is None:
            continue
        stands = None if zone is None else _middle(zone, lenses)
        for facing in shelf.facings:
            front = _front(lens, np.asarray(facing.polygon, np.float64), sides, stands)
            if front is not None:
                found[shelf.id, facing.id] = front
    return found


def _middle(zone: Zone, lenses: Mapping[str, Pinhole | None]) -> Floats | None:
    """The middle (2,) of ``zone`` on the plan, if it can be laid there."""
    corners = np.asarray(zone.polygon, np.float64)
    if zone.camera is not None:
        lens = lenses[zone.camera]
        corners = np.full_like(corners, np.nan) if lens is None else lens.to_floor(corners)
    return None if np.isnan(corners).any() else np.asarray(corners.mean(axis=0), np.float64)


@lru_cache(maxsize=256)
def _lens(camera: Camera) -> Pinhole | None:
    if len(camera.floor_points) < 4:
        return None
    lens, off = lens_of(camera)
    return lens if float(np.abs(off).max()) <= OFF_PX else None


def _front(
    lens: Pinhole, outline: Floats, sides: list[Side], stands: Floats | None
) -> Front | None:
    """On the only side on which all of it can lie; of several, on the nearest of those before which
    ``stands`` (2,) is."""
    eye = np.array([lens.x, lens.y])
    width, height = lens.size
    focal = lens.focal_px
    on_lens = np.column_stack([
        (outline[:, 0] - width / 2) / focal, (outline[:, 1] - height / 2) / focal,
        np.ones(len(outline)),
    ])  # fmt: skip
    rays = on_lens @ lens.axes  # (N, 3): x, y and downwards
    hits = [front for side in sides for front in _on(side, eye, lens.height_m, rays)]
    if len(hits) == 1:
        return hits[0]
    if stands is None:
        return None
    before = [(one.side.before(stands), one) for one in hits]
    near = [
        (ahead, one)
        for (along, ahead), one in before
        if 0 < ahead < BEFORE_M and -BEFORE_M < along < one.side.length_m + BEFORE_M
    ]
    return min(near, key=lambda one: one[0])[1] if near else None


def _on(side: Side, eye: Floats, height_m: float, rays: Floats) -> Iterator[Front]:
    """Which part of ``side`` the ``rays`` (N, 3) meet, if all of them do."""
    along, before = side.before(eye)
    if before <= 0:
        return  # seen from behind
    towards = rays[:, :2] @ side.out
    if (towards >= -1e-9).any():
        return
    far = -before / towards
    at_m = along + far * (rays[:, :2] @ side.along)
    up_m = height_m - far * rays[:, 2]
    inside = (at_m > -OVER_M) & (at_m < side.length_m + OVER_M)
    if (inside & (up_m > LOWEST_M) & (up_m < HIGHEST_M)).all():
        yield Front(side, float(at_m.min()), float(at_m.max()))
