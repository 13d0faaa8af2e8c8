"""Somebody asks for every period and place by every grain, and works out what they can."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from miseban.insight.disclosure.calendar import Calendar
from miseban.insight.disclosure.gate import Told
from miseban.insight.disclosure.keys import Keys
from miseban.insight.disclosure.reading import read
from miseban.insight.questions import Answer, rows
from tests.insight.disclosure.rollups import ZONES, Counts, Rollups, hour

K = 5
DAYS, HOURS = 2, 3
shops = arrays(np.int64, (len(ZONES), DAYS, HOURS), elements=st.integers(0, 9))


def edges() -> list[datetime]:
    """Whole hours of the opening times, and a midnight between the days."""
    found = [hour(day, h) for day in range(DAYS) for h in range(HOURS + 1)]
    return sorted({*found, hour(0, 0) - timedelta(hours=10), hour(1, 0) - timedelta(hours=10)})


def asked(shop: Rollups) -> Iterator[tuple[str, Answer]]:
    """All that can be asked of stays."""
    for since, until in combinations(edges(), 2):
        yield "whole", shop.ask("dwell", since, until)
    for by in ("hour", "day"):
        yield by, shop.ask("dwell", edges()[0], edges()[-1], by=by)
    yield "whole", shop.ask("areas", edges()[0], edges()[-1])
    yield "hour", shop.ask("queues", edges()[0], edges()[-1])


def covered(answer: Answer, by: str, row: int) -> tuple[datetime, datetime]:
    start = answer.start[row]
    if by == "whole" or start is None:
        return answer.since, answer.until
    return start, start + timedelta(hours=1 if by == "hour" else 24)


def worked_out(counts: Counts) -> list[tuple[int, ...]]:
    """Cells of fewer than K that all answers together leave only one value for, by linear
    programming. An hour's figure is of that hour; a longer one is all there was where nothing is
    said to be left out, and otherwise no more than there was."""
    shop = Rollups(counts)
    cells = [(day, h) for day in range(DAYS) for h in range(HOURS)]
    equal: dict[int, list[tuple[list[float], float]]] = {z: [] for z in range(len(ZONES))}
    least: dict[int, list[tuple[list[float], float]]] = {z: [] for z in range(len(ZONES))}
    for by, answer in asked(shop):
        measure = answer.measures.get("stays") or answer.measures["waited"]
        for row, value in enumerate(measure.values):
            if value is None:
                continue
            zone = ZONES.index(answer.place[row])
            since, until = covered(answer, by, row)
            inside = [float(since <= hour(*c) < until) for c in cells]
            exact = not answer.notes or by == "hour" or value == 0
            (equal if exact else least)[zone].append((inside, value))
    found: list[tuple[int, ...]] = []
    for z in range(len(ZONES)):
        for i, cell in enumerate(cells):
            n = int(counts[(z, *cell)])
            if 0 < n < K:
                low, high = (_extreme(i, sign, len(cells), equal[z], least[z]) for sign in (1, -1))
                if high - low < 0.5:
                    assert round(low) == n
                    found.append((z, *cell))
    return found


def _extreme(
    cell: int,
    sign: int,
    cells: int,
    equal: list[tuple[list[float], float]],
    least: list[tuple[list[float], float]],
) -> float:
    aim = np.zeros(cells)
    aim[cell] = sign
    solved = linprog(
        aim,
        A_eq=[row for row, _ in equal] or None,
        b_eq=[value for _, value in equal] or None,
        A_ub=[[-x for x in row] for row, _ in least] or None,
        b_ub=[-value for _, value in least] or None,
        bounds=(0, 1000),
    )
    assert solved.success, solved.message
    return sign * float(solved.fun or 0.0)


@settings(max_examples=5)
@given(shops)
def test_nothing_is_worked_out(counts: Counts) -> None:
    assert worked_out(counts) == []


def naive(
    reader: Any, edges: Any, whats: Any, k: int, places: Any = None, *, histograms: bool = False,
    split: Any = None,
) -> Told:  # fmt: skip
    """The gate that everybody builds first: of the rows that were asked for, those of fewer than k
    are left out. The whole is told, and so is each part that is large enough."""
    calendar = Calendar(edges, reader.timezone, reader.newest())
    days, hours = read(reader, calendar, whats, places, histograms=histograms)
    days = days.filter(pa.array(calendar.day_at[calendar.day_of(_starts(days))] >= 0))
    hours = hours.filter(pa.array((_starts(hours) >= edges[0]) & (_starts(hours) < edges[-1])))
    keys = Keys.of(days, hours)
    codes = np.concatenate([keys.first, keys.second])
    at = np.searchsorted(edges, [*_starts(days), *_starts(hours)], side="right") - 1
    n = np.zeros((len(keys.names), len(edges) - 1), np.int64)
    table = pa.concat_tables([days, hours])
    np.add.at(n, (codes, at), table["n"].to_numpy())
    few = (n > 0) & (n < k)
    kept = table.filter(pa.array(~few[codes, at]))
    return Told(kept, keys.by_name(few))


def _starts(table: Any) -> Any:
    return np.asarray(table["start"].cast(pa.int64()).to_numpy())


def test_the_attack_finds_what_a_weaker_gate_gives_away(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = np.zeros((len(ZONES), DAYS, HOURS), np.int64)
    counts[0, 0] = [9, 3, 8]
    assert worked_out(counts) == []
    for gate in ("told", "told_whole"):
        monkeypatch.setattr(rows, gate, naive)
    assert (0, 0, 1) in worked_out(counts)  # 20 in all, less 9, less 8


@settings(max_examples=3)
@given(shops)
def test_every_small_cell_could_be_another(counts: Counts) -> None:
    """Whatever is asked, the answers are those of a shop in which one person less, or more, was
    there in that hour: so no reasoning at all can tell them apart."""
    told = [answer.model_dump() for _, answer in asked(Rollups(counts))]
    small = [tuple(c) for c in np.argwhere((counts > 0) & (counts < K)).tolist()]
    for cell in small[:3]:
        assert any(
            told == [answer.model_dump() for _, answer in asked(Rollups(other))]
            for other in others(counts, cell)
        ), (counts.tolist(), cell)


def others(counts: Counts, cell: tuple[int, ...]) -> Iterator[Counts]:
    """Shops in which that cell is one less or one more; made up for by another hour, or not."""
    quick = [a.model_dump() for a in _few(counts)]
    rest = [c for c in np.ndindex(counts.shape[1:]) if c != cell[1:]]
    rest.sort(key=lambda c: (c[0] != cell[1], abs(c[1] - cell[2])))
    for away in (1, -1):
        for c in [None, *rest]:
            other = counts.copy()
            other[cell] += away
            if c is not None:
                other[(cell[0], *c)] -= away
            if (other >= 0).all() and quick == [a.model_dump() for a in _few(other)]:
                yield other


def _few(counts: Counts) -> Iterator[Answer]:
    shop = Rollups(counts)
    for by in ("hour", "day", "whole"):
        yield shop.ask("dwell", edges()[0], edges()[-1], by=by)
