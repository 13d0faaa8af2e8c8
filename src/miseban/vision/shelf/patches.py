"""What a look has of each facing, and the numbers of its columns that the network is given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.vision.sealed import Sealed
from miseban.vision.shelf.grid import ROWS

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

BANDS = 6
"""Rows are put together to so many bands where fine ones tell no more."""
INPUTS = 2 * ROWS + 4 * BANDS + 2
OFF = 3.0
"""Differences are taken so many times: the network likes numbers about one."""

SEEN = 0.3
"""A column is told of which more than so much counts."""


@dataclass(frozen=True)
class Patches(Sealed):
    """Of F facings, as logarithms of brightness in the same light: how they look ``now``, how when
    ``full`` and, where it is ``known`` (F,), when ``empty``, (F, R, C, 3) each, and the shelf's
    ``edge`` below (F, E, C, 3). ``counts`` (F, R, C) are the samples to be looked at."""

    __slots__ = ("counts", "edge", "empty", "full", "known", "now")

    now: Floats
    full: Floats
    empty: Floats
    known: Mask
    edge: Floats
    counts: Mask

    def of(self, which: NDArray[np.intp], counts: Mask) -> Patches:
        """Those of the facings ``which`` (N,), of which these samples count (N, R, C)."""
        return Patches(
            self.now[which], self.full[which], self.empty[which], self.known[which],
            self.edge[which], counts,
        )  # fmt: skip

    @property
    def seen(self) -> Mask:
        """(F, C) the columns of which enough counts for them to be told."""
        return np.asarray(self.counts.mean(axis=1) > SEEN, np.bool_)


def inputs(patches: Patches) -> Floats:
    """(F, C, INPUTS) of F facings of C columns: how bright each row is beside the shelf's edge, now
    and when full; band by band how it differs from full, how colourful it is, how much it differs
    from the next columns, and how it differs from empty, where that is known; whether it is known,
    and how much of the column counts."""
    now, full, seen = patches.now, patches.full, patches.counts.astype(np.float32)
    beside = np.median(patches.edge, axis=(1, 2))[:, None, None]
    here, whole = ((picture - beside) for picture in (now, full))
    grey, grey_full = here.mean(axis=3), whole.mean(axis=3)
    off = np.abs(_smooth(now - full)).mean(axis=3)
    has = patches.known[:, None, None].astype(np.float32)
    from_empty = np.abs(_smooth(now - patches.empty)).mean(axis=3) * has
    hue = np.abs(_smooth(here - grey[..., None])).mean(axis=3)
    steep = np.abs(np.diff(grey, axis=2))
    left, right = (np.pad(steep, ((0, 0), (0, 0), side)) for side in ((1, 0), (0, 1)))
    steep = np.maximum(left, right)
    bands = [_bands(one, seen) * OFF for one in (off, hue, steep, from_empty)]
    visible = seen.mean(axis=1, keepdims=True)
    rows = [grey * seen, grey_full * seen, *bands, np.broadcast_to(has, visible.shape), visible]
    return np.asarray(np.concatenate(rows, axis=1).transpose(0, 2, 1), np.float32)


def soft(picture: Floats) -> Floats:
    """(F, R, C, 3) blurred a little along rows and columns."""
    wide = np.pad(picture, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    across = (wide[:, :, :-2] + 2 * wide[:, :, 1:-1] + wide[:, :, 2:]) / 4
    return np.asarray((across[:, :-2] + 2 * across[:, 1:-1] + across[:, 2:]) / 4, np.float32)


def _bands(values: Floats, seen: Floats) -> Floats:
    """(F, BANDS, C) means over neighbouring rows of what is seen."""
    count, rows, columns = values.shape
    shape = (count, BANDS, rows // BANDS, columns)
    total, weight = (values * seen).reshape(shape).sum(axis=2), seen.reshape(shape).sum(axis=2)
    return np.asarray(total / np.maximum(weight, 1e-6), np.float32)


def _smooth(picture: Floats) -> Floats:
    """Over a column and its neighbours, 1 : 2 : 1."""
    wide = np.pad(picture, ((0, 0), (0, 0), (1, 1), (0, 0)), mode="edge")
    return np.asarray((wide[:, :, :-2] + 2 * wide[:, :, 1:-1] + wide[:, :, 2:]) / 4, np.float32)
