"""Calibration from a board of known size that lay flat on the floor, in several places."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from miseban.space.calibration.aligning import onto_plan
from miseban.space.calibration.people import soft
from miseban.space.calibration.seen import apart_m, floor_seen
from miseban.space.calibration.solving import CLICK_M, CLICK_PX, Clicks
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop.geometry import shown
from miseban.vocabulary.shop.pinhole import (
    LONGEST,
    SHORTEST,
    Pinhole,
    plane_homography,
    with_focal,
)

Floats = NDArray[np.float64]

CORNER_PX = 0.3
"""How well a corner of a board is found."""
WORST_PX = 3.0
"""A placement whose corners lie further than this from where they should did not lie flat."""
_FOCALS = np.geomspace(SHORTEST, 3.0, 20)
_ROLL_SD, _FOCAL_SD, _FOCAL = 0.1, 0.7, 0.6


@dataclass(frozen=True, slots=True)
class Laid:
    """Boards seen: ``corners`` (N, 4, 2) pixels, clockwise from the top left one of the print, and
    what is known of their middles on the plan: (N, 2) metres, NaN where nothing is."""

    corners: Floats
    middle_m: Floats


@dataclass(frozen=True, slots=True)
class Boarded:
    """``residual_cm`` is how far places on the floor that the camera sees move when one placement
    is left out (jackknife), in the median; None for fewer than three. ``corner_px`` is the root
    mean square of the corners' distances from where they should be. ``left_out`` are placements,
    from 0, that did not lie flat on the same floor."""

    camera: Pinhole
    residual_cm: float | None
    corner_px: float
    placements: int
    left_out: tuple[int, ...]


def from_boards(
    laid: Laid,
    side_m: float,
    size: tuple[float, float],
    floor: tuple[float, float] | None,
    where: str,
    clicks: Clicks | None = None,
) -> Boarded:
    """The camera that saw boards of ``side_m``. Known middles and ``clicks`` together lay the floor
    on the plan. Raises ``BadInput`` naming ``where`` for no board and for too few known spots."""
    if not len(laid.corners):
        raise BadInput("no-board", where, "expected a board that lies still, found none")
    clicks = clicks or Clicks()
    used = np.arange(len(laid.corners))
    camera, off = _solve(laid, side_m, size, None)
    while len(used) > 2 and off.max() > WORST_PX:  # the worst first: it bends the others
        used = np.delete(used, int(np.argmax(off)))
        camera, off = _solve(_some(laid, used), side_m, size, None)
    if off.max() > WORST_PX:
        at = laid.corners[used[int(np.argmax(off))]].mean(axis=0).round().tolist()
        what = f"expected boards flat on one floor, found one {off.max():.1f} px off it at "
        raise BadInput("board-not-flat", where, what + shown((at[0], at[1])))
    kept = _some(laid, used)
    known = np.isfinite(kept.middle_m[:, 0])
    here = camera.to_floor(np.concatenate([_middles(kept.corners)[known], clicks.pixels]))
    plan = np.concatenate([kept.middle_m[known], clicks.floor_m])
    start = onto_plan(camera, here, plan, where, sure=0.15)
    camera, off = _solve(kept, side_m, size, start, clicks)
    residual = None
    known = np.isfinite(kept.middle_m[:, 0])
    # Without one of only two known spots the floor would turn: that says nothing of the others.
    spare = [i for i in range(len(used)) if known.sum() + len(clicks) - known[i] >= 2]
    if len(used) >= 3 and spare:
        others = [
            _solve(_some(kept, np.delete(np.arange(len(used)), i)), side_m, size, camera, clicks)[0]
            for i in spare
        ]
        seen, _ = floor_seen(camera, floor)
        moved = apart_m(camera, others, seen)
        # The plan's own error does not show when a placement is left out.
        spots = max(int(known.sum()) + len(clicks), 1)
        measured = 2 * CLICK_M**2 / spots
        spread = np.sqrt((len(used) - 1) * np.nanmean(moved**2, axis=0) + measured)
        residual = 100 * float(np.median(spread)) if len(spread) else None
    out = tuple(i for i in range(len(laid.corners)) if i not in used)
    rms = float(np.sqrt(np.mean(off**2)))
    return Boarded(camera, residual, rms, len(used), out)


def _some(laid: Laid, which: NDArray[np.intp]) -> Laid:
    return Laid(laid.corners[which], laid.middle_m[which])


def _middles(corners: Floats) -> Floats:
    """(N, 2) where the diagonals cross: the middle, also in perspective."""
    a, b, c, d = (np.column_stack([corners[:, i], np.ones(len(corners))]) for i in range(4))
    cross = np.cross(np.cross(a, c), np.cross(b, d))
    return np.asarray(cross[:, :2] / cross[:, 2:], np.float64)


def _square(side_m: float) -> Floats:
    """(4, 2) corners as ``Laid`` has them, around the middle."""
    return side_m / 2 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1.0]])


def _solve(
    laid: Laid,
    side_m: float,
    size: tuple[float, float],
    start: Pinhole | None,
    clicks: Clicks | None = None,
) -> tuple[Pinhole, Floats]:
    """The camera, and for each placement the root mean square of its corners' errors in pixels.
    Without ``start`` the camera hangs above the origin of its own floor."""
    free = 4 if start is None else 7
    begun = start or _begin(laid, side_m, size)
    poses = np.array([_pose(begun, c) for c in laid.corners])
    begin = np.concatenate([begun.vector[:free], poses.ravel()])

    def camera_of(vector: Floats) -> Pinhole:
        whole = begun.vector
        whole[:free] = vector[:free]
        return Pinhole.from_vector(whole, size)

    def corners_off(vector: Floats) -> Floats:
        camera = camera_of(vector)
        x, y, turn = vector[free:].reshape(-1, 3).T
        c, s = np.cos(turn), np.sin(turn)
        square = _square(side_m)
        across = c[:, None] * square[:, 0] - s[:, None] * square[:, 1] + x[:, None]
        down = s[:, None] * square[:, 0] + c[:, None] * square[:, 1] + y[:, None]
        seen = camera.to_pixel(np.stack([across.ravel(), down.ravel()], axis=1))
        return np.asarray(np.nan_to_num(seen.reshape(-1, 4, 2) - laid.corners, nan=1e3), np.float64)

    def residuals(vector: Floats) -> Floats:
        camera = camera_of(vector)
        parts = [
            soft(corners_off(vector).ravel() / CORNER_PX),
            np.array(
                [camera.roll / _ROLL_SD, math.log(camera.focal_px / size[0] / _FOCAL) / _FOCAL_SD]
            ),
        ]
        if start is not None:
            known = np.isfinite(laid.middle_m[:, 0])
            there = vector[free:].reshape(-1, 3)[known, :2]
            parts.append(((there - laid.middle_m[known]) / CLICK_M).ravel())
        if clicks is not None and len(clicks):
            there = camera.to_floor(clicks.pixels)
            blur = np.hypot(CLICK_M, CLICK_PX * _metres_a_pixel(camera, clicks.pixels))
            parts.append(np.nan_to_num((there - clicks.floor_m) / blur, nan=100).ravel())
        return np.concatenate(parts)

    low, high = np.full(len(begin), -np.inf), np.full(len(begin), np.inf)
    low[0], high[0] = np.log(SHORTEST * size[0]), np.log(LONGEST * size[0])
    begin[0] = np.clip(begin[0], low[0] + 1e-6, high[0] - 1e-6)
    solved = least_squares(
        residuals, begin, bounds=(low, high), x_scale=np.maximum(np.abs(begin), 0.1), max_nfev=80
    )
    off = np.sqrt(np.mean(np.sum(corners_off(solved.x) ** 2, axis=2), axis=1))
    return camera_of(solved.x), np.asarray(off, np.float64)


def _metres_a_pixel(camera: Pinhole, pixels: Floats) -> Floats:
    """(N, 1) in the longer direction."""
    here = camera.to_floor(pixels)
    steps = [camera.to_floor(pixels + np.array(d)) - here for d in ((1, 0), (0, 1))]
    longest = np.max([np.linalg.norm(s, axis=1) for s in steps], axis=0)
    return np.asarray(np.nan_to_num(longest, nan=1.0)[:, None], np.float64)


def _begin(laid: Laid, side_m: float, size: tuple[float, float]) -> Pinhole:
    """The focal length, and the placement to take the rest from, that make squares of the size of
    the board out of all of them."""
    best, least = None, np.inf
    homographies = [plane_homography(_square(side_m), corners) for corners in laid.corners]
    for focal in (_FOCALS * size[0]).tolist():
        for matrix in homographies:
            one = with_focal(matrix, focal, size)
            camera = Pinhole(focal, 0.0, 0.0, one.height_m, 0.0, one.tilt, one.roll, size)
            cost = 0.0
            for corners in laid.corners:
                there = camera.to_floor(corners)
                sides = np.linalg.norm(there - np.roll(there, -1, axis=0), axis=1)
                off = np.log(np.maximum(np.nan_to_num(sides, nan=1e3), 1e-6) / side_m)
                cost += float(np.minimum(np.abs(off), 1.0).sum())
            if cost < least:
                best, least = camera, cost
    assert best is not None  # noqa: S101 - there is a placement
    return best


def _pose(camera: Pinhole, corners: Floats) -> tuple[float, float, float]:
    """Where on the floor a board lies: its middle and turn."""
    there = np.nan_to_num(camera.to_floor(corners), nan=50.0)
    x, y = there.mean(axis=0).tolist()
    across = there[1] + there[2] - there[0] - there[3]
    return x, y, math.atan2(across[1], across[0])
