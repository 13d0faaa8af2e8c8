"""Medians and percentiles of durations from the histograms of roll-ups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.journal.rollups import BIN_EDGES_S

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def quantile_s(histogram: Ints, share: float, longest_s: Floats, least: int) -> Floats:
    """(N,) seconds that ``share`` of the durations in each row of ``histogram`` (N, B) do not
    exceed; not a number where fewer than
    ``least`` are longer, or shorter: then it would be what one of them did.

    Within a bin durations are taken to lie evenly, so it is right to the width of a bin, 9 %, and
    mostly far better; never beyond ``longest_s`` (N,).
    """
    edges = np.concatenate([[0.0], BIN_EDGES_S, [BIN_EDGES_S[-1] * 2]])
    counts = histogram.sum(axis=1)
    reached = np.cumsum(histogram, axis=1)
    wanted = share * counts
    at = (reached < wanted[:, None]).sum(axis=1).clip(0, histogram.shape[1] - 1)
    rows = np.arange(len(histogram))
    before = np.where(at > 0, reached[rows, at - 1], 0)
    inside = np.maximum(histogram[rows, at], 1)
    found = edges[at] + (edges[at + 1] - edges[at]) * (wanted - before) / inside
    aside = counts * min(share, 1 - share) >= least - 1e-9
    return np.where(aside, np.minimum(found, longest_s), np.nan)


def lasting(histogram: Ints, least_s: float) -> Ints:
    """(N,) how many lasted ``least_s`` or longer, which is an edge of a bin."""
    at = int(np.searchsorted(BIN_EDGES_S, least_s, side="left"))
    if not np.isclose(BIN_EDGES_S[at], least_s):
        raise ValueError(f"{least_s} s is within a bin")
    return np.asarray(histogram[:, at + 1 :].sum(axis=1), np.int64)
