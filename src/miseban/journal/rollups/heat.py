"""Where on the floor people spent their time: a row for each band of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from miseban.journal.rollups.days import Micros, ShopDay
from miseban.journal.rollups.rows import HEAT_CELL_M, ROW, VISITS, Level
from miseban.journal.rollups.window import Told, Window

MOST_M = 500.0
"""Who is said to be farther from the plan's corner is nowhere."""


def heat(window: Window, trails: pa.Table | None, levels: Sequence[Level]) -> list[pa.Table]:
    """Rows of ``heat``, a table for each of ``levels``: of every band of the floor a grid row of
    person-seconds, without staff; a sample of a trail is a second. ``visits``: how many visits were
    in each cell of the band, each once a day, when it first was. ``n`` are the visits that were in
    the band."""
    told = window.told("visit.ended")
    kept = ~window.by_staff(told) & (told.texts("unit") == "m")
    kept &= told.times >= window.day.start_us  # those of the evening before say only who works here
    told = told.those(kept)
    fused = told.texts("camera") == ""
    told = told.those(fused) if fused.any() else told
    if trails is None or not len(told):
        return [ROW.empty_table() for _ in levels]
    times, xy, visit = _samples(told, trails)
    inside = (times >= window.day.start_us) & (times < window.day.end_us) & (xy >= 0).all(axis=1)
    inside &= (xy < MOST_M).all(axis=1)
    cell = (xy[inside] / HEAT_CELL_M).astype(np.int64)
    found = []
    for level in levels:
        edges = window.day.edges(level)
        start = np.searchsorted(edges, times[inside], side="right") - 1
        found.append(_grid(window.day, edges, start, cell, visit[inside]))
    return found


def _samples(told: Told, trails: pa.Table) -> tuple[Micros, NDArray[np.float64], NDArray[np.int64]]:
    """When (N,), where (N, 2) in metres and which visit (N,) each sample is."""
    order = pc.index_in(told.table["id"].combine_chunks(), trails["id"].combine_chunks())
    t, x, y = (trails[name].take(order).combine_chunks() for name in ("t", "x", "y"))
    length = np.asarray(pc.fill_null(t.value_lengths(), 0).to_numpy(), np.int64)
    which = np.repeat(np.arange(len(told)), length)
    t_s, x_m, y_m = (c.flatten().to_numpy(zero_copy_only=False) for c in (t, x, y))
    first = np.concatenate([[0], np.cumsum(length)[:-1]])[length > 0]
    begun = np.zeros(len(told))
    begun[length > 0] = t_s[first]
    since = np.round((t_s - begun[which]) * 1e6).astype(np.int64)
    return told.micros("started")[which] + since, np.stack([x_m, y_m], axis=1), which


def _grid(
    day: ShopDay,
    edges: Micros,
    start: NDArray[np.int64],
    cell: NDArray[np.int64],
    visit: NDArray[np.int64],
) -> pa.Table:
    """``start``, ``visit`` (N,) and ``cell`` (N, 2) column and band of N person-seconds."""
    if not len(start):
        return ROW.empty_table()
    columns, bands = cell.max(axis=0) + 1
    every = (len(edges) - 1) * bands
    row = start * bands + cell[:, 1]
    seconds = np.bincount(row * columns + cell[:, 0], minlength=every * columns)
    seconds = seconds.reshape(every, columns)
    there = np.zeros((every, visit.max() + 1), bool)
    there[row, visit] = True
    rows = np.flatnonzero(there.any(axis=1))
    seconds, visits = seconds[rows], there[rows].sum(axis=1)
    came = _first_there(row, cell, visit, (every, int(columns)))[rows]
    parts = [("", rows, visits, seconds)]
    some = came.any(axis=1)
    parts.append((VISITS, rows[some], visits[some], came[some]))
    return pa.concat_tables([_band_rows(day, edges, int(bands), *part) for part in parts])


def _first_there(
    row: NDArray[np.int64],
    cell: NDArray[np.int64],
    visit: NDArray[np.int64],
    shape: tuple[int, int],
) -> NDArray[np.int64]:
    """(rows, columns) how many visits were in each cell, each in the first row that it was in."""
    place = (cell[:, 1] * shape[1] + cell[:, 0]) * (visit.max() + 1) + visit
    # Samples stand visit by visit, in order of time; who stands still is looked at once.
    moved = np.flatnonzero(np.diff(place, prepend=-1))
    first = moved[np.unique(place[moved], return_index=True)[1]]
    found = np.bincount(row[first] * shape[1] + cell[first, 0], minlength=shape[0] * shape[1])
    return found.reshape(shape)


def _band_rows(
    day: ShopDay,
    edges: Micros,
    bands: int,
    detail: str,
    rows: NDArray[np.int64],
    visits: NDArray[np.int64],
    values: NDArray[np.int64],
) -> pa.Table:
    return pa.table(
        {
            "start": pa.array(edges[rows // bands]).cast(ROW.field("start").type),
            "day": pa.array([day.date] * len(rows), pa.date32()),
            "what": ["heat"] * len(rows),
            "place": [str(band) for band in (rows % bands).tolist()],
            "detail": [detail] * len(rows),
            "n": visits,
            "total": values.sum(axis=1).astype(np.float64),
            "top": pa.nulls(len(rows), pa.float64()),
            "covered_s": np.zeros(len(rows)),
            "histogram": pa.array(_trimmed(values), pa.list_(pa.uint32())),
        },
        schema=ROW,
    )


def _trimmed(values: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    last = [int(np.flatnonzero(row)[-1]) + 1 for row in values]
    return [row[:end] for row, end in zip(values, last, strict=True)]
