"""The light on the shelves: how much brighter it is than when their edges were first seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

FREE = 0.3
"""So much of an edge must be in view for it to tell of the light."""


def light(edges: Floats, usual: Floats, known: Mask, free: Mask, near: NDArray[np.int64]) -> Floats:
    """(F, 3) by how much brighter, as a logarithm, the light is on each facing than on the edges as
    they are remembered: the median of those around it, ``near`` (F, N).

    ``edges`` and ``usual`` (F, E, C, 3) are the edges now and as remembered, where that is
    ``known`` (F,); ``free`` (F, E, C) are the samples in view.
    """
    off = (edges - usual).reshape(len(edges), -1, 3)
    own = median(off, np.repeat(free.reshape(len(edges), -1, 1), 3, axis=2), np.nan)
    own[~known | (free.mean(axis=(1, 2)) < FREE)] = np.nan
    if np.isnan(own).all():
        return np.zeros((len(edges), 3), np.float32)
    around = own[near]  # (F, N, 3)
    around[np.isnan(around).all(axis=(1, 2))] = np.nanmedian(own, axis=0)
    return np.asarray(np.nanmedian(around, axis=1), np.float32)


def median(values: Floats, counts: Mask, otherwise: float) -> Floats:
    """Along the second axis, of those that ``counts``; ``otherwise`` where none does."""
    some = np.asarray(counts.any(axis=1), np.bool_)
    held = np.where(counts | ~some[:, None], np.where(counts, values, 0.0), np.nan)
    return np.asarray(np.where(some, np.nanmedian(held, axis=1), otherwise), np.float32)
