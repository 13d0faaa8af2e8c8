"""The turns that somebody who bumps into a camera may give it, to be tried one by one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.trust.lens import TurnedLens

Floats = NDArray[np.float64]

STEP = 1 / 64
"""Between two turns, in widths of the picture: 10 pixels of 640."""
PANS, TILTS, ROLLS = 4, 2, (2, 4)
"""So many steps to each side about the plumb line, and up and down, are tried together; rolls alone
by so many steps."""
STEEPEST = 0.35
"""Part of the plumb line that lies in the picture, at least, when a pan is told by how far things
go in the middle: a camera that looks down would turn about itself for less than a pixel there."""


def swivels(lens: TurnedLens) -> Floats:
    """(M, 3) turns as ``TurnedLens`` takes them. About the plumb line a camera that looks down is
    rolled too: where the floor points tell how it hangs, by as much as it looks down."""
    step_px = STEP * lens.size[0]
    right, down, deep = lens.plumb
    roll = 0.0 if lens.focal_px is None else deep * lens.half_px / lens.focal_px
    flat = max(float(np.hypot(right, down)), STEEPEST)
    pan = np.array([down, -right, roll]) / flat
    tilt = np.array([right, down, 0.0]) / max(float(np.hypot(right, down)), 1e-9)
    both = [
        step_px * (p * pan + t * tilt)
        for p in range(-PANS, PANS + 1)
        for t in range(-TILTS, TILTS + 1)
        if p or t
    ]
    rolls = [np.array([0.0, 0.0, sign * n * step_px]) for n in ROLLS for sign in (-1, 1)]
    return np.array([*both, *rolls])
