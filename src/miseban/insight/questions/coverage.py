"""How much of the time a line, a zone or a camera saw: no data is not zero (counting rule 12)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from miseban.insight.questions.asked import Asked
from miseban.insight.questions.grid import Grid
from miseban.insight.questions.rows import Rows, fetch
from miseban.insight.uncertainty.watchers import watchers_in

Floats = NDArray[np.float64]
WHATS = ("gap", "occupancy")


class Coverage:
    """(N,) parts of the N stretches of a grid, up to the newest that is known; ``None`` where
    nothing tells."""

    def __init__(self, asked: Asked, grid: Grid, rows: Rows | None = None) -> None:
        """``rows`` may be given where they hold ``WHATS`` of every place."""
        self._rows = rows or fetch(asked, grid, WHATS)
        self._length_s = grid.lengths_s(asked.as_of)
        shop = asked.shop
        self._camera = {one.id: one.camera for one in (*shop.lines, *shop.zones)}
        self._camera |= {shelf.id: shelf.camera for shelf in shop.shelves}
        self._zones = [zone.id for zone in shop.zones]
        self._zone_camera = {zone.id: zone.camera for zone in shop.zones}
        self._shop = shop
        self._cameras = set(self._rows.places("gap"))

    def camera(self, name: str) -> Floats | None:
        """Of a camera that has told of itself."""
        if name not in self._cameras:
            return None
        return self._part(self._rows.of("gap", name).covered_s)

    def zone(self, name: str) -> Floats | None:
        """Of a zone: the periods of its minutes that were seen; or its camera's."""
        own = self._rows.of("occupancy", name).covered_s
        if own.any():
            return self._part(own)
        return self.line(name)

    def line(self, name: str) -> Floats | None:
        """Of a line, by its camera; or, on the floor plan, by that of its watchers which saw most;
        or else by zones of the same camera."""
        camera = self._camera.get(name)
        watchers: Sequence[str] = [camera] if camera else self._watchers.get(name, ())
        seen = [part for one in watchers if (part := self.camera(one)) is not None]
        if not seen:
            beside = [z for z in self._zones if camera in (None, self._zone_camera[z])]
            seen = self._of_zones(beside) or self._of_zones(self._zones)
        return np.max(seen, axis=0) if seen else None

    def all_of(self, names: Collection[str]) -> Floats | None:
        """The mean of several lines, none if none of them can be told."""
        parts = [part for name in names if (part := self.line(name)) is not None]
        return np.mean(parts, axis=0) if parts else None

    def shop(self) -> Floats | None:
        """Of the shop as a whole: that of the camera or zone that saw most."""
        parts = [part for name in sorted(self._cameras) if (part := self.camera(name)) is not None]
        parts = parts or self._of_zones(self._zones)
        return np.max(parts, axis=0) if parts else None

    @property
    def _watchers(self) -> dict[str, tuple[str, ...]]:
        return watchers_in(self._shop, sorted(self._cameras))

    def _of_zones(self, zones: Sequence[str]) -> list[Floats]:
        covered = [self._rows.of("occupancy", zone).covered_s for zone in zones]
        return [self._part(one) for one in covered if one.any()]

    def _part(self, covered_s: Floats) -> Floats:
        length_s = np.maximum(self._length_s, covered_s)
        return np.divide(covered_s, length_s, out=np.zeros(len(length_s)), where=length_s > 0)
