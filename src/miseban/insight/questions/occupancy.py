"""How many people are in the shop, by the balance of its entrances, and in its zones."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from miseban.insight.inside import empty_moments
from miseban.insight.questions.answers import Answer, Unit
from miseban.insight.questions.asked import STAFF_UNKNOWN, Asked, Columns, Table, added, share
from miseban.insight.questions.asking import OccupancyQuestion, Period
from miseban.insight.questions.coverage import Coverage
from miseban.insight.questions.grid import Grid, grid
from miseban.insight.questions.rows import Rows, fetch
from miseban.insight.questions.zones import shown_zones
from miseban.journal.rollups import shop_day
from miseban.journal.rollups.days import day_at, micros

Floats = NDArray[np.float64]
_TICK = timedelta(microseconds=1)
BY_MINUTE_DAYS = 8
"""Longer times are balanced by the hour."""
UNITS: dict[str, Unit] = {"people_mean": "people", "people_max": "people", "people_end": "people"}


def occupancy(question: OccupancyQuestion, asked: Asked) -> Answer:
    """A row for the shop (place "") and, but for ``shop_only``, for every zone but the crew's."""
    over = grid(question, question.by, asked.reader.timezone, finest=asked.finest(question.since))
    zones = list(question.zones) if question.zones is not None else shown_zones(asked)
    zones = [] if question.shop_only else zones
    rows = fetch(asked, over, ("gap", "occupancy"))
    coverage = Coverage(asked, over, rows)
    table = Table(over, UNITS)
    unknown = asked.staff_unknown(over)
    notes = [STAFF_UNKNOWN] if unknown.any() else []
    entrances = [line.id for line in asked.shop.lines if line.entrance]
    if question.zones is None and entrances:
        balance = Balance(asked, entrances, over)
        notes += balance.notes
        values = {
            name: np.where(unknown, np.nan, people) for name, people in balance.values().items()
        }
        table.add("", "", coverage.all_of(entrances), values)
    for zone in zones:
        table.add(zone, "", coverage.zone(zone), _zone(rows, zone, unknown))
    return table.answer(question, asked, notes=notes)


def _zone(rows: Rows, zone: str, unknown: NDArray[np.bool_]) -> Columns:
    """Of the ``unknown`` (N,) stretches, and of those in which the time of staff is kept of some
    only, nobody can say how many were shoppers."""
    everybody, crew = rows.of("occupancy", zone), rows.of("occupancy", zone, "staff")
    known = everybody.covered_s > 0
    unknown = unknown | (crew.measured < crew.n)
    shoppers_s = np.where(unknown, np.nan, np.maximum(everybody.total - crew.total, 0.0))
    return {
        "people_mean": share(shoppers_s, everybody.covered_s),
        "people_max": np.where(known, everybody.top, np.nan),
        "people_end": np.full(len(known), np.nan),
    }


class Balance:
    """Who came in less who went out, without staff, as ``insight.inside`` has it: set to nobody at
    moments in which the shop is known to be empty, and never fewer than nobody. Counted by the
    minute, or by the hour where that is long or staff are not kept by the minute, from the last
    such moment before, or from midnight."""

    def __init__(self, asked: Asked, entrances: list[str], over: Grid) -> None:
        zone = asked.reader.timezone
        start, emptied = _begin(asked, over.since)
        self.notes = [] if emptied else ["Whoever was inside at midnight is not known of."]
        fine = over.until - start <= timedelta(days=BY_MINUTE_DAYS)
        self._over = over
        until = over.until if asked.as_of is None else min(over.until, asked.as_of + _TICK)
        end = max(until, start + timedelta(minutes=1))
        empty = empty_moments(asked.shop.shop.empty, zone, start, (end - start).total_seconds())
        # From a whole hour on, so that parts do not overlap.
        start = grid(Period(since=start, until=start + _TICK), "hour", zone).since
        by_minute = max(start, min(end, asked.staff_since or start)) if fine else end
        steps = [
            *(grid(period, "hour", zone) for period in _parts(start, by_minute, 90)),
            *(
                grid(period, "minute", zone, most_days=BY_MINUTE_DAYS + 1)
                for period in _parts(by_minute, end, BY_MINUTE_DAYS + 1)
            ),
        ]
        found = [self._change(asked, entrances, one) for one in steps]
        change = np.concatenate(found)
        self._edges = np.unique(np.concatenate([one.edges for one in steps]))
        self._people = _inside(change, self._edges, [micros(moment) for moment in empty])

    def _change(self, asked: Asked, entrances: list[str], one: Grid) -> NDArray[np.int64]:
        rows = fetch(asked, one, ("line",), entrances)
        ways = {"in": 1, "out": -1, "in/staff": -1, "out/staff": 1}
        parts = [
            sign * rows.of("line", line, way).n for line in entrances for way, sign in ways.items()
        ]
        return added(parts, one.n)

    def values(self) -> Columns:
        """(N,) each of ``UNITS`` for the stretches asked for."""
        begin = self._edges[:-1]
        length_s = np.diff(self._edges) / 1e6
        at = self._over.at(begin)
        inside = (at >= 0) & (at < self._over.n)
        at, n = at[inside], self._over.n
        people = self._people[inside].astype(np.float64)
        spent = np.bincount(at, people * length_s[inside], n)
        time_s = np.bincount(at, length_s[inside], n)
        most = np.full(n, np.nan)
        np.fmax.at(most, at, people)
        last = np.full(n, np.nan)
        last[at] = people  # in order of time: the last one stands
        return {"people_mean": share(spent, time_s), "people_max": most, "people_end": last}


def _begin(asked: Asked, since: datetime) -> tuple[datetime, bool]:
    """From when to balance, and whether nobody was inside then."""
    zone = asked.reader.timezone
    midnight = shop_day(day_at(since, zone), zone).start
    moments = empty_moments(
        asked.shop.shop.empty, zone, since - timedelta(days=1), timedelta(days=1).total_seconds()
    )
    return (moments[-1], True) if moments else (midnight, False)


def _parts(since: datetime, until: datetime, days: int) -> list[Period]:
    """No longer than so many days each; none where there is no time."""
    if since >= until:
        return []
    step = timedelta(days=days)
    cuts = [since]
    while cuts[-1] + step < until:
        cuts.append(cuts[-1] + step)
    return [Period(since=a, until=b) for a, b in pairwise([*cuts, until])]


def _inside(
    change: NDArray[np.int64], edges: NDArray[np.int64], empty: list[int]
) -> NDArray[np.int64]:
    """(N,) people at the end of each stretch."""
    resets = np.searchsorted(edges, empty, side="right") - 1
    cuts = np.unique(np.clip([0, *resets], 0, len(change)))
    people = np.zeros(len(change), np.int64)
    for since, until in pairwise([*cuts.tolist(), len(change)]):
        balance = np.cumsum(change[since:until])
        # Never fewer than nobody: less the deepest that it would have been below that.
        people[since:until] = balance - np.minimum(np.minimum.accumulate(balance), 0)
    return people
