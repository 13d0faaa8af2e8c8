"""Walks everybody's steps over all lines at once: who passes, and which way."""

from __future__ import annotations

from miseban.space.facts import FactWriter
from miseban.space.ground import Book, Ground
from miseban.space.passages import Passage
from miseban.space.segments import Crossing
from miseban.space.settings import SpaceSettings
from miseban.space.steps import Steps
from miseban.space.visit import Visit


class LineWalk:
    """The passages of the visits in ``book``. Only visits that cross a line, or have crossed and
    not yet settled, are looked at step by step."""

    def __init__(
        self, view: Ground, book: Book, facts: FactWriter, settings: SpaceSettings
    ) -> None:
        self._view, self._book, self._facts, self._settings = view, book, facts, settings
        self._pending: set[tuple[int, int]] = set()  # passages that wait to settle

    def walk(self, steps: Steps) -> None:
        """Takes the steps of one part."""
        if not self._view.lines:
            return
        crossings: dict[tuple[int, int], list[Crossing]] = {
            pair: [] for pair in self._pending if pair[0] in steps.spans
        }
        for crossing in self._view.crossings(steps):
            key = (int(steps.slot_by_step[crossing.step]), crossing.line)
            crossings.setdefault(key, []).append(crossing)
        for (slot, line), found in crossings.items():
            self._passage(slot, line, found, steps)

    def _passage(self, slot: int, line: int, found: list[Crossing], steps: Steps) -> None:
        """Walks one visit's steps at one line from its first crossing on."""
        visit, view = self._book.at(slot), self._view
        passage = visit.passages.get(line)
        if passage is None:
            passage = visit.passages[line] = Passage(self._settings)
        queue = iter(found)
        crossing = next(queue, None)
        i, end = steps.spans[slot]
        while i < end:
            if not passage.pending:
                if crossing is None:
                    break
                i = crossing.step
            while crossing is not None and crossing.step == i:
                passed_s = float(
                    steps.from_s[i] + crossing.fraction * (steps.time_s[i] - steps.from_s[i])
                )
                passage.crossed(passed_s, crossing.sign)
                crossing = next(queue, None)
            if passage.pending:
                counted = passage.observed(
                    float(steps.time_s[i]), *view.line_distance(steps, i, line)
                )
                if counted is not None:
                    self._facts.crossed(visit, line, *counted)
            i += 1
        if passage.pending:
            self._pending.add((slot, line))
        else:
            self._pending.discard((slot, line))

    def close(self, slot: int, visit: Visit) -> None:
        """The visit of ``slot`` has ended where the book last saw it."""
        band = self._view.last_band(self._book.scale(slot))
        for line, passage in visit.passages.items():
            self._pending.discard((slot, line))
            counted = passage.ended(band[line])
            if counted is not None:
                self._facts.crossed(visit, line, *counted)
