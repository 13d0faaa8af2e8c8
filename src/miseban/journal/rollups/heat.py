"""Where on the floor people spent their time: a row for each band of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from miseban.journal.rollups.days import Micros, ShopDay
from miseban.journal.rollups.rows import HEAT_CELL_M, ROW, VISITS, Level
from miseban.journal.rollups.window import Told, Window

_VISITS_AT_ONCE = 200
MOST_M = 500.0
"""Who is said to be farther from the plan's corner is nowhere."""


def heat(window: Window, trails: Iterable[pa.Table], levels: Sequence[Level]) -> list[pa.Table]:
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
    edges = [window.day.edges(level) for level in levels]
    ids = told.table["id"].combine_chunks()
    parts: list[_Samples] = []
    seen = np.zeros(len(told), bool)
    for table in trails:
        for batch in table.to_batches(_VISITS_AT_ONCE):
            whose = np.asarray(pc.fill_null(pc.index_in(batch["id"], ids), -1).to_numpy(), np.int64)
            _, first = np.unique(whose, return_index=True)  # an id may stand there twice
            first = first[whose[first] >= 0]
            chosen = np.sort(first[~seen[whose[first]]])
            numbers = whose[chosen]
            seen[numbers] = True
            of_them = pa.Table.from_batches([batch]).take(pa.array(chosen))
            samples = _samples(Told(told.table.take(pa.array(numbers))), of_them, numbers)
            parts.append(_placed(*samples, window.day, edges))
    if not parts:
        return [ROW.empty_table() for _ in levels]
    cell = np.concatenate([part.cell for part in parts])
    visit = np.concatenate([part.visit for part in parts])
    seconds = np.concatenate([part.seconds for part in parts])
    found = []
    for n, ends in enumerate(edges):
        start = np.concatenate([part.start[n] for part in parts])
        found.append(_grid(window.day, ends, _Samples([start], cell, visit, seconds)))
    return found


@dataclass(frozen=True, slots=True)
class _Samples:
    """In small numbers, for a day has millions, and those of a visit that follow each other in a
    cell as one of so many ``seconds`` (N,): ``start`` (N,) for each level, ``cell`` (N, 2) column
    and band, ``visit`` (N,)."""

    start: list[NDArray[np.int16]]
    cell: NDArray[np.int16]
    visit: NDArray[np.int32]
    seconds: NDArray[np.int32]


def _placed(
    times: Micros,
    xy: NDArray[np.float64],
    visit: NDArray[np.int64],
    day: ShopDay,
    edges: Sequence[Micros],
) -> _Samples:
    """Samples on the day and the floor."""
    inside = (times >= day.start_us) & (times < day.end_us) & (xy >= 0).all(axis=1)
    inside &= (xy < MOST_M).all(axis=1)
    times = times[inside]
    start = [(np.searchsorted(ends, times, side="right") - 1).astype(np.int16) for ends in edges]
    cell, who = (xy[inside] / HEAT_CELL_M).astype(np.int16), visit[inside].astype(np.int32)
    same = np.ones(max(0, len(who) - 1), bool)
    for column in (*start, *cell.T, who):
        same &= column[1:] == column[:-1]
    first = np.flatnonzero(np.append(True, ~same)[: len(who)])
    seconds = np.diff(first, append=len(who)).astype(np.int32)
    return _Samples([one[first] for one in start], cell[first], who[first], seconds)


def _samples(
    told: Told, trails: pa.Table, numbers: NDArray[np.int64]
) -> tuple[Micros, NDArray[np.float64], NDArray[np.int64]]:
    """When (N,), where (N, 2) in metres and of which visit (N,) each sample of ``trails`` is, those
    of ``told``, in order, which have these ``numbers``."""
    t, x, y = (trails[name].combine_chunks() for name in ("t", "x", "y"))
    length = np.asarray(pc.fill_null(t.value_lengths(), 0).to_numpy(), np.int64)
    which = np.repeat(np.arange(len(told)), length)
    t_s, x_m, y_m = (c.flatten().to_numpy(zero_copy_only=False) for c in (t, x, y))
    first = np.concatenate([[0], np.cumsum(length)[:-1]])[length > 0]
    begun = np.zeros(len(told))
    begun[length > 0] = t_s[first]
    since = np.round((t_s - begun[which]) * 1e6).astype(np.int64)
    return told.micros("started")[which] + since, np.stack([x_m, y_m], axis=1), numbers[which]


def _grid(day: ShopDay, edges: Micros, samples: _Samples) -> pa.Table:
    """Of ``samples`` whose only level is the one of these ``edges``."""
    (start,), cell, visit = samples.start, samples.cell, samples.visit
    if not len(start):
        return ROW.empty_table()
    columns, bands = (cell.max(axis=0) + 1).tolist()
    every = (len(edges) - 1) * bands
    row = np.multiply(start, bands, dtype=np.int64) + cell[:, 1]
    place = row * columns + cell[:, 0]
    seconds = np.bincount(place, samples.seconds, minlength=every * columns)
    seconds = seconds.reshape(every, columns).astype(np.int64)
    there = np.zeros((every, visit.max() + 1), bool)
    there[row, visit] = True
    rows = np.flatnonzero(there.any(axis=1))
    seconds, visits = seconds[rows], there[rows].sum(axis=1)
    came = _first_there(row, cell, visit, (every, columns))[rows]
    parts = [("", rows, visits, seconds)]
    some = came.any(axis=1)
    parts.append((VISITS, rows[some], visits[some], came[some]))
    return pa.concat_tables([_band_rows(day, edges, bands, *part) for part in parts])


def _first_there(
    row: NDArray[np.int64],
    cell: NDArray[np.int16],
    visit: NDArray[np.int32],
    shape: tuple[int, int],
) -> NDArray[np.int64]:
    """(rows, columns) how many visits were in each cell, each in the first row that it was in."""
    place = np.multiply(cell[:, 1], shape[1], dtype=np.int64) + cell[:, 0]
    place = place * (int(visit.max()) + 1) + visit
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
