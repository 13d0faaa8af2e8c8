"""Whether some lens over some floor can have seen a camera's floor points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.shop.geometry import shown
from miseban.vocabulary.shop.pinhole import Pinhole, fit_pinhole, nearest_pinhole

Floats = NDArray[np.float64]

PERSON_M = 1.65
LEAST_PX = 8.0
"""Nobody could find people who are smaller than this wherever floor points are."""
LOWEST_M = 0.5
"""No camera that watches a floor hangs lower: its plan is drawn too small."""
STEEP = 1.2
"""Tilt in radians beyond which a picture has no up and down, and hardly tells how high it hangs."""


def tolerance_px(size: tuple[float, float]) -> float:
    """How far from where a lens without distortion sees it a floor point may lie: wide lenses bend
    straight lines by about as much."""
    return max(12.0, 0.05 * size[0])


@dataclass(frozen=True, slots=True)
class Misfit:
    """What no camera can have seen: the ``point`` to blame, from 0 (None: all of them), what was
    ``expected`` and ``found``."""

    point: int | None
    expected: str
    found: str


def impossible(
    pixels: Floats, floor_m: Floats, size: tuple[float, float], *, upright: bool
) -> Misfit | None:
    """What is wrong with floor points that pass for a homography, (N, 2) ``pixels`` and (N, 2)
    ``floor_m``; None when a lens can have seen them. With ``upright`` people must stand head up in
    the picture."""
    limit = tolerance_px(size)
    camera = nearest_pinhole(pixels, floor_m, size)
    away = camera.to_pixel(floor_m) - pixels
    if not float(np.linalg.norm(np.nan_to_num(away, nan=1e4), axis=1).max()) <= limit / 2:
        camera, away = fit_pinhole(pixels, floor_m, size)
    off = np.linalg.norm(np.nan_to_num(away, nan=1e4), axis=1)
    if off.max() > limit:
        return _unseen(pixels, floor_m, size, camera, off)
    return _size(pixels, floor_m, camera) or (
        _upside_down(pixels, floor_m, camera) if upright else None
    )


def _unseen(
    pixels: Floats, floor_m: Floats, size: tuple[float, float], camera: Pinhole, off: Floats
) -> Misfit:
    """The point without which the others fit, else the one that fits worst."""
    limit = tolerance_px(size)
    worst = int(np.argmax(off))
    if len(pixels) > 4:
        fits = []
        for i in range(len(pixels)):
            others = np.arange(len(pixels)) != i
            without, rest = fit_pinhole(pixels[others], floor_m[others], size)
            left = np.linalg.norm(np.nan_to_num(rest, nan=1e4), axis=1).max()
            fits.append((float(left), i, without))
        left, i, without = min(fits, key=lambda fit: fit[0])
        if left < limit / 2:
            return Misfit(i, *_belongs(i, pixels, floor_m, without))
    expected = f"points that one lens can see so, within {limit:.0f} px"
    seen = camera.to_pixel(floor_m[[worst]])[0]
    angle = f"an angle of view of {camera.angle_deg:.0f} degrees"
    if not np.isfinite(seen).all():
        return Misfit(worst, expected, f"{shown(_pair(pixels[worst]))}, which no lens sees so")
    found = f"{shown(_pair(pixels[worst]))} {off[worst]:.0f} px from {shown(_pair(seen))}"
    return Misfit(worst, expected, f"{found}, where the nearest lens sees it ({angle})")


def _belongs(i: int, pixels: Floats, floor_m: Floats, others: Pinhole) -> tuple[str, str]:
    seen = others.to_pixel(floor_m[[i]])[0]
    expected = f"{shown(_pair(floor_m[i]))} near [{seen[0]:.0f}, {seen[1]:.0f}] in the picture"
    stands = others.to_floor(pixels[[i]])[0]
    gap_cm = float(np.linalg.norm(stands - floor_m[i])) * 100
    where = "above the horizon of" if not np.isfinite(gap_cm) else f"{gap_cm:.0f} cm off"
    return f"{expected}, as the other points say", f"{shown(_pair(pixels[i]))}, {where} them"


def _size(pixels: Floats, floor_m: Floats, camera: Pinhole) -> Misfit | None:
    """People of a size that can be, where the points are."""
    step = 0.01 * max(camera.height_m, 0.1)
    around = [camera.to_pixel(floor_m + step * np.array(d)) for d in ((1, 0), (0, 1))]
    here = camera.to_pixel(floor_m)
    scale = np.max([np.linalg.norm(a - here, axis=1) / step for a in around], axis=0)
    nearest = int(np.nanargmax(scale))
    tall_px = PERSON_M * float(scale[nearest])
    expected = "floor_m in metres"
    if tall_px < LEAST_PX:
        found = f"people {tall_px:.1f} px tall at {shown(_pair(pixels[nearest]))}"
        return Misfit(None, expected, f"{found}, seen from {camera.height_m:.0f} m up")
    if camera.tilt < STEEP and camera.height_m < LOWEST_M:
        found = f"a camera {camera.height_m * 100:.0f} cm above the floor"
        return Misfit(None, expected, f"{found}, which people would hide at once")
    return None


def _upside_down(pixels: Floats, floor_m: Floats, camera: Pinhole) -> Misfit | None:
    """Heads above feet, which is the same as the horizon above the floor."""
    if camera.tilt > STEEP:
        return None
    heads = camera.to_pixel(floor_m, min(PERSON_M, 0.5 * camera.height_m))
    if not bool(np.all(heads[:, 1] > pixels[:, 1])):
        return None
    lowest = int(np.argmax(pixels[:, 1]))
    found = f"the horizon at y = {camera.horizon_px:.0f}, below {shown(_pair(pixels[lowest]))}"
    return Misfit(None, "floor below the horizon", f"{found}: a picture upside down, or no floor")


def _pair(point: Floats) -> tuple[float, float]:
    return round(float(point[0]), 1), round(float(point[1]), 1)
