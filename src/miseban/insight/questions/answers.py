"""An answer: a table by columns, each number with its unit, its interval, and what it stands on."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from miseban.insight.questions.asking import Question

Unit = Literal["people", "s", "min", "share", "count", "currency", "person-s", "m", "times"]
"""``share``: a part of its base, 0 to 1; ``currency``: the smallest unit of the till's; ``count``:
of events;
``times``: so many times as often."""


class Measure(BaseModel):
    """A column of numbers, one a row. ``values`` is none where nothing is known, which is not 0.
    ``low`` and ``high`` are the ends of the 95 % interval of what really was, where that can be
    told. ``base`` is how many people or events each number stands on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: Unit
    values: list[float | None]
    low: list[float | None] | None = None
    high: list[float | None] | None = None
    base: list[int | None] | None = None


class Answer(BaseModel):
    """Row i is entry i of every list: ``start`` (none where it is of all the time), ``place``
    (empty: the whole shop) and ``detail`` say of what; ``coverage`` is the part of that time in
    which it was seen, none where nobody can tell.

    ``since`` and ``until`` are what was really looked at: the question's, widened to whole minutes,
    hours or days. ``as_of`` is the newest that was known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: Question
    timezone: str
    since: AwareDatetime
    until: AwareDatetime
    as_of: AwareDatetime | None
    start: list[AwareDatetime | None]
    place: list[str]
    detail: list[str]
    coverage: list[float | None]
    measures: dict[str, Measure]
    notes: list[str] = Field(default=[], description="What to know before it is believed.")
    compare: Answer | None = None

    @model_validator(mode="after")
    def _is_a_table(self) -> Self:
        lengths = {len(self.start), len(self.place), len(self.detail), len(self.coverage)}
        for one in self.measures.values():
            columns = (one.values, one.low, one.high, one.base)
            lengths |= {len(column) for column in columns if column is not None}
        if len(lengths) > 1:
            raise ValueError("expected columns of the same length")
        return self

    @property
    def rows(self) -> int:
        return len(self.start)
