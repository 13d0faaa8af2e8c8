"""What every question is answered with, and how answers are put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from miseban.insight.disclosure import least_k
from miseban.insight.questions.answers import Answer, Measure, Unit
from miseban.insight.questions.asking import Question
from miseban.insight.questions.grid import Grid
from miseban.insight.uncertainty.accuracy import Accuracy
from miseban.journal.reading import Reader
from miseban.journal.rollups import Level, shop_day
from miseban.journal.rollups.days import day_at, micros
from miseban.vocabulary.shop import Shop

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Columns = dict[str, Floats | Ints]
"""Of N rows, by measure."""
STAFF_UNKNOWN = "Who were staff is not kept by the minute for so long: ask by the hour."


@dataclass(frozen=True)
class Asked:
    """The shop, its journal, what is known of its counters, and the newest moment that anything is
    known of."""

    shop: Shop
    reader: Reader
    accuracy: Accuracy
    as_of: datetime | None

    @property
    def k(self) -> int:
        """Of how many people, at least, anything that they did is told."""
        return least_k(self.shop)

    @cached_property
    def staff_since(self) -> datetime | None:
        """From when on it is kept by the minute who were staff: of the days before only hours are
        (``journal.rollups.forgetting``). None where nothing was forgotten."""
        last = self.reader.forgotten.get("trajectory")
        zone = self.reader.timezone
        return None if last is None else shop_day(day_at(last, zone), zone).start

    def finest(self, since: datetime) -> Level:
        """Of how fine rows, at the finest, shoppers may be counted from ``since`` on."""
        return "hour" if self.staff_since is not None and since < self.staff_since else "minute"

    def staff_unknown(self, grid: Grid) -> NDArray[np.bool_]:
        """(N,) minutes of which it is not kept any more who were staff."""
        if grid.by != "minute" or self.staff_since is None:
            return np.zeros(grid.n, bool)
        return np.asarray(grid.edges[:-1] < micros(self.staff_since), bool)


@dataclass
class Column:
    """A measure that grows by N rows, one for each stretch of the grid, at a time."""

    unit: Unit
    values: list[Floats] = field(default_factory=list)
    low: list[Floats | None] = field(default_factory=list)
    high: list[Floats | None] = field(default_factory=list)
    base: list[Floats | None] = field(default_factory=list)


class Table:
    """Rows of an answer: for each place and detail, one for every stretch of the grid."""

    def __init__(
        self, grid: Grid, units: Mapping[str, Unit], kept: NDArray[np.bool_] | None = None
    ) -> None:
        """Only the stretches that are ``kept`` (N,) get rows; all, if not given."""
        self._grid = grid
        self._kept = np.flatnonzero(np.ones(grid.n, bool) if kept is None else kept)
        self._columns = {name: Column(unit) for name, unit in units.items()}
        self._place: list[str] = []
        self._detail: list[str] = []
        self._coverage: list[Floats] = []

    def add(
        self,
        place: str,
        detail: str,
        coverage: Floats | None,
        values: Columns,
        *,
        base: Mapping[str, Floats | Ints] | None = None,
        ends: Mapping[str, tuple[Floats, Floats]] | None = None,
    ) -> None:
        """N rows. ``coverage`` (N,), not a number where nobody can tell; where it is 0 and nothing
        was counted, nothing is known, which is not 0. ``values`` has every measure, not a number
        where it has none; ``ends`` the intervals of some, told where the number is."""
        self.add_places([(place, detail)], coverage, values, base=base, ends=ends)

    def add_places(
        self,
        places: Sequence[tuple[str, str]],
        coverage: Floats | None,
        values: Columns,
        *,
        base: Mapping[str, Floats | Ints] | None = None,
        ends: Mapping[str, tuple[Floats, Floats]] | None = None,
    ) -> None:
        """The same of P places with their details at once: (P x N,), place by place.
        ``coverage`` may be (N,), which they share."""
        n, many = len(self._kept), len(places)
        seen = np.full(self._grid.n, np.nan) if coverage is None else coverage

        def kept(values: Floats | Ints) -> Floats:
            found = np.asarray(values, np.float64)
            if n == self._grid.n:
                return found
            return found.reshape(-1, self._grid.n)[:, self._kept].ravel()

        seen = kept(seen)
        seen = seen if len(seen) == many * n else np.tile(seen, many)
        self._place += [place for place, _ in places for _ in range(n)]
        self._detail += [detail for _, detail in places for _ in range(n)]
        self._coverage.append(seen)
        for name, column in self._columns.items():
            value = kept(values[name])
            unknown = np.isnan(value) | ((seen == 0) & ~(value > 0))
            column.values.append(np.where(unknown, np.nan, value))
            told = (base or {}).get(name)
            column.base.append(None if told is None else kept(told))
            low, high = (ends or {}).get(name, (None, None))
            column.low.append(None if low is None else np.where(unknown, np.nan, kept(low)))
            column.high.append(None if high is None else np.where(unknown, np.nan, kept(high)))

    def answer(
        self,
        question: Question,
        asked: Asked,
        *,
        notes: Sequence[str] = (),
    ) -> Answer:
        grid = self._grid
        starts = [grid.starts[i] for i in self._kept]
        # Made here and right: to look at every number again takes longer than to work it out.
        return Answer.model_construct(
            question=question,
            timezone=asked.reader.timezone,
            since=grid.since,
            until=grid.until,
            as_of=asked.as_of,
            start=starts * (len(self._place) // max(len(starts), 1)),
            place=self._place,
            detail=self._detail,
            coverage=_listed(np.concatenate(self._coverage or [np.zeros(0)])) or [],
            measures={name: _measure(column) for name, column in self._columns.items()},
            notes=list(notes),
            compare=None,
        )


def _measure(column: Column) -> Measure:
    rows = [len(values) for values in column.values]
    base = _joined(column.base, rows)
    told: list[int | None] | None = None
    if base is not None:
        there = np.isfinite(base)
        told = [*np.where(there, base, 0).astype(np.int64).tolist()]
        for i in np.flatnonzero(~there).tolist():
            told[i] = None
    return Measure.model_construct(
        unit=column.unit,
        values=_listed(_joined(column.values, rows)) or [],
        low=_listed(_joined(column.low, rows)),
        high=_listed(_joined(column.high, rows)),
        base=told,
    )


def _joined(parts: Sequence[Floats | None], rows: Sequence[int]) -> Floats | None:
    """One array of all parts, which have so many ``rows``, not a number where one is None; None
    where all are."""
    if all(part is None for part in parts):
        return None
    whole = [
        np.full(n, np.nan) if part is None else part for n, part in zip(rows, parts, strict=True)
    ]
    return np.concatenate(whole)


def _listed(values: Floats | None) -> list[float | None] | None:
    """With none for what is not a number."""
    if values is None:
        return None
    found: list[float | None] = np.round(values, 4).tolist()
    for i in np.flatnonzero(~np.isfinite(values)).tolist():
        found[i] = None
    return found


def share(part: Floats | Ints, whole: Floats | Ints) -> Floats:
    """``part`` of ``whole``, not a number where that is 0."""
    whole = np.asarray(whole, np.float64)
    found = np.full(len(whole), np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found


def added(parts: Sequence[Ints], n: int) -> Ints:
    """The sum (n,) of all; zeros where there is none."""
    return np.asarray(np.sum(parts, axis=0) if parts else np.zeros(n), np.int64)
