"""Time as an answer has it: the minutes, hours or days of its rows, and the roll-ups to ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from miseban.insight.questions.asking import By, Period
from miseban.journal.rollups import Level, shop_day
from miseban.journal.rollups.days import day_at, days_between, micros, moment
from miseban.vocabulary.errors import BadInput

MOST_DAYS: dict[By, int] = {"minute": 3, "hour": 93, "day": 3700, "whole": 3700}
"""Longer than so many days no answer by so much is read by anybody."""
_VIEWS: dict[Level, str] = {"minute": "minutes", "hour": "hours", "day": "days"}


@dataclass(frozen=True)
class Piece:
    """Rows of one view with ``since`` <= start < ``until``."""

    view: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Grid:
    """``edges`` (N + 1,) microseconds since 1970: where the N stretches of time begin and end.
    ``pieces`` are what of the roll-ups covers them, each once."""

    by: By
    edges: NDArray[np.int64]
    pieces: tuple[Piece, ...]

    @property
    def since(self) -> datetime:
        return moment(int(self.edges[0]))

    @property
    def until(self) -> datetime:
        return moment(int(self.edges[-1]))

    @property
    def n(self) -> int:
        return len(self.edges) - 1

    @cached_property
    def starts(self) -> list[datetime | None]:
        """Of the rows of an answer: none where there is but one."""
        if self.by == "whole":
            return [None]
        return [moment(us) for us in self.edges[:-1].tolist()]

    def at(self, times: NDArray[np.int64]) -> NDArray[np.int64]:
        """(M,) in which of the N stretches each of ``times`` (M,) is."""
        return np.searchsorted(self.edges, times, side="right") - 1

    def lengths_s(self, as_of: datetime | None) -> NDArray[np.float64]:
        """(N,) seconds of each up to ``as_of``."""
        end = self.edges if as_of is None else np.minimum(self.edges, micros(as_of))
        return np.asarray(np.maximum(np.diff(end), 0) / 1e6, np.float64)


def grid(
    period: Period, by: By, timezone: str, *, finest: Level = "minute", most_days: int | None = None
) -> Grid:
    """The stretches that cover ``period``, widened to whole ones; those of "whole" are the period
    itself, widened to whole ``finest`` ones. ``most_days`` is how long it may be (``MOST_DAYS``).
    Raises ``BadInput`` (``question``) when the period is
    too long to be answered by so little."""
    level: Level = finest if by == "whole" else by
    since = _floor(period.since, level, timezone)
    until = _ceiling(period.until, level, timezone)
    most = MOST_DAYS[by] if most_days is None else most_days
    if until - since > timedelta(days=most + 1):
        what = f"expected at most {most} days by the {by}, found {(until - since).days}"
        raise BadInput("question", "until", what)
    if by == "whole":
        edges = np.array([micros(since), micros(until)], np.int64)
        return Grid(by, edges, tuple(_pieces(since, until, level, timezone)))
    days = days_between(day_at(since, timezone), day_at(until - _TICK, timezone))
    all_edges = np.unique(np.concatenate([shop_day(day, timezone).edges(level) for day in days]))
    edges = all_edges[(all_edges >= micros(since)) & (all_edges <= micros(until))]
    return Grid(by, edges, (Piece(_VIEWS[level], since, until),))


_TICK = timedelta(microseconds=1)


def _floor(when: datetime, level: Level, timezone: str) -> datetime:
    edges = shop_day(day_at(when, timezone), timezone).edges(level)
    return moment(int(edges[np.searchsorted(edges, micros(when), side="right") - 1]))


def _ceiling(when: datetime, level: Level, timezone: str) -> datetime:
    edges = shop_day(day_at(when - _TICK, timezone), timezone).edges(level)
    return moment(int(edges[np.searchsorted(edges, micros(when), side="left")]))


def _pieces(since: datetime, until: datetime, finest: Level, timezone: str) -> Iterator[Piece]:
    """Whole days as days, and what is left at both ends as hours and minutes."""
    if finest == "day":
        yield Piece("days", since, until)
        return
    coarser: Level = "day" if finest == "hour" else "hour"
    first, last = _ceiling(since, coarser, timezone), _floor(until, coarser, timezone)
    view = _VIEWS[finest]
    if first >= last:
        yield Piece(view, since, until)
        return
    if since < first:
        yield Piece(view, since, first)
    yield from _pieces(first, last, coarser, timezone)
    if last < until:
        yield Piece(view, last, until)
