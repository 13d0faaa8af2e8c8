"""What stands in each column of a facing, kept while somebody is before it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.vision.sealed import Sealed
from miseban.vision.shelf.columns import ColumnModel
from miseban.vision.shelf.patches import SEEN, Patches

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

BARE, STANDING = -0.5, 0.5
"""Log odds of goods below which a column may be bare, and above which goods stand there."""
ALIKE = 0.25
"""A column within a person's box is seen beside the body, and bare, where it differs on average by
less than this from the bare columns nearest to it: boxes are wider than people."""
NEAREST = 5
LOOKS = 3
"""... at so many looks running."""


class HeldColumns(Sealed):
    """Of ``count`` facings of ``columns`` columns each, as ``model`` sees them. ``veiled`` (F,) are
    those of which the last look saw no goods, while some stood where people hide what else is seen:
    whether the last piece is still there nobody knows."""

    __slots__ = ("_bare", "_model", "_odds", "_seen", "veiled")

    def __init__(self, model: ColumnModel, count: int, columns: int) -> None:
        self._model = model
        self._odds: Floats = np.full((count, columns), np.nan, np.float32)
        self._seen: Mask = np.zeros((count, columns), np.bool_)
        self._bare = np.zeros((count, columns), np.int64)
        self.veiled: Mask = np.zeros(count, np.bool_)

    def look(self, patches: Patches, clear: Mask, whole: Mask) -> Floats:
        """(F, C) log odds that goods stand in each column. One that somebody is before, or was at
        the look before, holds what it last did, for the last piece may stand there and detectors
        miss people for moments; but for one that looks as the bare board beside it does, though it
        is within somebody's box. ``clear`` (F,) could be looked at; ``whole`` (F, R, C) are the
        samples that would count if nobody were there."""
        odds, seen, before = self._model.odds(patches), patches.seen, self._seen
        self._seen = seen
        sure = seen & before
        held = np.where(sure | (seen & np.isnan(self._odds)), odds, self._odds)
        through, bare = self._through(patches, clear[:, None] & ~sure, sure & (odds < BARE), whole)
        held = np.where(bare, through, held)
        self._odds = np.where(sure & clear[:, None], odds, np.where(bare, through, self._odds))
        known = ~np.isnan(held)
        goods = np.where(known, held, BARE) > STANDING
        seen_there = (goods & seen).any(axis=1)
        hidden = goods & ~seen & (whole.mean(axis=1) > SEEN)  # what left the picture is not
        self.veiled = np.asarray(hidden.any(axis=1) & ~seen_there, np.bool_)
        mean = np.where(known, held, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        return np.asarray(np.where(known, held, mean[:, None]), np.float32)

    def when_full(self, patches: Patches) -> Floats:
        """(F, C) log odds that goods stood in each column of facings that were as full as known."""
        seen = np.ones_like(patches.counts)
        p = patches
        return self._model.odds(Patches(p.full, p.full, p.empty, p.known, p.edge, seen))

    def _through(
        self, patches: Patches, veiled: Mask, plain: Mask, whole: Mask
    ) -> tuple[Floats, Mask]:
        """(F, C) the log odds of ``veiled`` columns as if nobody were before them, and which of
        them have looked for long enough as those do that are ``plain`` boards."""
        odds, bare = np.zeros(veiled.shape, np.float32), np.zeros(veiled.shape, np.bool_)
        some = np.flatnonzero(veiled.any(axis=1) & (plain.sum(axis=1) >= NEAREST))
        if len(some):
            odds[some] = self._model.odds(patches.of(some, whole[some]))
            bare[some] = (odds[some] < BARE) & (whole[some].mean(axis=1) > SEEN)
        for number in some:
            bare[number] &= _off(patches.now[number], plain[number], whole[number]) < ALIKE
        self._bare = np.where(veiled & bare, self._bare + 1, 0)
        return odds, self._bare >= LOOKS


def _off(now: Floats, plain: Mask, whole: Mask) -> Floats:
    """(C,) how much each column of a facing that looks like ``now`` (R, C, 3) differs, where it is
    in the picture, ``whole`` (R, C), from the median of the columns that are ``plain`` (C,) and
    nearest to it."""
    boards = np.flatnonzero(plain)
    apart = np.abs(np.arange(len(plain))[:, None] - boards[None])
    nearest = boards[np.argsort(apart, axis=1, kind="stable")[:, :NEAREST]]
    off = np.abs(now - np.median(now[:, nearest], axis=2)).mean(axis=2)
    count = np.maximum(whole.sum(axis=0), 1)
    return np.asarray(np.where(whole, off, 0).sum(axis=0) / count, np.float32)
