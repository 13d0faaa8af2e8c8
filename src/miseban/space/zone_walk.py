"""Walks everybody's steps through all zones at once: who comes, who stays, who goes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from miseban.space.facts import FactWriter
from miseban.space.ground import Book, Ground
from miseban.space.polygons import INSIDE
from miseban.space.settings import SpaceSettings
from miseban.space.stays import Stay
from miseban.space.steps import Steps
from miseban.space.visit import Visit


class ZoneWalk:
    """The stays of the visits in ``book``. Geometry is done for all steps and zones together;
    only where somebody's code changes, or a stay waits for time to pass, is one looked at."""

    def __init__(
        self, view: Ground, book: Book, facts: FactWriter, settings: SpaceSettings
    ) -> None:
        self._view, self._book, self._facts, self._settings = view, book, facts, settings
        self._watched: set[tuple[int, int]] = set()  # stays that wait for time to pass

    def walk(self, steps: Steps) -> None:
        """Takes the steps of one part; the book still stands at what came before."""
        if not self._view.zones:
            return
        codes = self._view.codes(steps)
        before = np.empty_like(codes)
        before[1:] = codes[:-1]
        before[steps.firsts] = self._book.codes[steps.slots]
        self._book.codes[steps.slots] = codes[steps.lasts]
        changes: dict[tuple[int, int], list[int]] = {
            pair: [] for pair in self._watched if pair[0] in steps.spans
        }
        at, zones = np.nonzero(codes != before)
        for i, z in zip(at.tolist(), zones.tolist(), strict=True):
            changes.setdefault((int(steps.slot_by_step[i]), z), []).append(i)
        for (slot, z), edges in changes.items():
            a, b = steps.spans[slot]
            self._stay(slot, z, [a, *edges, b], codes, steps)

    def _stay(
        self, slot: int, z: int, edges: list[int], codes: NDArray[np.int8], steps: Steps
    ) -> None:
        """Walks one visit's runs of equal codes in one zone; ``edges`` are where runs begin."""
        visit = self._book.at(slot)
        stay = visit.stays.get(z)
        for a, b in pairwise(edges):
            if a == b:
                continue
            code = int(codes[a, z])
            if stay is not None and code != stay.code:
                stay = self._turned(visit, z, stay, code, a, steps)
            if stay is None:
                if code != INSIDE:
                    continue
                entered_s = self._view.border_s(steps, a, z, entering=True)
                least_s = self._view.zones[z].min_stay_s
                stay = visit.stays[z] = Stay(
                    least_s, self._settings, entered_s, visit.stayed.get(z, 0)
                )
            was = stay.confirmed
            over = stay.observed(float(steps.time_s[b - 1]), b - a)
            if stay.confirmed and not was:
                self._facts.entered(visit, z, stay)
            if over:
                self._end_stay(visit, z, stay)
                stay = None
        if stay is not None and not stay.settled:
            self._watched.add((slot, z))
        else:
            self._watched.discard((slot, z))

    def _turned(
        self, visit: Visit, z: int, stay: Stay, code: int, i: int, steps: Steps
    ) -> Stay | None:
        """The person's code in zone ``z`` changes during step ``i``; None if that ended the stay,
        before the change."""
        time_s = float(steps.time_s[i])
        if INSIDE in (code, stay.code):
            time_s = self._view.border_s(steps, i, z, entering=code == INSIDE)
        was, before = stay.confirmed, stay.ended_s
        over = stay.turned(code, time_s)
        if stay.confirmed and not was:
            self._facts.entered(visit, z, stay)
        if not over:
            return stay
        self._end_stay(visit, z, stay, before)
        return None

    def _end_stay(self, visit: Visit, z: int, stay: Stay, ended_s: float | None = None) -> None:
        del visit.stays[z]
        if stay.confirmed:
            visit.stayed[z] = visit.stayed.get(z, 0) + 1
            self._facts.left(visit, z, stay, stay.ended_s if ended_s is None else ended_s)

    def close(self, slot: int, visit: Visit, last_s: float) -> None:
        """The visit of ``slot`` has ended; it was last seen at ``last_s``."""
        for z in list(visit.stays):
            self.close_one(slot, visit, z, last_s)

    def close_one(self, slot: int, visit: Visit, z: int, last_s: float) -> None:
        """Ends the stay in zone ``z``: the person was last seen at ``last_s``."""
        stay = visit.stays[z]
        self._watched.discard((slot, z))
        stay.last_s = last_s
        self._end_stay(visit, z, stay)
