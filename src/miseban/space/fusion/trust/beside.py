"""Two cameras beside each other: who in one is who in the other, and at which offset of clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.trust.lens import TurnedLens
from miseban.space.fusion.trust.trails import STEP_S, Trails

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

LEAST_MOMENTS = 10
"""Two trails have at least so many moments in common, or nothing is said of them."""
NEAR_M, NEAR_PX = 0.7, 25.0
"""As far apart, and as many pixels besides, may two sights of one person be on average."""
APART, APART_M = 1.5, 0.3
"""Anybody else must be so many times as far away, and by so much: else it may be either."""
FIT_M = 1.2
"""So far apart, at another offset of the clocks, two sights of one person may be."""
WAY = 3.0
"""So much more than how far two sights are apart counts how much that varies."""
MOST_REACH_M = 2.0
MOVED_M = 1.5
"""Who goes less far tells nothing of clocks."""
BOX_ERROR = 0.03
"""One standard deviation of where a box ends, in heights of the box."""
FLOOR_ERROR_M = 0.12
"""And of where somebody is said to stand, whatever the camera: feet, shoes, strides."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One camera's ``trails`` on the floor: ``unturned`` (K, T, 2) pixels before any turn,
    ``floor`` (K, T, 2) metres, ``reach_m`` (K,) metres that ``NEAR_PX`` pixels are where somebody
    was nearest."""

    trails: Trails
    unturned: Floats
    floor: Floats
    reach_m: Floats

    @classmethod
    def of(cls, trails: Trails, lens: TurnedLens, turn: Floats) -> Scene:
        k, t = trails.height_px.shape
        flat = trails.pixel.reshape(-1, 2)
        unturned = lens.unturned(flat, turn)
        floor = lens.floor(flat, turn)
        jacobian = lens.metres_per_pixel(unturned)
        reach = NEAR_PX * np.sqrt(np.square(jacobian).sum(axis=(1, 2)) / 2)
        nearest = np.nan_to_num(np.fmin.reduce(reach.reshape(k, t), axis=1))
        return cls(trails, unturned.reshape(k, t, 2), floor.reshape(k, t, 2), nearest)

    def moved_m(self, core: slice) -> Floats:
        """(K,) how far everybody got, from one corner to the other, within ``core``."""
        with np.errstate(invalid="ignore"):
            part = self.floor[:, core]
            high = np.fmax.reduce(part, axis=1) - np.fmin.reduce(part, axis=1)
        result: Floats = np.nan_to_num(np.hypot(*high.T))
        return result


def apart(
    a: Scene, b: Scene, core: slice, stride: int, rows: tuple[Ints, Ints] | None = None,
    later: int = 0,
) -> Floats:  # fmt: skip
    """(Ka, Kb) mean distance in metres of everybody in ``a`` to everybody in ``b``, whose clock is
    read ``later`` moments later, infinite where they have too little in common. Looks at every
    ``stride``-th moment, and only at ``rows`` of the two, if given."""
    pa = a.floor[:, core.start : core.stop : stride]
    pb = b.floor[:, core.start + later : core.stop + later : stride]
    if rows is not None:
        pa, pb = pa[rows[0]], pb[rows[1]]
    dx = pa[:, None, :, 0] - pb[None, :, :, 0]
    dy = pa[:, None, :, 1] - pb[None, :, :, 1]
    d = np.sqrt(dx * dx + dy * dy)
    there = d == d
    common = np.count_nonzero(there, axis=2)
    total = np.einsum("ijt->ij", np.where(there, d, 0.0))
    enough = common * stride >= LEAST_MOMENTS
    result: Floats = np.where(enough, total / np.maximum(common, 1), np.inf)
    return result


def matched(a: Scene, b: Scene, core: slice) -> tuple[Ints, Ints]:
    """Rows of ``a`` and of ``b`` that are surely the same people: near, and nobody else is nearly
    as near and goes nearly the same way. That two go the same way counts more than that they are
    near: a camera that was turned sees everybody beside where they are."""
    pa, pb = a.floor[:, core.start : core.stop : 2], b.floor[:, core.start : core.stop : 2]
    dx = pa[:, None, :, 0] - pb[None, :, :, 0]
    dy = pa[:, None, :, 1] - pb[None, :, :, 1]
    there = dx == dx
    common = np.count_nonzero(there, axis=2)
    some = np.maximum(common, 1)
    dx, dy = np.where(there, dx, 0.0), np.where(there, dy, 0.0)
    square = np.einsum("ijt,ijt->ij", dx, dx) + np.einsum("ijt,ijt->ij", dy, dy)
    middle = np.square(np.einsum("ijt->ij", dx)) + np.square(np.einsum("ijt->ij", dy))
    mean = np.sqrt(square / some)
    otherwise = np.sqrt(np.maximum(square / some - middle / np.square(some), 0.0))
    cost = np.where(2 * common >= LEAST_MOMENTS, mean + WAY * otherwise, np.inf)
    if not np.isfinite(cost).any():
        return np.empty(0, np.int64), np.empty(0, np.int64)
    i = np.arange(len(cost))
    j = cost.argmin(axis=1)
    best = cost[i, j]
    gate = NEAR_M + np.minimum(np.maximum(a.reach_m[:, None], b.reach_m[None])[i, j], MOST_REACH_M)
    others = cost.copy()
    others[i, j] = np.inf
    second = np.minimum(others.min(axis=1), _second(cost, i, j))
    sure = np.isfinite(best) & (mean[i, j] < gate) & (cost.argmin(axis=0)[j] == i)
    sure &= second > np.maximum(APART * best, best + APART_M)
    return i[sure], j[sure]


def _second(mean: Floats, i: Ints, j: Ints) -> Floats:
    """(Ka,) how near anybody else of ``a`` is to the one of ``b`` who is nearest to each."""
    columns = mean[:, j].copy()  # (Ka, Ka): all of a against each one's nearest
    columns[i, i] = np.inf
    return np.asarray(columns.min(axis=0), np.float64)


def offsets(
    a: Scene, b: Scene, core: slice, lags: Sequence[int], known: tuple[Ints, Ints], near: Mask
) -> Floats:
    """(M,) for each of ``lags`` (M,) in moments, how many of those who walk in one camera fit
    somebody in the other whose clock is read so much later; needs no idea of who is who.

    Only those are tried who were not found in both cameras as it is, ``known``: they fit ``near``
    (M,) lags of about 0.
    """
    score = np.zeros(len(lags))
    go_a, go_b = a.moved_m(core) >= MOVED_M, b.moved_m(core) >= MOVED_M
    score[near] += 2.0 * np.count_nonzero(go_a[known[0]] & go_b[known[1]])
    go_a[known[0]] = go_b[known[1]] = False
    rows = _meeting(a, b, np.flatnonzero(go_a), np.flatnonzero(go_b))
    if not (len(rows[0]) and len(rows[1])):
        return score
    for n, later in enumerate(lags):
        fit = np.maximum(0.0, 1 - np.square(apart(a, b, core, 4, rows, later) / FIT_M))
        score[n] += fit.max(axis=1).sum() + fit.max(axis=0).sum()
    return score


def _meeting(a: Scene, b: Scene, i: Ints, j: Ints) -> tuple[Ints, Ints]:
    """Those of the rows ``i`` and ``j`` whose ways lie in the same part of the floor."""
    if not (len(i) and len(j)):
        return i, j
    low_a, high_a = (f.reduce(a.floor[i], axis=1) for f in (np.fmin, np.fmax))
    low_b, high_b = (f.reduce(b.floor[j], axis=1) for f in (np.fmin, np.fmax))
    meet = (low_a[:, None] <= high_b[None] + FIT_M).all(axis=2)
    meet &= (low_b[None] <= high_a[:, None] + FIT_M).all(axis=2)
    return i[meet.any(axis=1)], j[meet.any(axis=0)]


@dataclass(frozen=True, slots=True)
class Evidence:
    """S trails seen by two cameras at once, each as a sum of squares of what is wrong with the two:
    with x (8,) the seconds by which the first clock is ahead and the first picture's turn, then
    the second's, xᵀ A x − 2 xᵀ g + c. ``a`` (S, 8, 8), ``g`` (S, 8), ``c`` (S,); ``count`` (S,) how
    many independent values went into each; ``who`` (S,) the first camera's track."""

    a: Floats
    g: Floats
    c: Floats
    count: Floats
    who: Ints


