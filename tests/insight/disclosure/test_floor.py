"""Cells of the floor: whatever is asked of them, and whenever, answers and their differences are of
k visits or more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from itertools import combinations
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.insight.disclosure.blocks import Blocks
from miseban.insight.disclosure.calendar import Calendar
from miseban.insight.disclosure.floor import _past, _told
from miseban.insight.disclosure.floor_cells import read_heat
from miseban.insight.disclosure.floor_hours import hours_of
from miseban.insight.disclosure.remembered import FloorPart
from miseban.insight.disclosure.stretches import Stretches
from miseban.journal.reading import Reader
from miseban.journal.rollups.days import micros, moment
from tests.insight.disclosure.floors import ZONE, Came, Floor, midnight, whose

K, DAYS, HOURS = 3, 4, 3
LATER = midnight(DAYS + 3)
Spans = tuple[tuple[datetime, datetime], ...]
visits = st.lists(
    st.builds(
        Came, st.integers(0, DAYS - 1), st.integers(9, 9 + HOURS - 1), st.integers(0, 1),
        st.booleans(),
    ),
    min_size=3, max_size=14,
)  # fmt: skip


def asked() -> Iterator[Spans]:
    """Every time of whole days, and of the same hours of each of them, and every second day."""
    for a, b in combinations(range(DAYS + 1), 2):
        yield ((midnight(a), midnight(b)),)
        for first, last in combinations(range(9, 9 + HOURS + 2), 2):
            yield tuple(
                (midnight(d) + timedelta(hours=first), midnight(d) + timedelta(hours=last))
                for d in range(a, b)
            )
    yield tuple((midnight(d), midnight(d + 1)) for d in range(0, DAYS, 2))


def inside(one: Spans, other: Spans) -> bool:
    return all(any(a <= since and until <= b for a, b in other) for since, until in one)


def worked_out(came: list[Came]) -> list[int]:
    """Of how many visits sums are that tell of fewer than K: answers, and what one is more than
    another that lies in it."""
    floor = Floor(came, LATER)
    told = [(spans, floor.told(spans, K)) for spans in asked()]
    found = []
    for spans, answer in told:
        for other, part in [((), {}), *told]:
            if inside(other, spans):
                rest = (s - part.get(cell, 0) for cell, s in answer.items())
                found += [n for n in map(whose, rest) if 0 < n < K]
    return found


@settings(max_examples=8)
@given(visits)
def test_no_sum_is_of_few(came: list[Came]) -> None:
    assert worked_out(came) == []


def test_who_stays_over_the_hour_is_looked_for() -> None:
    """Four come at nine, and one of them is still there at ten: the day less its nine o'clock."""
    came = [Came(2, 9, 0, stays=n == 0) for n in range(4)]
    assert worked_out(came) == []
    floor = Floor(came, LATER)
    nine = ((midnight(2) + timedelta(hours=9), midnight(2) + timedelta(hours=10)),)
    both = ((midnight(2) + timedelta(hours=9), midnight(2) + timedelta(hours=11)),)
    assert floor.told(nine, K).get(0, 0) == 0
    assert whose(floor.told(both, K)[0]) == 4


def test_the_attack_finds_what_would_be_given_away(monkeypatch: pytest.MonkeyPatch) -> None:
    from miseban.insight.disclosure import blocks, cells, floor_hours

    whole = blocks.gather

    def careless(people: object, k: int, rest: object, stayed: object = None) -> Blocks:
        return whole(people, k, rest)  # type: ignore[arg-type]

    monkeypatch.setattr(cells, "gather", careless)
    monkeypatch.setattr(floor_hours, "gather", careless)
    assert worked_out([Came(2, 9, 0, stays=n == 0) for n in range(4)])


@settings(max_examples=25)
@given(visits, st.integers(0, DAYS - 1))
def test_a_day_that_goes_on_tells_of_nobody_alone(came: list[Came], day: int) -> None:
    """The same question, asked every hour and when the day is over."""
    spans = ((midnight(0), midnight(day + 1)),)
    moments = [midnight(day) + timedelta(hours=h, minutes=15) for h in range(9, 9 + HOURS + 2)]
    before: dict[int, int] = {}
    for when in [*moments, LATER]:
        told = Floor([c for c in came if c.day <= day], when).told(spans, K)
        for cell in before.keys() | told.keys():
            more = told.get(cell, 0) - before.get(cell, 0)
            assert more >= 0
            assert not 0 < whose(more) < K
        before = told


@settings(max_examples=20)
@given(visits, visits)
def test_a_month_is_worked_out_again_when_its_roll_ups_are_others(
    came: list[Came], other: list[Came]
) -> None:
    floor = Floor(came, LATER)
    whole = ((midnight(0), midnight(DAYS)),)
    assert floor.told(whole, K) == floor.told(whole, K) == Floor(came, LATER).told(whole, K)
    floor.change(other)
    assert floor.told(whole, K) == Floor(other, LATER).told(whole, K)


