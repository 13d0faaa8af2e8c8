"""Cameras of known place, and the boxes and tracks of people that they would see."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.shop.pinhole import Pinhole
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]

SIZE = (640.0, 360.0)
FLOOR = (16.0, 12.0)
BALLS = ((0.06, 0.1), (0.45, 0.16), (0.75, 0.16), (0.97, 0.05))


def camera(
    *,
    focal: float = 0.55,
    x: float = 8.0,
    y: float = 1.0,
    height_m: float = 3.2,
    heading: float = 1.5,
    tilt: float = 0.55,
    roll: float = 0.0,
) -> Pinhole:
    """Near the top wall of the plan, looking down it."""
    return Pinhole(focal * SIZE[0], x, y, height_m, heading, tilt, roll, SIZE)


def boxes(lens: Pinhole, places: Floats, tall: Floats) -> Floats:
    """(N, 4): balls for feet, hips, chest and head, each a circle in the picture; written apart
    from what is tested."""
    xyxy = np.full((len(places), 4), [np.inf, np.inf, -np.inf, -np.inf])
    for height, radius in BALLS:
        middle = lens.to_pixel(places, height * tall)
        down = np.column_stack([places - [lens.x, lens.y], lens.height_m - height * tall])
        wide = (tall * radius * lens.focal_px / (down @ lens.axes[2]))[:, None]
        xyxy[:, :2] = np.minimum(xyxy[:, :2], middle - wide)
        xyxy[:, 2:] = np.maximum(xyxy[:, 2:], middle + wide)
    return xyxy


def walks(
    seed: int, people: int, *, line: bool = False, spread_s: float = 6.0
) -> list[tuple[Floats, Floats, float]]:
    """(times, places, height) of people who cross the floor from one random spot to others."""
    chance = np.random.default_rng(seed)
    found = []
    for number in range(people):
        stops = chance.uniform([1, 2], [15, 11], (3, 2))
        if line:
            stops[:, 0] = 8.0
        pace = chance.normal(1.1, 0.15)
        legs = np.linalg.norm(np.diff(stops, axis=0), axis=1)
        at = np.concatenate([[0.0], np.cumsum(legs) / pace])
        time_s = np.arange(0, at[-1], 0.2)
        places = np.column_stack([np.interp(time_s, at, stops[:, k]) for k in (0, 1)])
        found.append((number * spread_s + time_s, places, float(chance.normal(1.65, 0.08))))
    return found


def tracks(
    lens: Pinhole,
    people: list[tuple[Floats, Floats, float]],
    *,
    jitter: float = 0.01,
    later_s: float = 0.0,
    seed: int = 5,
) -> TrackRows:
    """What a detector that shakes by ``jitter`` of a box's height makes of them."""
    chance = np.random.default_rng(seed)
    parts = []
    for number, (time_s, places, tall) in enumerate(people):
        feet = lens.to_pixel(places)
        inside = np.isfinite(feet).all(axis=1)
        inside &= ((feet >= 0) & (feet <= lens.size)).all(axis=1)
        if inside.sum() < 5:
            continue
        xyxy = boxes(lens, places[inside], np.full(inside.sum(), tall))
        high = (xyxy[:, 3] - xyxy[:, 1])[:, None]
        xyxy = xyxy + chance.normal(0, jitter, xyxy.shape) * high
        n = len(xyxy)
        times = time_s[inside] + later_s
        track = np.full(n, number + 1)
        parts.append(TrackRows(times, track, xyxy, np.full(n, 0.8), np.zeros(n, np.int64)))
    rows = TrackRows.concatenate(parts)
    return rows.take(np.argsort(rows.time_s, kind="stable"))


def spots_of(lens: Pinhole, count: int, seed: int = 0) -> tuple[Floats, Floats]:
    """(N, 2) pixels and (N, 2) metres of random spots of the floor in the picture."""
    chance = np.random.default_rng(seed)
    places = chance.uniform([1, 2.5], [15, 11], (400, 2))
    pixels = lens.to_pixel(places)
    inside = ((pixels >= 0) & (pixels <= lens.size)).all(axis=1)
    return pixels[inside][:count], places[inside][:count]


def off_cm(found: Pinhole, true: Pinhole) -> float:
    """Median over the floor in the picture, of the plan."""
    x, y = np.meshgrid(np.arange(0.5, FLOOR[0], 0.5), np.arange(0.5, FLOOR[1], 0.5))
    places = np.column_stack([x.ravel(), y.ravel()])
    pixels = true.to_pixel(places)
    inside = ((pixels >= 0) & (pixels <= true.size)).all(axis=1)
    away = np.linalg.norm(found.to_floor(pixels[inside]) - places[inside], axis=1)
    return 100 * float(np.nanmedian(away))
