"""What one camera saw of late, at even moments: the ground on which cameras are compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEP_S = 0.2
"""Between two moments at which cameras are compared."""
BRIDGE_S = 0.9
"""Between two sights not further apart than this somebody walked evenly."""


@dataclass(frozen=True, slots=True)
class Trails:
    """K people of one camera at T moments, ``STEP_S`` apart: ``track`` (K,) numbers, ``pixel``
    (K, T, 2) where their feet are in the picture and ``height_px`` (K, T) how tall their boxes are;
    NaN where they are not seen."""

    track: Ints
    pixel: Floats
    height_px: Floats


class Sightings:
    """The last sightings of one camera, by its own clock. Rows of different tracks may come late,
    as ``TrackRows`` says."""

    def __init__(self) -> None:
        self._parts: list[Floats] = []  # (N, 5) columns: time, track, x, y, height
        self._tracks: list[Ints] = []

    def add(self, time_s: Floats, track: Ints, pixel: Floats, xyxy: Floats) -> None:
        """``pixel`` (N, 2) feet, ``xyxy`` (N, 4) boxes; rows without a track are passed over."""
        known = track >= 0
        if not known.any():
            return
        height = xyxy[:, 3] - xyxy[:, 1]
        self._parts.append(np.column_stack([time_s, pixel, height])[known])
        self._tracks.append(track[known])

    def forget(self, before_s: float) -> None:
        """Drops what was seen before ``before_s``."""
        rows, track = self._rows()
        late = rows[:, 0] >= before_s
        self._parts, self._tracks = [rows[late]], [track[late]]

    def _rows(self) -> tuple[Floats, Ints]:
        if not self._parts:
            return np.empty((0, 4)), np.empty(0, np.int64)
        if len(self._parts) > 1:
            self._parts = [np.concatenate(self._parts)]
            self._tracks = [np.concatenate(self._tracks)]
        return self._parts[0], self._tracks[0]

    def between(self, from_s: float, to_s: float) -> tuple[Floats, Ints]:
        """The rows (N, 4) of time, feet and height from ``from_s`` to ``to_s``, both included, and
        their tracks (N,)."""
        rows, track = self._rows()
        near = (rows[:, 0] >= from_s) & (rows[:, 0] <= to_s)
        return rows[near], track[near]

    def times(self, from_s: float, to_s: float) -> Floats:
        """The moments from ``from_s`` to ``to_s`` at which somebody was seen, each once."""
        time_s = self._rows()[0][:, 0]
        return np.unique(time_s[(time_s >= from_s) & (time_s < to_s)])

    def trails(self, from_s: float, moments: int) -> Trails:
        """Everybody at ``moments`` moments from ``from_s`` on, of the camera's own clock."""
        rows, track = self._rows()
        at_s = np.asarray(from_s + STEP_S * np.arange(moments), np.float64)
        near = (rows[:, 0] >= from_s - BRIDGE_S) & (rows[:, 0] <= at_s[-1] + BRIDGE_S)
        rows, track = rows[near], track[near]
        order = np.lexsort((rows[:, 0], track))
        rows, track = rows[order], track[order]
        numbers, first = np.unique(track, return_index=True)
        ends = np.append(first, len(track))[1:]
        out = np.full((len(numbers), moments, 3), np.nan)
        for k, (i, j) in enumerate(zip(first.tolist(), ends.tolist(), strict=True)):
            out[k] = _evenly(rows[i:j], at_s)
        there = np.isfinite(out[:, :, 0]).any(axis=1)
        out = out[there]
        return Trails(numbers[there], out[:, :, :2], out[:, :, 2])


def _evenly(rows: Floats, at_s: Floats) -> Floats:
    """(T, 3) feet and height of one track, ``rows`` (N, 4) in order of time, at the moments."""
    time_s = rows[:, 0]
    after = np.searchsorted(time_s, at_s)
    right = np.minimum(after, len(time_s) - 1)
    left = np.maximum(np.where(time_s[right] == at_s, right, after - 1), 0)
    span = time_s[right] - time_s[left]
    part = (at_s - time_s[left]) / np.where(span > 0, span, 1.0)
    found = rows[left, 1:] + part[:, None] * (rows[right, 1:] - rows[left, 1:])
    inside = (at_s >= time_s[0]) & (at_s <= time_s[-1]) & (span <= BRIDGE_S)
    result: Floats = np.where(inside[:, None], found, np.nan)
    return result