@settings(max_examples=6)
@given(visits, st.sets(st.integers(0, DAYS * HOURS), max_size=2))
def test_hours_are_looked_up_as_they_are_worked_out(came: list[Came], lost: set[int]) -> None:
    """Blocks of hours that are remembered by the day tell what those of the question would; also
    where not every hour is kept any more."""
    floor = Floor(came, LATER)
    floor.lose(lost)
    reader = cast(Reader, floor)
    for spans in asked():
        whole = Stretches.of([(micros(a), micros(b)) for a, b in spans])
        for month in whole.by_month(ZONE):
            calendar = Calendar(month.edges, ZONE, LATER)
            ends = moment(int(calendar.day_edges[0])), moment(int(calendar.day_edges[-1]))
            days, few = read_heat(reader, "days", ends, K)
            hours, _ = read_heat(reader, "hours", ends, 1)
            mine = _past(month, calendar, days, hours_of(reader, calendar, K), few, K)
            theirs = _told(month, calendar, days, hours, few, K)
            for field in fields(FloorPart):
                a, b = getattr(mine, field.name), getattr(theirs, field.name)
                assert np.array_equal(a, b), (field.name, spans)


@settings(max_examples=20)
@given(visits)
def test_months_add_up(came: list[Came]) -> None:
    """The second day is the last of its month, and no block goes beyond it."""
    floor = Floor(came, LATER)
    ends = (0, 2), (2, DAYS), (0, DAYS)
    april, may, both = (floor.told(((midnight(a), midnight(b)),), K) for a, b in ends)
    for cell in both.keys() | april.keys() | may.keys():
        assert both.get(cell, 0) == april.get(cell, 0) + may.get(cell, 0)


@settings(max_examples=20)
@given(visits)
def test_where_many_were_each_day_all_is_told(came: list[Came]) -> None:
    by_cell: dict[tuple[int, int], int] = {}
    for one in came:
        by_cell[one.day, one.column] = by_cell.get((one.day, one.column), 0) + 1
    many = [one for one in came if by_cell[one.day, one.column] >= K]
    told = Floor(many, LATER).told(((midnight(0), midnight(DAYS)),), K)
    spent = {0: 0, 1: 0}
    for number, one in enumerate(many):
        spent[one.column] += sum(weight for _, weight in one.seconds(number))
    assert {c: s for c, s in told.items() if s} == {c: s for c, s in spent.items() if s}


@settings(max_examples=12)
@given(visits)
def test_what_is_said_beside_the_seconds_is_of_the_same_blocks(came: list[Came]) -> None:
    floor = Floor(came, LATER)
    for spans in asked():
        told = floor.cells(spans, K)
        there = [[c for c in came if c.column == column and _in(c, spans)] for column in (0, 1)]
        for column in range(told.seconds.shape[1] if len(told.seconds) else 0):
            n, seconds = int(told.visits[0, column]), int(told.seconds[0, column])
            blocks, hours = int(told.blocks[0, column]), int(told.hours[0, column])
            assert n >= K * blocks
            assert (blocks > 0) == (seconds > 0) == (hours > 0)
            # How far blocks lie apart is told of several, and of one it is what its seconds tell.
            spread = float(told.spread[0, column])
            assert spread >= seconds**2 / max(hours, 1) * (1 - 1e-9)
            if blocks == 1:
                assert spread == pytest.approx(seconds**2 / hours)
            if not told.hidden[0, column] and not len(told.dark):
                assert n == len(there[column])


def _in(came: Came, spans: Spans) -> bool:
    when = midnight(came.day) + timedelta(hours=came.hour)
    return any(since <= when < until for since, until in spans)


def test_where_nobody_was_nothing_is_hidden() -> None:
    came = [*[Came(0, 9, 0, stays=False)] * K, *[Came(1, 9, 2, stays=False)] * (K + 1)]
    floor = Floor([*came, Came(1, 9, 1, stays=False), Came(2, 9, 1, stays=False)], LATER)
    first, second, third = (((midnight(d), midnight(d + 1)),) for d in range(3))
    told = floor.cells(first, K)
    assert (told.hidden.tolist(), told.dark.tolist(), told.less) == ([[False]], [], False)
    told = floor.cells(second, K)
    assert told.hidden.tolist() == [[False, True, False]]
    assert (told.seconds > 0).tolist() == [[False, False, True]]
    # Of a band with hardly anybody it is not even told where in it somebody was.
    told = floor.cells(third, K)
    assert (told.seconds.size, told.dark.tolist(), told.less) == (0, [0], True)
