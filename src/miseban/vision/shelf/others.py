"""Whether other goods stand in a facing than its own: numbers of how far they are from these."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.vision.shelf.patches import Patches, soft

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]

OTHERS = ("always", "off_quarter", "off_half", "hue_quarter", "hue_half", "columns")
STANDING = 0.5
"""Log odds of goods above which they stand in a column."""
LEAST = 0.5
"""So many of a facing's columns must hold goods, now and when it was full: of the last pieces one
sees the sides, which nobody saw when it was full."""
SLID = 3
"""Columns by which goods may stand from where they stood."""
FRONT = 3
"""The first row that is looked at: above it, one sees over low goods."""
_FLOOR, _HUE_FLOOR = 0.005, 0.003
"""Differences that noise makes."""


def others(patches: Patches, odds: Floats, own: Floats, clear: Mask) -> Doubles:
    """(F, 6), in the order of ``OTHERS``; not a number where too little of its goods is seen, or
    where not ``clear`` (F,). ``odds`` (F, C) are the log odds that goods stand in each column now,
    ``own`` (F, C) that they did when it was full.

    Column by column, how far it looks from the likest one near its place in the full facing: in
    brightness and colour, and in colour alone, whose light matters less. Of these the least quarter
    and the half tell, for another product has hardly a column like the right one's, while before
    the right one much may be that makes some columns look otherwise.
    """
    weight = patches.counts.astype(np.float32)
    weight[:, :FRONT] = 0
    seen = patches.seen & (odds > STANDING) & (own > STANDING)
    found = np.full((len(odds), len(OTHERS)), np.nan)
    some = np.flatnonzero(clear & (seen.mean(axis=1) > LEAST))
    if not len(some):
        return found
    now, full = soft(patches.now[some]), soft(patches.full[some])
    off = _nearest(now, full, weight[some])
    hue = _nearest(_hue(now), _hue(full), weight[some])
    for place, number in enumerate(some):
        columns = seen[number]
        found[number] = [
            1.0,
            *np.log(np.quantile(off[place, columns], (0.25, 0.5)) + _FLOOR),
            *np.log(np.quantile(hue[place, columns], (0.25, 0.5)) + _HUE_FLOOR),
            columns.mean(),
        ]
    return found


def _nearest(now: Floats, full: Floats, weight: Floats) -> Floats:
    """(F, C) the mean difference of each column of ``now`` (F, R, C, 3) from the likest of ``full``
    that is at most ``SLID`` columns away."""
    total = np.maximum(weight.sum(axis=1), 1e-6)
    columns = np.arange(now.shape[2])
    least = np.full(total.shape, np.inf, np.float32)
    for slid in range(-SLID, SLID + 1):
        there = full[:, :, np.clip(columns + slid, 0, len(columns) - 1)]
        off = (np.abs(now - there).mean(axis=3) * weight).sum(axis=1) / total
        least = np.minimum(least, off)
    return least


def _hue(picture: Floats) -> Floats:
    return np.asarray(picture - picture.mean(axis=3, keepdims=True), np.float32)
