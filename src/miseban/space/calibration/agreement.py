"""Whether a shop's calibrations still hold: how tall people are by each, and how far apart two
cameras place the same person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from miseban.space.calibration.overlap import STEADY_M, steadiness
from miseban.space.calibration.people import Anchor, feet_of, heights_of
from miseban.space.calibration.trails import GRID_S, Trails, together, trails_of
from miseban.space.calibration.walkers import walkers
from miseban.space.geometry import CameraGeometry
from miseban.space.settings import SpaceSettings
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.pinhole import lens_of
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]

SHORT_M, TALL_M = 1.4, 1.9
"""The median person of a shop is between these."""
UNEVEN = 0.12
"""So much taller or smaller may people be in one part of the picture than in another."""
APART_CM = 60.0
"""Two cameras that place people further apart than this, in the median, do not agree."""
LEAST_PEOPLE = 5
_SAME_M = 1.5
_MOST_LATE_S = 2.0
_COMMON_S = 3.0
_WENT_M = 0.4  # standard deviation of the places of somebody who walks


@dataclass(frozen=True, slots=True)
class Stature:
    """People of one camera: how many, their median height in metres (NaN for none), and the median
    heights in the quarters of the picture's floor that differ most, each with the middle of the
    feet there, in pixels."""

    camera: str
    people: int
    tall_m: float
    shortest: tuple[float, float, float]
    tallest: tuple[float, float, float]

    @property
    def wrong(self) -> str:
        """What is wrong with it, in words; empty when nothing is."""
        if self.people < LEAST_PEOPLE:
            return ""
        if not SHORT_M <= self.tall_m <= TALL_M:
            return f"people are {self.tall_m:.2f} m tall: its floor_m are not metres, or it moved"
        low, high = self.shortest, self.tallest
        if high[0] / low[0] - 1 > UNEVEN:
            return (
                f"people are {low[0]:.2f} m tall near [{low[1]:.0f}, {low[2]:.0f}], "
                f"{high[0]:.2f} m near [{high[1]:.0f}, {high[2]:.0f}]"
            )
        return ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two cameras: ``people`` seen by both, how far ``apart_cm`` they are placed in the median,
    once the second's clock has been set ``later_s`` ahead, and by how much the second places them
    to the ``right_cm`` and ``down_cm`` on the plan."""

    one: str
    other: str
    people: int
    apart_cm: float
    right_cm: float
    down_cm: float
    later_s: float

    @property
    def wrong(self) -> str:
        if self.people >= LEAST_PEOPLE and self.apart_cm > APART_CM:
            return f"place the same people {self.apart_cm:.0f} cm apart"
        return ""


@dataclass(frozen=True, slots=True)
class Check:
    statures: list[Stature]
    agreements: list[Agreement]


def check(shop: Shop, rows: Mapping[str, TrackRows]) -> Check:
    """Of all cameras of ``shop`` with floor points and rows of tracks, and of those of which two
    see the same people."""
    statures, trails = [], {}
    for camera in shop.cameras:
        if not camera.floor_points or camera.id not in rows:
            continue
        own = rows[camera.id]
        steps = CameraGeometry(shop, camera.id, SpaceSettings()).steps_of(own)
        trails[camera.id] = trails_of(own.time_s, own.track, steps.floor)
        if camera.anchor != "centre":
            statures.append(_stature(shop, camera.id, own, camera.anchor))
    pairs = combinations(trails.items(), 2)
    found = [_agreement(a, one, b, other) for (a, one), (b, other) in pairs]
    return Check(statures, [agreement for agreement in found if agreement is not None])


def _stature(shop: Shop, camera_id: str, rows: TrackRows, anchor: Anchor) -> Stature:
    camera = shop.camera(camera_id)
    lens, _ = lens_of(camera)
    seen = walkers(rows, camera.resolution)
    nobody = (np.nan, np.nan, np.nan)
    if not seen.people:
        return Stature(camera_id, 0, np.nan, nobody, nobody)
    feet = feet_of(lens, seen.xyxy, anchor)
    tall = heights_of(lens, seen.xyxy, feet)
    median = float(np.nanmedian(tall)) if np.isfinite(tall).any() else np.nan
    middle = np.median(feet, axis=0)
    quarters = []
    for right in (False, True):
        for low in (False, True):
            there = ((feet[:, 0] > middle[0]) == right) & ((feet[:, 1] > middle[1]) == low)
            there &= np.isfinite(tall)
            if len(np.unique(seen.person[there])) >= LEAST_PEOPLE:
                x, y = feet[there].mean(axis=0).tolist()
                quarters.append((float(np.median(tall[there])), x, y))
    if not quarters:
        quarters = [nobody]
    return Stature(camera_id, seen.people, median, min(quarters), max(quarters))


def _agreement(a: str, one: Trails, b: str, other: Trails) -> Agreement | None:
    """At the clock difference at which most people are placed nearest together. Two who walk near
    each other are one when the way from one to the other hardly changes while they walk."""
    best: tuple[float, Agreement] | None = None
    for later in range(-round(_MOST_LATE_S / GRID_S), round(_MOST_LATE_S / GRID_S) + 1):
        i, j = together(one, other, later)
        if not len(i):
            continue
        both = one.trail[i] * (other.count + 1) + other.trail[j]
        _, place, count = np.unique(both, return_inverse=True, return_counts=True)
        way = other.xy[j] - one.xy[i]
        mean = np.stack([np.bincount(place, way[:, k]) / count for k in (0, 1)], axis=1)
        went = steadiness(one.xy[i], place)
        off = np.linalg.norm(mean, axis=1)
        good = (off < _SAME_M) & (count * GRID_S >= _COMMON_S) & (went > _WENT_M)
        good &= steadiness(way, place) < STEADY_M
        mine = np.zeros(len(count), np.int64)
        mine[place] = one.trail[i]
        nearest = np.full(one.count, np.inf)
        np.minimum.at(nearest, mine[good], off[good])
        good &= off <= nearest[mine]
        if good.sum() < 2:
            continue
        apart = float(np.median(off[good]))
        right, down = (100 * np.median(mean[good], axis=0)).tolist()
        people = int(good.sum())
        # Many people near together; in favour of equal clocks, where others are no better.
        cost = (0.15 + apart) / people + 1e-4 * abs(later)
        if best is None or cost < best[0]:
            told = Agreement(a, b, people, 100 * apart, right, down, later * GRID_S)
            best = (cost, told)
    return best[1] if best else None
