"""A long time told month by month is what the gate tells of it at once, whatever is remembered."""

from __future__ import annotations

from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from miseban.insight.disclosure import told, told_whole
from miseban.insight.disclosure.gate import Told
from miseban.insight.questions.rows import histograms_of
from miseban.journal.reading import Reader
from miseban.journal.rollups.days import micros
from tests.insight.disclosure.rollups import ZONES, Rollups, hour

DAYS, HOURS, K = 70, 6, 5
Counts = NDArray[np.int64]


@st.composite
def shops(draw: st.DrawFn) -> Counts:
    """Ten weeks from April to June, on many days of which hardly anybody comes."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    mean = chance.choice([0.1, 0.6, 3.0], (len(ZONES), DAYS, 1))
    return chance.poisson(np.broadcast_to(mean, (len(ZONES), DAYS, HOURS))).astype(np.int64)


def half(rows: pa.Table) -> NDArray[np.int64]:
    return np.asarray(rows["n"].to_numpy(), np.int64) // 2


def summed(found: Told) -> dict[tuple[str, str, str], tuple[float, ...]]:
    """By key what its rows add up to, and whether not all is told."""
    rows = found.rows
    lists = histograms_of(rows)
    sums: dict[tuple[str, str, str], tuple[float, ...]] = {}
    for row, histogram in zip(rows.to_pylist(), lists, strict=True):
        key = row["what"], row["place"], row["detail"]
        assert row["top"] == np.inf, "one person's"
        one = (row["n"], row["total"] or 0.0, row["measured"], *histogram.tolist())
        sums[key] = tuple(np.add(sums.get(key, 0.0), one).tolist())
    hidden = {key for key, flags in found.hidden.items() if flags.any()}
    return {key: (*sums.get(key, ()), key in hidden) for key in sums.keys() | hidden}


@settings(max_examples=12)
@given(
    counts=shops(),
    since=st.tuples(st.integers(0, DAYS - 2), st.integers(-10, HOURS)),
    days=st.integers(1, DAYS),
    divided=st.booleans(),
    histograms=st.booleans(),
)
def test_it_is_what_is_told_at_once(
    counts: Counts, since: tuple[int, int], days: int, divided: bool, histograms: bool
) -> None:
    reader = cast(Reader, Rollups(counts))
    begin = hour(*since)
    end = hour(min(DAYS, since[0] + days), -10)
    if end <= begin:
        return
    edges = np.array([micros(begin), micros(end)], np.int64)
    split = half if divided else None
    plain = summed(told(reader, edges, {"stay"}, K, histograms=histograms, split=split))
    for _ in ("worked out", "remembered"):
        whole = told_whole(reader, edges, {"stay"}, K, histograms=histograms, split=split)
        assert summed(whole) == plain
        assert (np.asarray(whole.rows["start"].cast(pa.int64())) == edges[0]).all()
    assert len(whole.rows) <= 3 * len(ZONES), "a row a month"


def test_a_month_that_changed_is_worked_out_anew() -> None:
    counts = np.full((len(ZONES), DAYS, HOURS), 7, np.int64)
    rollups = Rollups(counts)
    reader = cast(Reader, rollups)
    edges = np.array([micros(hour(0, -10)), micros(hour(DAYS, -10))], np.int64)
    before = summed(told_whole(reader, edges, {"stay"}, K))
    counts[:, 3, 2] += 4
    other = Rollups(counts)
    rollups._duckdb = other._duckdb
    assert summed(told_whole(reader, edges, {"stay"}, K)) == before, "nobody said so"
    rollups.written = 2
    after = summed(told_whole(reader, edges, {"stay"}, K))
    assert after == summed(told(reader, edges, {"stay"}, K))
    assert after != before


def test_of_what_has_no_durations_there_are_none() -> None:
    """Of a month of which only some things were measured."""
    counts = np.full((len(ZONES), DAYS, HOURS), 7, np.int64)
    rollups = Rollups(counts)
    for name in ("days", "hours"):
        rollups._duckdb.execute(
            f"INSERT INTO {name} BY NAME SELECT * REPLACE ('staff' AS detail, NULL AS total, "
            f"NULL AS histogram) FROM {name} WHERE place = 'milk'"
        )
    reader = cast(Reader, rollups)
    edges = np.array([micros(hour(0, -10)), micros(hour(DAYS, -10))], np.int64)
    whole = told_whole(reader, edges, {"stay"}, K, histograms=True)
    once = told(reader, edges, {"stay"}, K, histograms=True)
    assert summed(whole) == summed(once)
    longest = [pc.max(pc.list_value_length(one["histogram"])) for one in (whole.rows, once.rows)]
    assert longest[0] == longest[1]
    of_staff = whole.rows.filter(pc.equal(whole.rows["detail"], "staff"))
    assert len(of_staff)
    assert of_staff["histogram"].null_count == len(of_staff)
    assert of_staff["total"].null_count == len(of_staff)
