"""Places that are somebody else's, seen wrongly: along the line of sight, by another camera.

Where feet are hidden, a camera sees well in which direction somebody stands, and badly how far off.
What only such a camera sees, in front of or behind a visit that it does not see, is that visit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.settings import FusionSettings
from miseban.space.fusion.table import Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLEARER = 2.0
"""The variance of a better place is so much less."""


class Shadows:
    """``eyes`` (C, 2) is where each camera hangs on the floor's plan, NaN for cameras that see
    everybody's feet, or are said to: they cast no shadows."""

    def __init__(self, eyes: Floats, settings: FusionSettings) -> None:
        self._eyes, self._s = eyes, settings
        self._seen: dict[tuple[int, int], float] = {}  # uid and camera: when last
        self._casts = bool(np.isfinite(eyes).any())

    def look(self, now_s: float, t: Table, camera: Ints, place: Ints) -> Ints:
        """Places in the table of those who are not known to be anybody, and are shadows at this
        step, in which ``camera`` (N,) saw those at ``place`` (N,)."""
        if not self._casts:
            return np.empty(0, np.int64)
        s, by = self._s, dict[int, list[int]]()
        for at, k in zip(place.tolist(), camera.tolist(), strict=True):
            by.setdefault(at, []).append(k)
            self._seen[int(t.uid[at]), k] = now_s
        used = t.used()
        known = used[now_s - t.seen_s[used] <= s.follow_s + 1e-6]
        found = [
            at
            for at, cameras in by.items()
            if t.number[at] < 0 and self._one(now_s, t, at, cameras, known)
        ]
        return np.array(found, np.int64)

    def _one(self, now_s: float, t: Table, at: int, cameras: list[int], known: Ints) -> bool:
        s = self._s
        # Of two who are both not known to be anybody, the one with the better place casts.
        m2 = t.p[:, 0, 0] + t.p[:, 1, 1]
        known = known[(t.number[known] >= 0) | (m2[known] * CLEARER < m2[at])]
        way = t.x[known, :2] - t.x[at, :2]
        fits = np.hypot(*way.T) < s.shadow_m
        for k in cameras:
            sight = t.x[at, :2] - self._eyes[k]
            far = max(float(np.hypot(*sight)), 1e-9)
            across = np.abs(way[:, 0] * sight[1] - way[:, 1] * sight[0]) / far
            fits &= across < s.shadow_aside_m + s.shadow_aside * far  # False where NaN
        return any(
            all(now_s - self._seen.get((int(t.uid[v]), k), -np.inf) > s.shadow_s for k in cameras)
            for v in known[fits].tolist()
        )

    def forget(self, now_s: float) -> None:
        """What is older than what ``look`` asks for."""
        after_s = now_s - self._s.shadow_s
        self._seen = {key: seen_s for key, seen_s in self._seen.items() if seen_s >= after_s}
