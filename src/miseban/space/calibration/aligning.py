"""From a floor that knows its metres but not where it lies, to the plan: turned and shifted until
known spots meet, never mirrored and never scaled."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop.geometry import shown
from miseban.vocabulary.shop.pinhole import Pinhole

Floats = NDArray[np.float64]

LEAST_APART_M = 1.0
"""Two known spots nearer to each other than this say too little about the direction."""


def rigid(source: Floats, target: Floats) -> tuple[float, tuple[float, float]]:
    """The turn (radians, from x towards y) and shift that bring (N, 2) ``source`` nearest to
    (N, 2) ``target`` (W. Kabsch, 1976, in the plane)."""
    a, b = source.mean(axis=0), target.mean(axis=0)
    p, q = source - a, target - b
    turn = math.atan2(float(np.sum(p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0])), float(np.sum(p * q)))
    c, s = math.cos(turn), math.sin(turn)
    return turn, (float(b[0] - c * a[0] + s * a[1]), float(b[1] - s * a[0] - c * a[1]))


def onto_plan(camera: Pinhole, here: Floats, plan: Floats, where: str, sure: float) -> Pinhole:
    """``camera`` with its floor on the plan, so that (N, 2) ``here`` come to be (N, 2) ``plan``.

    Raises ``BadInput`` naming ``where`` for fewer than two spots or such as lie too near to each
    other, and when distances between them differ by more than ``sure``, a part of one, from the
    plan's.
    """
    if len(here) < 2:
        what = f"expected two or more known spots to lay the floor on the plan, found {len(here)}"
        raise BadInput("known-spots", where, what)
    if not np.isfinite(here).all():
        at = shown((float(plan[~np.isfinite(here[:, 0])][0, 0]), 0.0))
        raise BadInput("known-spots", where, f"expected spots of the floor, found {at} above it")
    i, j = np.triu_indices(len(here), 1)
    far_plan = np.linalg.norm(plan[i] - plan[j], axis=1)
    far_here = np.linalg.norm(here[i] - here[j], axis=1)
    widest = int(np.argmax(far_plan))
    if far_plan[widest] < LEAST_APART_M:
        what = f"expected known spots {LEAST_APART_M:g} m apart or more"
        raise BadInput("known-spots", where, f"{what}, found {100 * far_plan[widest]:.0f} cm")
    ratio = float(far_here[widest] / far_plan[widest])
    if abs(math.log(max(ratio, 1e-9))) > sure:
        one, other = (shown((float(p[0]), float(p[1]))) for p in plan[[i[widest], j[widest]]])
        what = (
            f"expected {one} and {other} {far_plan[widest]:.2f} m apart, as on the plan, found "
            f"{far_here[widest]:.2f} m by what the camera sees"
        )
        raise BadInput("known-spots", where, what)
    moved = camera.moved(*rigid(here, plan))
    if len(here) > 2:  # three spots that would fit better mirrored: the plan is
        flipped = here * [1.0, -1.0]
        turn, shift = rigid(flipped, plan)
        c, s = math.cos(turn), math.sin(turn)
        mirrored = flipped @ np.array([[c, s], [-s, c]]) + shift
        turn, shift = rigid(here, plan)
        c, s = math.cos(turn), math.sin(turn)
        plain = here @ np.array([[c, s], [-s, c]]) + shift
        off, off_mirrored = (float(np.abs(x - plan).max()) for x in (plain, mirrored))
        if off > 0.5 and off > 3 * off_mirrored:
            what = (
                f"expected spots that lie as on the plan, found them mirrored ({100 * off:.0f} cm "
                f"off, mirrored {100 * off_mirrored:.0f} cm): y runs down the plan"
            )
            raise BadInput("mirrored", where, what)
    return moved