SAMPLE_S = 2.0
"""So far apart sights of one person err independently."""
_STRIDE = 2
MOST_M = 4.0


def evidence(
    a: Scene, b: Scene, pairs: tuple[Ints, Ints], core: slice, views: tuple[TurnedLens, TurnedLens],
    now: tuple[Floats, Floats],
) -> Evidence:  # fmt: skip
    """What the ``pairs`` of rows tell; ``now`` are the (4,) values with which the scenes were made.

    Whoever walks with velocity v is seen where he or she was: a clock that is ahead by s shows the
    place s too late, off by −v s. A turn by w moves it by J B w: J metres for a pixel, B pixels for
    a turn. Weights follow from the errors of boxes.
    """
    i, j = pairs
    at = np.arange(core.start, core.stop, _STRIDE)
    half = round(1.0 / STEP_S)
    pa, pb = a.floor[i], b.floor[j]
    rest = pa[:, at] - pb[:, at]
    va = (pa[:, at + half] - pa[:, at - half]) / (2 * half * STEP_S)
    vb = (pb[:, at + half] - pb[:, at - half]) / (2 * half * STEP_S)
    v = np.where(np.isfinite(va), va, vb)
    v = np.where(np.isfinite(va) & np.isfinite(vb), (va + vb) / 2, v)
    v = np.nan_to_num(v)  # seen too briefly: nothing is said of clocks
    s, t = rest.shape[:2]
    x = np.zeros((s, t, 2, 8))
    inverse = np.zeros((s, t, 2, 2))
    inverse[:] = np.eye(2) * FLOOR_ERROR_M**2
    for scene, row, lens, first, sign in ((a, i, views[0], 0, 1.0), (b, j, views[1], 4, -1.0)):
        flat = scene.unturned[row][:, at].reshape(-1, 2)
        jacobian = lens.metres_per_pixel(flat)
        x[..., first] = -sign * v
        x[..., first + 1 : first + 4] = sign * (jacobian @ lens.pixels_per_turn(flat)).reshape(
            s, t, 2, 3
        )
        error = 1.0 + BOX_ERROR * scene.trails.height_px[row][:, at].reshape(-1)
        inverse += (
            jacobian @ np.swapaxes(jacobian, 1, 2) * np.square(error)[:, None, None]
        ).reshape(s, t, 2, 2)
    there = np.isfinite(rest).all(axis=2) & np.isfinite(x).all(axis=(2, 3))
    there &= np.isfinite(inverse).all(axis=(2, 3)) & (np.hypot(*np.moveaxis(rest, 2, 0)) < MOST_M)
    x, rest = np.where(there[..., None, None], x, 0.0), np.where(there[..., None], rest, 0.0)
    inverse = np.where(there[..., None, None], inverse, np.eye(2))
    weight = np.linalg.inv(inverse) * (_STRIDE * STEP_S / SAMPLE_S)
    y = rest + x @ np.concatenate(now)
    wx = weight @ x
    return Evidence(
        np.einsum("stij,stik->sjk", x, wx),
        np.einsum("stij,sti->sj", wx, y),
        np.einsum("sti,stij,stj->s", y, weight, y),
        2 * there.sum(axis=1) * (_STRIDE * STEP_S / SAMPLE_S),
        a.trails.track[i],
    )
