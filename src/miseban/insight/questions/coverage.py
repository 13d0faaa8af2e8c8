"""How much of the time a line, a zone or a camera saw: no data is not zero (counting rule 12)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from miseban.insight.inside import empty_hours
from miseban.insight.questions.asked import Asked
from miseban.insight.questions.chosen import Narrowed
from miseban.insight.questions.grid import Grid
from miseban.insight.questions.rows import Rows, fetch
from miseban.insight.uncertainty.watchers import watchers_in
from miseban.journal.rollups.days import day_at, days_between, micros
from miseban.journal.rollups.facts import cut
from miseban.vocabulary.stretches import joined

Floats = NDArray[np.float64]
WHATS = ("gap", "occupancy")


class Coverage:
    """(N,) parts of the N stretches of a grid, up to the newest that is known; ``None`` where
    nothing tells."""

    def __init__(
        self, asked: Asked, grid: Grid, rows: Rows | None = None, some: Narrowed | None = None
    ) -> None:
        """``rows`` may be given where they hold ``WHATS`` of every place. With ``some`` it is of
        what is wanted of each stretch."""
        self._some = some
        grid = grid if some is None else some.over
        self._rows = rows or fetch(asked, grid, WHATS)
        shop = asked.shop
        length_s = grid.lengths_s(asked.as_of)
        self._been = length_s > 0
        self.open_s = np.maximum(length_s - closed_s(asked, grid), 0.0)
        if some is not None:
            self._been, self.open_s = some.any(self._been), some.sum(self.open_s)
        self._camera: dict[str, str | None] = {line.id: line.camera for line in shop.lines}
        self._camera |= {zone.id: zone.camera for zone in shop.zones}
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

    def together(self, which: NDArray[np.bool_]) -> Floats | None:
        """(1,) that of the shop, of those stretches together."""
        part = self.shop()
        if part is None:
            return None
        looked = which & (self.open_s > 0)
        if not looked.any():  # nothing need be seen, or nothing is known yet
            return np.full(1, np.nan if (which & self._been).any() else 0.0)
        return np.array([(part * self.open_s)[looked].sum() / self.open_s[looked].sum()])

    @cached_property
    def _watchers(self) -> dict[str, tuple[str, ...]]:
        return watchers_in(self._shop, sorted(self._cameras))

    def _of_zones(self, zones: Sequence[str]) -> list[Floats]:
        covered = [self._rows.of("occupancy", zone).covered_s for zone in zones]
        return [self._part(one) for one in covered if one.any()]

    def _part(self, covered_s: Floats) -> Floats:
        covered_s = covered_s if self._some is None else self._some.sum(covered_s)
        looked = self.open_s > 0
        part = np.divide(covered_s, self.open_s, out=np.zeros(len(looked)), where=looked)
        # Of a time in which the shop is empty throughout nothing need be seen.
        return np.where(self._been & ~looked, np.nan, np.minimum(part, 1.0))


def closed_s(asked: Asked, grid: Grid) -> Floats:
    """(N,) seconds of each stretch, up to the newest that is known, in which the shop is known to
    be empty: nobody need look then."""
    zone = asked.reader.timezone
    spans: list[tuple[int, int]] = []
    last = day_at(grid.until, zone)
    for day in days_between(day_at(grid.since, zone) - timedelta(days=1), last):
        spans += [(micros(a), micros(b)) for a, b in empty_hours(asked.shop.shop.empty, zone, day)]
    now = grid.until if asked.as_of is None else asked.as_of
    found = [(a, min(b, micros(now))) for a, b in joined(spans)]
    since, until = np.array([f for f in found if f[1] > f[0]], np.int64).reshape(-1, 2).T
    _, start, seconds = cut(since, until, grid.edges)
    return np.asarray(np.bincount(grid.at(start), seconds, grid.n), np.float64)
