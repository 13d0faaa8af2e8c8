"""The part of the floor that a camera sees, and how far two calibrations of it disagree there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.shop.pinhole import Pinhole

Floats = NDArray[np.float64]

FARTHEST_M = 25.0
"""From the camera: what is further away is a strip of the picture that nobody counts in."""
SPOTS = 8
"""Floor points written for a camera: four would do."""


def floor_seen(
    camera: Pinhole, floor: tuple[float, float] | None, every_m: float = 0.5
) -> tuple[Floats, Floats]:
    """Pixels (N, 2) and places (N, 2) on a grid of the floor within ``FARTHEST_M`` that lie in the
    picture, and on the plan of ``floor`` (width, depth) metres where that is known."""
    reach = np.arange(-FARTHEST_M, FARTHEST_M + every_m / 2, every_m)
    x, y = np.meshgrid(reach, reach)
    middle = np.round(np.array([camera.x, camera.y]) / every_m) * every_m
    places = np.column_stack([x.ravel(), y.ravel()]) + middle
    places = places[np.linalg.norm(places - [camera.x, camera.y], axis=1) <= FARTHEST_M]
    if floor is not None:
        places = places[((places >= 0) & (places <= floor)).all(axis=1)]
    pixels = camera.to_pixel(places)
    with np.errstate(invalid="ignore"):
        inside = ((pixels >= 0) & (pixels <= camera.size)).all(axis=1)
    return pixels[inside], places[inside]


def apart_m(one: Pinhole, others: Sequence[Pinhole], pixels: Floats) -> Floats:
    """(M, N): how many metres apart ``one`` and each of M ``others`` place N ``pixels`` (N, 2);
    NaN above a horizon."""
    here = one.to_floor(pixels)
    return np.array([np.linalg.norm(o.to_floor(pixels) - here, axis=1) for o in others])


def spots(
    camera: Pinhole,
    floor: tuple[float, float] | None,
    known: Floats | None = None,
    most: int = SPOTS,
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Floor points (pixel, metres) for the shop file, spread over what the camera sees of the
    floor; with ``known`` (N, 2) places only near these, where the calibration was looked at.

    Each is the one farthest, in the picture, from those chosen before it.
    """
    every_m = 0.5 if camera.height_m > 1.5 else 0.1
    pixels, places = floor_seen(camera, floor, every_m)
    if known is not None and len(known) and len(places):
        low, high = np.percentile(known, 2, axis=0) - 0.5, np.percentile(known, 98, axis=0) + 0.5
        near = ((places >= low) & (places <= high)).all(axis=1)
        pixels, places = pixels[near], places[near]
    if len(pixels) < 4:
        return []
    pixels = np.round(pixels, 2)
    chosen = [int(np.argmin(pixels.sum(axis=1)))]
    gap = np.full(len(pixels), np.inf)
    while len(chosen) < min(most, len(pixels)):
        gap = np.minimum(gap, np.linalg.norm(pixels - pixels[chosen[-1]], axis=1))
        chosen.append(int(np.argmax(gap)))
    pairs = np.column_stack([pixels, np.round(places, 3)])[chosen].tolist()
    return [((u, v), (x, y)) for u, v, x, y in pairs]
