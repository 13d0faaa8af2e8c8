"""From a visit on the floor to the facings that it stood before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from miseban.space.faced.fronts import Place, fronts_of, sides_of
from miseban.vocabulary.events import ShelfFaced, VisitEnded
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.shop import Shop

Floats = NDArray[np.float64]

STILL_MPS = 0.3
"""Slower is standing: trails are told once a second, and a place is known to a decimetre or two."""
UNSEEN_S = 2.5
"""Over a longer step of a trail nobody knows where somebody was."""
STOOD_S = 3.0
"""Who stands for less is passing."""
REACH_M = 1.1
"""From farther away nobody takes anything."""
BESIDE_M = 0.2
"""Who stands so far beside a facing still stands before it."""
NEARER = 0.6
"""Another shelf's front must be farther away: this one is at most so many times as far."""


class FacedWatch:
    """Of the facings of ``shop`` whose place on the floor is known. Nobody sees which way a head is
    turned: whoever stops within reach of one shelf, and clearly nearer to it than to any other
    fixture, is taken to be turned to it, and to all facings over each other that are there. Where
    two are about as near, nothing is told."""

    def __init__(self, shop: Shop, ids: EventIds) -> None:
        self._shop, self._ids = shop.shop.id, ids
        self._fronts = fronts_of(shop)
        self._sides = [side for fixture in shop.fixtures for side in sides_of(fixture)]

    def of(self, event: VisitEnded) -> list[ShelfFaced]:
        """What is known once a visit is over: each facing once, at the first such stop."""
        return list(self._faced(event)) if self._fronts and event.unit == "m" else []

    def _faced(self, event: VisitEnded) -> Iterator[ShelfFaced]:
        found: dict[Place, tuple[float, float]] = {}
        xy = np.column_stack([event.x, event.y]).astype(np.float64)
        for start_s, end_s, place in stops(np.asarray(event.t, np.float64), xy):
            for front in self._before(place):
                began, stood = found.get(front, (start_s, 0.0))
                found[front] = began, stood + end_s - start_s
        for (shelf, facing), (start_s, stood_s) in found.items():
            time = event.started + timedelta(seconds=start_s - event.t[0])
            yield ShelfFaced(
                id=self._ids.at(time.timestamp()), time=time, shop=self._shop, camera=event.camera,
                shelf=shelf, facing=facing, visit=event.visit, dwell_s=round(stood_s, 1),
            )  # fmt: skip

    def _before(self, place: Floats) -> list[Place]:
        """The facings that somebody who stands at ``place`` (2,) is turned to."""
        near: list[tuple[float, Place]] = []
        for facing, front in self._fronts.items():
            along, before = front.side.before(place)
            if 0 < before <= REACH_M and front.from_m - BESIDE_M < along < front.to_m + BESIDE_M:
                near.append((before, facing))
        if not near:
            return []
        nearest = min(before for before, _ in near)
        side = next(self._fronts[facing].side for before, facing in near if before == nearest)
        for other in self._sides:
            along, before = other.before(place)
            if other.key != side.key:
                over = max(-along, along - other.length_m, 0.0)
                if before >= 0 and np.hypot(before, over) * NEARER < nearest:
                    return []
        return [facing for _, facing in near if self._fronts[facing].side.key == side.key]


def stops(time_s: Floats, xy: Floats) -> Iterator[tuple[float, float, Floats]]:
    """From when to when, and where (2,), whoever was at ``xy`` (N, 2) at ``time_s`` (N,) stood."""
    if len(time_s) < 2:
        return
    step_s = np.diff(time_s)
    speed = np.linalg.norm(np.diff(xy, axis=0), axis=1) / np.maximum(step_s, 1e-6)
    still = np.concatenate([[False], (speed < STILL_MPS) & (step_s <= UNSEEN_S), [False]])
    edges = np.flatnonzero(np.diff(still.astype(np.int8)))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        if time_s[last] - time_s[first] >= STOOD_S:
            where = np.median(xy[first : last + 1], axis=0)
            yield float(time_s[first]), float(time_s[last]), where
