"""What is added up of people: passages, stays, visits, ways, touches, heat."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from miseban.journal.rollups.days import Micros, ShopDay
from miseban.journal.rollups.facts import Moments, Spans
from miseban.journal.rollups.rows import HEAT_CELL_M, ROW, STAFF, VISITS, Level
from miseban.journal.rollups.window import Objects, Told, Window

_WHO = np.array(["", STAFF], object)


def passages(window: Window) -> Iterator[Moments]:
    """``line``: everybody's passages by direction; those of staff again as ``in/staff`` and
    ``out/staff``."""
    told = window.told("line.crossed")
    way = told.texts("direction")
    yield Moments("line", told.times, told.texts("line"), way)
    staff = window.by_staff(told)
    crew = told.those(staff)
    yield Moments("line", crew.times, crew.texts("line"), way[staff] + f"/{STAFF}")


def stays(window: Window) -> Iterator[Moments | Spans]:
    """``stay``: stays in zones that ended, and how long they were; and of ``occupancy`` the
    person-seconds that are staff's."""
    told = window.told("zone.left")
    staff = window.by_staff(told)
    dwell_s = told.numbers("dwell_s")
    yield Moments("stay", told.times, told.texts("zone"), _WHO[staff.astype(int)], dwell_s)
    crew = told.those(staff)
    since = crew.times - np.round(dwell_s[staff] * 1e6).astype(np.int64)
    zone = crew.texts("zone")
    alone = np.ones(len(crew))
    yield Spans("occupancy", since, crew.times, zone, _all(STAFF, zone), alone, covers=False)


def occupancy(window: Window) -> Iterator[Moments]:
    """``occupancy``: periods by when they began, their person-seconds and the fullest moment."""
    told = window.told("zone.occupancy")
    period_s = told.numbers("period_s")
    began = told.times - np.round(period_s * 1e6).astype(np.int64)
    zone = told.texts("zone")
    yield Moments(
        "occupancy",
        began,
        zone,
        _all("", zone),
        told.numbers("person_s"),
        top=told.numbers("people_max"),
        covered_s=period_s * told.numbers("coverage"),
    )


def visits(window: Window) -> Iterator[Moments]:
    """``visit``: whole visits by when they ended and by role, with their lengths."""
    told = window.told("visit.ended")
    length_s = (told.times - told.micros("started")) / 1e6
    staff = window.by_staff(told)
    yield Moments("visit", told.times, told.texts("camera"), _WHO[staff.astype(int)], length_s)


def paths(window: Window) -> Iterator[Moments]:
    """``path``: from one zone straight to the next, each visit once for each pair and when it
    ended, without staff."""
    told = window.told("visit.ended")
    times, from_, to = [], [], []
    shoppers = told.those(~window.by_staff(told))
    for when, areas in zip(
        shoppers.times.tolist(), shoppers.table["areas"].to_pylist(), strict=True
    ):
        for a, b in {(a, b) for a, b in pairwise(areas) if a != b}:
            times.append(when)
            from_.append(a)
            to.append(b)
    order = np.lexsort((np.array(to, str), np.array(from_, str), np.array(times, np.int64)))
    places, ends = np.array(from_, object)[order], np.array(to, object)[order]
    yield Moments("path", np.array(times, np.int64)[order], places, ends)


def touches(window: Window) -> Iterator[Moments]:
    """``touch``: shoppers' hands at a facing by kind; ``visits`` that touched it, and of these
    those that ``picked`` a piece up, each once a day, when it first did."""
    told = window.told("shelf.touched")
    told = told.those(~window.by_staff(told))
    place = told.texts("shelf") + "/" + told.texts("facing")
    kind = told.texts("kind")
    yield Moments("touch", told.times, place, kind)
    visit = told.texts("visit")
    today = (told.times >= window.day.start_us) & (told.times < window.day.end_us) & (visit != "")
    for name, which in (("visits", today), ("picked", today & (kind == "pick_up"))):
        key = (visit[which] + "|" + place[which]).astype(str)
        first = np.unique(key, return_index=True)[1]  # in order of time, so the first touch
        first.sort()
        yield Moments("touch", told.times[which][first], place[which][first], _all(name, first))


def heat(window: Window, level: Level) -> pa.Table:
    """Rows of ``heat``: of every band of the floor a grid row of person-seconds, without staff; a
    sample of a trail is a second. ``visits``: how many visits were in each cell of the band, each
    once a day, when it first was. ``n`` are the visits that were in the band."""
    told = window.told("visit.ended")
    kept = ~window.by_staff(told) & (told.texts("unit") == "m")
    kept &= told.micros("started") < window.day.end_us
    told = told.those(kept)
    fused = told.texts("camera") == ""
    told = told.those(fused) if fused.any() else told
    if not len(told):
        return ROW.empty_table()
    times, xy, visit = _samples(told)
    edges = window.day.edges(level)
    inside = (times >= edges[0]) & (times < edges[-1]) & (xy >= 0).all(axis=1)
    cell = (xy[inside] / HEAT_CELL_M).astype(np.int64)
    start = np.searchsorted(edges, times[inside], side="right") - 1
    return _grid(window.day, edges, start, cell, visit[inside])


def _samples(told: Told) -> tuple[Micros, NDArray[np.float64], NDArray[np.int64]]:
    t, x, y = (told.table[name].combine_chunks() for name in ("t", "x", "y"))
    length = t.value_lengths().to_numpy()
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
    came = _first_there(row, cell, visit, (every, int(columns)), int(bands))[rows]
    parts = [("", rows, visits, seconds)]
    some = came.any(axis=1)
    parts.append((VISITS, rows[some], visits[some], came[some]))
    return pa.concat_tables([_band_rows(day, edges, int(bands), *part) for part in parts])


def _first_there(
    row: NDArray[np.int64],
    cell: NDArray[np.int64],
    visit: NDArray[np.int64],
    shape: tuple[int, int],
    bands: int,
) -> NDArray[np.int64]:
    """(rows, columns) how many visits were in each cell, each in the first row that it was in."""
    place = (cell[:, 1] * shape[1] + cell[:, 0]) * (visit.max() + 1) + visit
    order = np.lexsort((row // bands, place))
    first = order[np.unique(place[order], return_index=True)[1]]
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


def _all(word: str, like: Objects | NDArray[np.int64]) -> Objects:
    return np.full(len(like), word, object)
