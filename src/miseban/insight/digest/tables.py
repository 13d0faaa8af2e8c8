"""An answer of ``insight.questions`` row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from miseban.insight.digest.report import Figure
from miseban.insight.questions import Answer, Question

Ask = Callable[[Question], Answer]
"""Whoever makes a report asks by it: the hub with what it knows of its counters."""


@dataclass(frozen=True)
class Row:
    """Row ``n`` of an answer."""

    answer: Answer
    n: int

    @property
    def start(self) -> datetime | None:
        return self.answer.start[self.n]

    @property
    def place(self) -> str:
        return self.answer.place[self.n]

    @property
    def detail(self) -> str:
        return self.answer.detail[self.n]

    @property
    def coverage(self) -> float | None:
        return self.answer.coverage[self.n]

    def value(self, measure: str) -> float | None:
        return self.answer.measures[measure].values[self.n]

    def base(self, measure: str) -> int | None:
        column = self.answer.measures[measure].base
        return None if column is None else column[self.n]

    def figure(self, measure: str) -> Figure:
        """With its interval, its base and the coverage of the row."""
        found = self.answer.measures[measure]
        low, high = (None if end is None else end[self.n] for end in (found.low, found.high))
        return Figure(
            value=found.values[self.n],
            low=low,
            high=high,
            base=self.base(measure),
            coverage=self.coverage,
        )


def rows(answer: Answer) -> list[Row]:
    return [Row(answer, n) for n in range(answer.rows)]


def row_of(answer: Answer, place: str = "", detail: str = "") -> Row | None:
    """The first of that place; of answers by the whole the only one."""
    found = (row for row in rows(answer) if (row.place, row.detail) == (place, detail))
    return next(found, None)
