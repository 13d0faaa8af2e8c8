"""What boxes of people say of a pinhole: each person is as tall here as there, and walks as fast.

Heights: F. Lv, T. Zhao and R. Nevatia, *Camera calibration from video of a walking human*, PAMI
2006; N. Krahnstoever and P. Mendonça, *Bayesian autocalibration for surveillance*, ICCV 2005 (for
the priors); J. Liu, R. Collins and Y. Liu, *Surveillance camera autocalibration based on pedestrian
height distributions*, BMVC 2011 (for the spread of heights among people). Speeds: B. Bose and
E. Grimson, *Ground plane rectification by tracking moving objects*, 2003.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from miseban.space.calibration.walkers import Walkers
from miseban.space.upright import SHOE_M
from miseban.vocabulary.shop.pinhole import Pinhole

Floats = NDArray[np.float64]
Anchor = Literal["feet", "upright"]

CROWN = 1.0
"""A box's top edge over the height of its person: hair and shoes about make up for a bent neck."""
LEANS = 0.7
"""The part of a lean that widens a box: shoulders lie below the head and above the feet."""


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What is held true of people before any is seen; standard deviations of logarithms are about
    parts of one.

    ``height_m`` is the mean height of grown people, known to ``height_sd``; one differs from it by
    ``person_sd`` (0.1 m of 1.65), and a box by ``box_sd`` from its person's height, or by
    ``edge_px`` of its edges. Over a second somebody who walks differs by ``pace_sd`` from the own
    mean speed; slower than ``walks_mps`` is standing. People are ``slim`` of their height broad,
    to ``slim_sd``, and each box differs from that by ``breadth_sd``. However many boxes there are,
    they weigh no more than ``worth`` that err independently: what is wrong with one (a bent neck,
    an arm, a detector's habits) is wrong with many. A lens is about ``focal_widths`` of the
    picture long, give or take ``focal_sd``; a camera turned by ``roll_sd`` radians is one hung
    carelessly.
    """

    height_m: float = 1.65
    height_sd: float = 0.03
    person_sd: float = 0.06
    box_sd: float = 0.04
    edge_px: float = 1.5
    pace_sd: float = 0.25
    walks_mps: float = 0.5
    slim: float = 0.36
    slim_sd: float = 0.25
    breadth_sd: float = 0.12
    worth: int = 500
    focal_widths: float = 0.6
    focal_sd: float = 0.5
    roll_sd: float = 0.05


def feet_of(camera: Pinhole, xyxy: Floats, anchor: Anchor) -> Floats:
    """(N, 2) pixels where people with boxes (N, 4) stand: the middle of the bottom edge, or, for
    ``upright`` boxes of people who lean in the picture, where the plumb line through the box's
    middle leaves it, and a shoe's width on."""
    x1, _, x2, y2 = xyxy.T
    if anchor == "feet":
        return np.stack([(x1 + x2) / 2, y2], axis=1)
    middle, half = (xyxy[:, :2] + xyxy[:, 2:]) / 2, (xyxy[:, 2:] - xyxy[:, :2]) / 2
    way, most = _plumb(camera, middle)
    part = np.minimum(np.min(half / np.maximum(np.abs(way), 1e-9), axis=1), most)
    lowest = middle + part[:, None] * way
    near = camera.to_floor(lowest)
    away = near - [camera.x, camera.y]
    far = np.maximum(np.linalg.norm(away, axis=1), SHOE_M)[:, None]
    feet = camera.to_pixel(near + SHOE_M * away / far)
    return np.where(np.isfinite(feet), feet, lowest)


def _plumb(camera: Pinhole, at: Floats) -> tuple[Floats, Floats]:
    """The way down (N, 2) in the picture along the plumb lines through ``at`` (N, 2), and how many
    times it goes on until straight below the lens."""
    below = camera.axes[:, 2]  # of the direction straight down
    x, y = camera.focal_px * below[0], camera.focal_px * below[1]
    middle = np.array(camera.size) / 2
    way = np.array([x, y]) - below[2] * (at - middle)
    most = np.full(len(at), 1 / below[2] if below[2] > 1e-9 else np.inf)
    return way, most


def heights_of(camera: Pinhole, xyxy: Floats, feet: Floats) -> Floats:
    """(N,) metres: how tall who stands at ``feet`` (N, 2) must be for the plumb line to end at the
    top edge of the box (N, 4) (A. Criminisi, I. Reid and A. Zisserman, *Single view metrology*,
    2000); NaN where that is no height."""
    places = camera.to_floor(feet)
    away = np.column_stack([places - [camera.x, camera.y], np.full(len(places), camera.height_m)])
    axes = camera.axes
    row = (xyxy[:, 1] - camera.size[1] / 2) / camera.focal_px
    # A point u above the floor is seen at (down · away - u down_3) / (axis · away - u axis_3).
    down, depth = away @ axes[1], away @ axes[2]
    slope = axes[1, 2] - row * axes[2, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        tall = (down - row * depth) / slope / CROWN
    return np.where((tall > 0.05) & (tall < 0.98 * camera.height_m), tall, np.nan)


def breadths_of(camera: Pinhole, xyxy: Floats, feet: Floats, tall: Floats) -> Floats:
    """(N,) metres: how broad the people with boxes (N, 4) are who stand upright at ``feet`` (N, 2)
    pixels and are (N,) ``tall``: what is left of a box's width when their lean in the picture is
    taken off. NaN where nothing is."""
    places = camera.to_floor(feet)
    low, high = camera.to_pixel(places, 0.1 * tall), camera.to_pixel(places, 0.9 * tall)
    middle = np.column_stack([places - [camera.x, camera.y], camera.height_m - 0.5 * tall])
    depth = middle @ camera.axes[2]
    left = xyxy[:, 2] - xyxy[:, 0] - LEANS * np.abs(high[:, 0] - low[:, 0])
    broad = left * depth / camera.focal_px
    with np.errstate(invalid="ignore"):
        return np.where(broad > 0.05, broad, np.nan)


def height_sd(beliefs: Beliefs, xyxy: Floats) -> Floats:
    """(N,) how far the logarithm of a height is off that a box (N, 4) tells."""
    tall = np.maximum(xyxy[:, 3] - xyxy[:, 1], 1.0)
    return np.asarray(np.hypot(beliefs.box_sd, beliefs.edge_px / tall), np.float64)


def whitened(off: Floats, sd: Floats, person: NDArray[np.int64], own_sd: float) -> Floats:
    """(N,) deviations ``off`` with errors ``sd`` of their own and one of ``own_sd`` that all of a
    ``person`` share, made independent of unit variance."""
    weight = 1 / sd**2
    total = np.bincount(person, weight)
    mean = np.bincount(person, weight * off) / np.maximum(total, 1e-12)
    kept = 1 - 1 / np.sqrt(1 + own_sd**2 * total)
    return np.asarray((off - (kept * mean)[person]) / sd, np.float64)


def soft(off: Floats) -> Floats:
    """Residuals whose squares grow like a line far out (pseudo-Huber), so that few rule no many."""
    return np.asarray(np.sign(off) * np.sqrt(2 * (np.sqrt(1 + off**2) - 1)), np.float64)


def speeds_of(places: Floats, seen: Walkers) -> Floats:
    """(M,) metres a second of the steps, by ``places`` (N, 2) of the boxes."""
    i, j = seen.steps.T
    apart = seen.time_s[j] - seen.time_s[i]
    return np.asarray(np.linalg.norm(places[j] - places[i], axis=1) / apart, np.float64)
