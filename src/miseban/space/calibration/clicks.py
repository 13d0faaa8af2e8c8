"""Calibration from points that somebody clicked in the picture and measured on the plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.calibration.seen import floor_seen
from miseban.space.homography import Homography
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop.geometry import shown
from miseban.vocabulary.shop.pinhole import Pinhole, fit_pinhole

Floats = NDArray[np.float64]

CLICK_PX = 2.0
"""How far off a careful click is, in each direction, one standard deviation."""
SUSPECT = 4.0
"""A point this many times further from where the others say than the others among themselves (and
than a click may be off) is a mistake."""
LEAST_CM = 15.0
"""Whatever its pixels, a point nearer than this to where the others say is no mistake."""
AGREE_WIDTHS = 0.02
"""Points agree that one lens sees to within this part of the picture's width."""
_DRAWS = 24


@dataclass(frozen=True, slots=True)
class Clicked:
    """A calibration from N points. ``left_out_cm`` (N,) is how far each lies on the floor from
    where the others alone put it; NaN for points without which the others cannot say.
    ``residual_cm`` is the root mean square of that, or, where there are only four points, None.
    ``expected_cm`` is what clicks ``CLICK_PX`` off do to places on the floor that the camera sees,
    half of the time."""

    camera: Pinhole
    left_out_cm: Floats
    residual_cm: float | None
    expected_cm: float


def from_clicks(
    pixels: Floats,
    floor_m: Floats,
    size: tuple[float, float],
    floor: tuple[float, float] | None,
    where: str,
) -> Clicked:
    """The calibration by (N, 2) ``pixels`` and (N, 2) ``floor_m``, N at least 4, that a shop file
    would take. ``floor`` is the plan's (width, depth) in metres. Raises ``BadInput`` naming
    ``where`` and the point that disagrees with the others."""
    n = len(pixels)
    camera, _ = fit_pinhole(pixels, floor_m, size)
    left_out = np.full(n, np.nan)
    for i in range(n) if n > 4 else ():
        others = np.arange(n) != i
        try:
            without = Homography.from_points(pixels[others], floor_m[others])
        except BadInput:  # the rest lies on a line
            continue
        left_out[i] = 100 * float(np.linalg.norm(without.to_floor(pixels[[i]])[0] - floor_m[i]))
    known = left_out[np.isfinite(left_out)]
    residual = float(np.sqrt(np.mean(known**2))) if len(known) else None
    refuse_a_mistake(pixels, floor_m, size, where)
    expected = 100 * _click_error_m(camera, floor_m, floor)
    return Clicked(camera, left_out, residual, expected)


def refuse_a_mistake(
    pixels: Floats, floor_m: Floats, size: tuple[float, float], where: str
) -> None:
    """With six points or more, (N, 2) ``pixels`` and (N, 2) ``floor_m``, the others tell which one
    is wrong: without it they agree. Raises ``BadInput`` naming ``where`` and the point."""
    n = len(pixels)
    if n < 6:
        return
    rest_px = np.full(n, np.inf)
    off_px, off_cm = np.zeros(n), np.zeros(n)
    seen = np.zeros((n, 2))
    for i in range(n):
        others = np.arange(n) != i
        camera, away = fit_pinhole(pixels[others], floor_m[others], size)
        rest_px[i] = float(np.sqrt(np.mean(np.sum(np.nan_to_num(away, nan=1e4) ** 2, axis=1))))
        seen[i] = camera.to_pixel(floor_m[[i]])[0]
        off_px[i] = float(np.linalg.norm(seen[i] - pixels[i]))
        off_cm[i] = 100 * float(np.linalg.norm(camera.to_floor(pixels[[i]])[0] - floor_m[i]))
    i = int(np.argmin(rest_px))
    if rest_px[i] > AGREE_WIDTHS * size[0]:
        return  # the others do not agree either: another kind of mistake
    limit = SUSPECT * max(CLICK_PX * np.sqrt(2), rest_px[i])
    if off_px[i] > limit and not off_cm[i] < LEAST_CM:
        at = f"{where}: point {i + 1}"
        far = "above their horizon" if not np.isfinite(off_cm[i]) else f"{off_cm[i]:.0f} cm"
        what = (
            f"expected {shown(_pair(floor_m[i]))} near [{seen[i, 0]:.0f}, {seen[i, 1]:.0f}] in "
            f"the picture, where the other points see it, found {shown(_pair(pixels[i]))} "
            f"({far} off)"
        )
        raise BadInput("floor-point-disagrees", at, what)


def _click_error_m(camera: Pinhole, floor_m: Floats, floor: tuple[float, float] | None) -> float:
    """Median over the floor seen of the error that clicks ``CLICK_PX`` off make, by trying."""
    seen, _ = floor_seen(camera, floor)
    if not len(seen):
        return float("nan")
    exact = camera.to_pixel(floor_m)
    chance = np.random.default_rng(0)
    errors = []
    for _ in range(_DRAWS):
        clicked = exact + chance.normal(0, CLICK_PX, exact.shape)
        try:
            tried = Homography.from_points(clicked, floor_m)
        except BadInput:
            continue
        errors.append(np.linalg.norm(tried.to_floor(seen) - camera.to_floor(seen), axis=1))
    if not errors:
        return float("nan")
    return float(np.nanmedian(np.sqrt(np.nanmean(np.square(errors), axis=0))))


def _pair(point: Floats) -> tuple[float, float]:
    return round(float(point[0]), 2), round(float(point[1]), 2)
