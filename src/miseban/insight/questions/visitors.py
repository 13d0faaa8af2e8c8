"""Who passed the lines, and who came in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.insight.questions.answers import Answer
from miseban.insight.questions.asked import STAFF_UNKNOWN, Asked, Columns, Table
from miseban.insight.questions.asking import VisitorsQuestion
from miseban.insight.questions.counting import Moments, line_moments
from miseban.insight.questions.coverage import Coverage
from miseban.insight.questions.grid import Grid, grid
from miseban.insight.questions.rows import Rows, Sums, fetch
from miseban.insight.uncertainty.cells import GRAVEST_FIRST, Condition

Ends = tuple[NDArray[np.float64], NDArray[np.float64]]
WHATS = ("line", "gap", "occupancy")


def visitors(question: VisitorsQuestion, asked: Asked) -> Answer:
    """A row for every line, and for all entrances together (place "")."""
    over = grid(question, question.by, asked.reader.timezone, finest=asked.finest(question.since))
    rows = fetch(asked, over, WHATS)
    lines = Lines(asked, over, rows)
    table = Table(over, {"in": "people", "out": "people", "visitors": "people"})
    known = [line.id for line in asked.shop.lines]
    wanted = question.lines or list(dict.fromkeys([*known, *rows.places("line")]))
    entrances = [line.id for line in asked.shop.lines if line.entrance]
    if question.lines is None and entrances:
        lines.add("", entrances, table)
    for line in wanted:
        lines.add(line, [line], table)
    return table.answer(question, asked, notes=lines.notes)


class Lines:
    """Passages of lines with their intervals."""

    def __init__(self, asked: Asked, over: Grid, rows: Rows) -> None:
        self._asked, self._grid, self._rows = asked, over, rows
        self.coverage = Coverage(asked, over, rows)
        self._camera = {line.id: line.camera for line in asked.shop.lines}
        self._exact = over.by == "minute"
        self.notes = ["A single minute has no interval: ask by the hour."] if self._exact else []
        self._unknown = asked.staff_unknown(over)
        self.notes += [STAFF_UNKNOWN] if self._unknown.any() else []

    def count(self, lines: list[str], way: str) -> Sums:
        parts = [self._rows.of("line", line, way) for line in lines]
        whole = parts[0]
        for part in parts[1:]:
            whole += part
        return whole

    def shoppers(self, lines: list[str], way: str) -> NDArray[np.float64]:
        """(N,) passages by others than staff; not a number where nobody can tell them apart."""
        crew = self.count(lines, f"{way}/staff").n
        shoppers = np.maximum(self.count(lines, way).n - crew, 0)
        return np.where(self._unknown, np.nan, shoppers)

    def add(self, place: str, lines: list[str], table: Table) -> None:
        values: Columns = {way: self.count(lines, way).n for way in ("in", "out")}
        values["visitors"] = self.shoppers(lines, "in")
        ends = {way: e for way in ("in", "out") if (e := self.ends(lines, way)) is not None}
        if "in" in ends:
            away = values["visitors"] - values["in"]
            low, high = ends["in"]
            ends["visitors"] = (np.maximum(low + away, 0), np.maximum(high + away, 0))
        seen = self.coverage.all_of(lines)
        table.add(place, "", seen, values, base=values, ends=ends)

    def ends(self, lines: list[str], way: str) -> Ends | None:
        """The interval of what went that way over all these lines."""
        whole: Moments | None = None
        for line in lines:
            found = self._moments(line, way)
            if found is None:
                return None
            whole = found if whole is None else whole + found
        return None if whole is None else whole.ends()

    def _moments(self, line: str, way: str) -> Moments | None:
        if self._exact:
            return None
        n = {one: self._rows.of("line", line, one).n for one in ("in", "out")}
        camera = self._camera.get(line)
        return line_moments(
            n[way],
            n["in"] + n["out"],
            self.coverage.open_s,
            self.coverage.line(line),
            self._conditions(camera),
            (camera, line, way),
            self._asked.accuracy,
        )

    def _conditions(self, camera: str | None) -> list[Condition]:
        """In which condition the camera was for most of each stretch."""
        worst: list[Condition] = ["well"] * self._grid.n
        if camera is None:
            return worst
        longest = self.coverage.open_s / 2
        for trouble in reversed(GRAVEST_FIRST):
            seconds = self._rows.of("gap", camera, trouble).total
            for i in np.flatnonzero(seconds > longest).tolist():
                worst[i] = trouble
        return worst
