"""Days of the week, and hours of each day, that are chosen from a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from miseban.insight.disclosure.stretches import Stretches
from miseban.insight.questions.asking import HeatQuestion, OfSomeHours, Period, Weekday
from miseban.insight.questions.grid import Grid, grid

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_NAMES: tuple[Weekday, ...] = get_args(Weekday)


def chosen(question: HeatQuestion, whole: Grid, timezone: str) -> tuple[Grid, Flags]:
    """The time of ``whole`` as stretches, and (N,) which of them ``question`` is about. Raises
    ``BadInput`` for hours of a time that is too long to be answered by the hour."""
    if question.all_the_time:
        return whole, np.ones(1, bool)
    by = Period(since=whole.since, until=whole.until)
    over = grid(by, "day" if question.whole_days else "hour", timezone)
    return over, _which(question, over, timezone)


@dataclass(frozen=True)
class Narrowed:
    """The rows of an answer, ``grid`` (N), are of some of their time only: of those of the
    stretches ``over`` (M) that are ``wanted`` (M,). Each lies in one row; those of a row that touch
    are one, so that as much may be told of them as of one time."""

    grid: Grid
    over: Grid
    wanted: Flags

    @property
    def row(self) -> NDArray[np.int64]:
        """(M,) in which row each stretch lies."""
        return self.grid.at(self.over.edges[:-1])

    @property
    def kept(self) -> Flags:
        """(N,) of which rows anything is wanted."""
        return self.any(self.wanted)

    def any(self, flags: Flags) -> Flags:
        """(N,) where any wanted stretch has one of ``flags`` (M,)."""
        return np.asarray(np.bincount(self.row, flags & self.wanted, self.grid.n) > 0, bool)

    def sum(self, values: Floats) -> Floats:
        """(N,) of ``values`` (M,) over the wanted stretches."""
        sums = np.bincount(self.row, np.where(self.wanted, values, 0.0), self.grid.n)
        return np.asarray(sums, np.float64)


def narrowed(question: OfSomeHours, rows: Grid, timezone: str) -> Narrowed | None:
    """None where all of the time is asked for. Raises ``BadInput`` for hours of a time that is too
    long to be answered by the hour."""
    if question.all_the_time:
        return None
    by = Period(since=rows.since, until=rows.until)
    fine = grid(by, "day", timezone) if question.whole_days else None
    if fine is None or rows.by == "hour" or (fine.since, fine.until) != (rows.since, rows.until):
        fine = grid(by, "hour", timezone)
    is_in = _which(question, fine, timezone)
    spans = zip(fine.edges[:-1][is_in].tolist(), fine.edges[1:][is_in].tolist(), strict=True)
    edges = np.union1d(rows.edges, Stretches.of(spans).edges)
    return Narrowed(rows, Grid(fine.by, edges, fine.pieces), is_in[fine.at(edges[:-1])])


def _which(question: OfSomeHours, over: Grid, timezone: str) -> Flags:
    """(N,) which stretches of ``over``, days or hours, are asked for."""
    zone = ZoneInfo(timezone)
    starts = [one.astimezone(zone) for one in over.starts if one is not None]
    return np.array([_is_in(question, one) for one in starts], bool)


def _is_in(question: OfSomeHours, start: datetime) -> bool:
    days = question.weekdays
    return question.from_hour <= start.hour < question.to_hour and (
        days is None or _NAMES[start.weekday()] in days
    )
