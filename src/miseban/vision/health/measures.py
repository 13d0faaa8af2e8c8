"""What can be measured on a view beside its reference."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.health.reference import Reference

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

TILES = (32, 18)
"""Of the picture, across and down, in which detail is compared."""
LEAST_DETAIL = 4.0
"""Mean slope, in grey levels a pixel, from which a tile has detail that could be lost."""
LEFT = 0.65
"""A tile has lost its detail when less than this part of it is left."""
LEAST_FREE = 0.5
"""A tile counts if so much of it is free of people."""
SATURATED = 250.0


@dataclass(frozen=True, slots=True)
class Measures:
    """``brightest``: grey level that a twentieth of the picture exceeds. ``dazzled``: part of the
    picture that is saturated and usually is not. ``lost``: part of the tiles that had detail and
    have lost it. ``alike``: correlation of the rough shapes with the reference,
    -1 to 1. ``shift_px``: how far things went, right and down, in pixels of the frame, or None
    where that cannot be told. ``sight``: the part of the picture in which anything can be told.
    ``rolled``: the shift is that of the middle of a picture that was rolled as well."""

    brightest: float
    dazzled: float
    lost: float
    alike: float
    shift_px: tuple[float, float] | None
    sight: float
    rolled: bool = False


def measure(view: Reference) -> Measures:
    """Compares what is seen now with what usually is."""
    now, usual, free = view.now, view.usual, view.free
    sight = float(free.mean())
    brightest = float(np.quantile(now[::4, ::4], 0.95))
    if sight < 0.05 or not free[::4, ::4].any():
        return Measures(brightest, 0.0, 0.0, 1.0, None, sight)
    dazzled = float(((now >= SATURATED) & (usual < SATURATED - 10) & free).mean())
    rough_now, rough_usual = (
        np.asarray(cv2.blur(picture, (15, 15)), np.float32) for picture in (now, usual)
    )
    thin = np.s_[::4, ::4]  # rough shapes lose nothing by it
    alike = _correlation(rough_now[thin], rough_usual[thin], free[thin])
    lost = _lost(now, usual, free)
    fine_now, fine_usual = now - rough_now, usual - rough_usual
    shift, rolled = _shift(fine_usual, fine_now, free), False
    if shift is None:
        shift = _rolled_shift(fine_usual, fine_now, free)
        rolled = shift is not None
    if shift is not None:
        shift = shift[0] * view.scale[0], shift[1] * view.scale[1]
    return Measures(brightest, dazzled, lost, alike, shift, sight, rolled)


def _lost(now: Floats, usual: Floats, free: Mask) -> float:
    """The part of the tiles with detail that lost it, at equal exposure."""
    thin = np.s_[::6, ::6]  # the median of two thousand pixels is that of all
    some = free[thin]
    if not some.any():
        return 0.0
    bright, before = (float(np.median(p[thin][some])) for p in (now, usual))
    exposure = (bright + 1) / (before + 1)
    share = _tiles(free.astype(np.float32))
    weight = np.maximum(share, 1e-6)
    had = _tiles(_slope(usual) * free) / weight
    has = _tiles(_slope(now) * free) / weight
    counted = (share >= LEAST_FREE) & (had >= LEAST_DETAIL)
    if counted.sum() < 4:
        return 0.0
    return float((has < LEFT * min(max(exposure, 0.2), 1.0) * had)[counted].mean())


def _tiles(values: NDArray[np.floating]) -> Floats:
    """Means over the tiles."""
    return np.asarray(
        cv2.resize(values.astype(np.float32), TILES, interpolation=cv2.INTER_AREA), np.float32
    )


def _slope(picture: Floats) -> Floats:
    """(h, w) how steep the picture is: mean of the absolute differences right and down."""
    steep = np.zeros_like(picture)
    steep[:, :-1] = cv2.absdiff(picture[:, 1:], picture[:, :-1])
    steep[:-1] += cv2.absdiff(picture[1:], picture[:-1])
    return steep


def _correlation(a: Floats, b: Floats, where: Mask) -> float:
    """Pearson's, over ``where``."""
    x, y = a[where], b[where]
    x, y = x - x.mean(), y - y.mean()
    power = float(x @ x) * float(y @ y)
    return float(x @ y) / power**0.5 if power > 1e-6 else 0.0


CLIP = 30.0
"""Grey levels beyond which an edge counts no more: a lamp must not decide alone."""
SURE = 0.95
"""So much alike are details that have not moved by half a pixel: no need to look further."""
BETTER = 0.06
"""By so much the views must be more alike once the shift is taken back."""
GOOD = 0.45
"""And so much alike they must be then."""
ROLLS_DEG = (-7.0, -3.5, 3.5, 7.0)
"""A camera that looks down steeply is rolled by whoever turns it about the plumb line; between two
of these details are found too."""


def _shift(usual: Floats, now: Floats, free: Mask) -> tuple[float, float] | None:
    """How far the details of ``now`` went from where they usually are: phase correlation (Kuglin
    and Hines, 1975), believed if the views fit better once it is taken back. (0, 0) where they
    have not moved."""
    half = np.s_[::2, ::2]
    here = _correlation(usual[half].clip(-CLIP, CLIP), now[half].clip(-CLIP, CLIP), free[half])
    if here >= SURE:
        return 0.0, 0.0
    found = _returned(usual, now, free, free)
    if here >= GOOD and (found is None or np.hypot(*found[:2]) < 0.35):
        return 0.0, 0.0
    if found is not None and found[2] >= max(GOOD, here + BETTER):
        return found[0], found[1]
    return (0.0, 0.0) if here >= GOOD else None


def _rolled_shift(usual: Floats, now: Floats, free: Mask) -> tuple[float, float] | None:
    """As ``_shift``, where nothing is found of a view upright: how far its middle went, of the roll
    in which the views fit best."""
    height, width = now.shape
    best: tuple[float, float, float] | None = None
    for roll_deg in ROLLS_DEG:
        level = cv2.getRotationMatrix2D((width / 2, height / 2), roll_deg, 1.0)
        back = np.asarray(cv2.warpAffine(now, level, (width, height)), np.float32)
        seen = cv2.warpAffine(free.astype(np.uint8), level, (width, height)) > 0
        found = _returned(usual, back, free, seen)
        if found is not None and (best is None or found[2] > best[2]):
            best = found
    return best[:2] if best is not None and best[2] >= GOOD else None


def _returned(
    usual: Floats, now: Floats, free: Mask, seen: Mask
) -> tuple[float, float, float] | None:
    """How far right and down ``now`` went by phase correlation, and the correlation of the views
    once that is taken back; ``free`` and ``seen`` are where they are known. None where they have
    too little in common."""
    a = np.where(free, usual.clip(-CLIP, CLIP), 0).astype(np.float32)
    b = np.where(seen, now.clip(-CLIP, CLIP), 0).astype(np.float32)
    height, width = a.shape
    window = cv2.createHanningWindow((width, height), cv2.CV_32F)
    (dx, dy), _ = cv2.phaseCorrelate(a, b, window)
    back = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    returned = np.asarray(cv2.warpAffine(b, back, (width, height), flags=flags), np.float32)
    inside = free & (cv2.warpAffine(seen.astype(np.uint8), back, (width, height), flags=flags) > 0)
    if inside.mean() < 0.1:
        return None
    return float(dx), float(dy), _correlation(a, returned, inside)
