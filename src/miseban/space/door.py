"""What of a fused camera's rows comes to the fusion."""

from __future__ import annotations

import numpy as np

from miseban.space.geometry import CameraGeometry
from miseban.space.settings import SpaceSettings
from miseban.space.sieve import Sieve, in_order
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

FORGOTTEN_S = 600.0
"""A track that was not seen for so long may begin anew at any time."""


class Door:
    """Lets rows of ``camera`` through that count. ``sights`` counts them, ``rejected`` the others
    by reason."""

    def __init__(self, shop: Shop, camera: str, settings: SpaceSettings) -> None:
        self._view = CameraGeometry(shop, camera, settings)
        self._sieve = Sieve()
        self.rejected = self._sieve.rejected
        self.sights = 0
        self._last_s: dict[int, float] = {}
        self._pruned_s = 0.0

    def through(self, rows: TrackRows) -> TrackRows:
        """Rows that count, in order of time."""
        if not len(rows):
            return rows
        sieve = self._sieve
        rows = sieve.confirmed(rows)
        rows = sieve.without(rows, self._view.private(rows), "private_zone")
        last = np.array([self._last_s.get(t, -np.inf) for t in rows.track.tolist()], float)
        rows = in_order(sieve.without(rows, rows.time_s <= last, "late"))
        if len(rows):
            self._last_s |= dict(zip(rows.track.tolist(), rows.time_s.tolist(), strict=True))
            if rows.time_s[-1] > self._pruned_s + 60.0:
                self._pruned_s = float(rows.time_s[-1])
                past_s = self._pruned_s - FORGOTTEN_S
                self._last_s = {t: s for t, s in self._last_s.items() if s > past_s}
        self.sights += len(rows)
        return rows
