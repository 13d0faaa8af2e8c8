"""Which rows count at all: confirmed ones, finite ones, and one person's only (rule 1)."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.tracks import TrackRows


class Sieve:
    """Lets rows of one camera through; ``rejected`` counts the others, by reason."""

    def __init__(self) -> None:
        self.rejected: dict[str, int] = defaultdict(int)

    def without(self, rows: TrackRows, bad: NDArray[np.bool_], reason: str) -> TrackRows:
        """``rows`` but those that are ``bad`` (N,), which are counted under ``reason``."""
        if not bad.any():
            return rows
        self.rejected[reason] += int(bad.sum())
        return rows.take(~bad)

    def confirmed(self, rows: TrackRows) -> TrackRows:
        """Rows of confirmed tracks, with numbers for places, each once, and none of a track that is
        on two people at one moment."""
        rows = self.without(rows, rows.track < 0, "unconfirmed")
        ok = np.isfinite(rows.time_s) & np.isfinite(rows.xyxy).all(axis=1)
        rows = self.without(rows, ~ok, "not_a_number")
        order = np.lexsort((rows.time_s, rows.track))
        twice = _again(rows, order)
        if twice.any():
            table = np.column_stack([rows.track, rows.time_s, rows.xyxy])
            _, kept = np.unique(table, axis=0, return_index=True)
            repeated = np.ones(len(rows), bool)
            repeated[kept] = False
            rows = self.without(rows, repeated, "repeated")
            order = np.lexsort((rows.time_s, rows.track))
            twice = _again(rows, order)
            # One id on two people at once says nothing about either (rule 1).
            shared = np.zeros(len(rows), bool)
            shared[order[1:][twice]] = shared[order[:-1][twice]] = True
            rows = self.without(rows, shared, "shared_id")
        return rows


def in_order(rows: TrackRows) -> TrackRows:
    """By time; rows of one moment stay in their order."""
    if len(rows) > 1 and (rows.time_s[1:] < rows.time_s[:-1]).any():
        return rows.take(np.argsort(rows.time_s, kind="stable"))
    return rows


def _again(rows: TrackRows, order: NDArray[np.int64]) -> NDArray[np.bool_]:
    track, time_s = rows.track[order], rows.time_s[order]
    again: NDArray[np.bool_] = (track[1:] == track[:-1]) & (time_s[1:] == time_s[:-1])
    return again
