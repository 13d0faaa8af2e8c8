"""Where on the floor people spent their time, cell by cell, of k visits or more."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from miseban.insight.disclosure.calendar import Calendar
from miseban.insight.disclosure.cells import Cells
from miseban.journal.reader import JournalReader
from miseban.journal.rollups.days import moment
from miseban.journal.rollups.rows import VISITS

Ints = NDArray[np.int64]
_SQL: Final = (
    "SELECT start, place, detail, histogram FROM {} WHERE what = 'heat' AND n >= $k "
    "AND start >= $since AND start < $until AND histogram IS NOT NULL"
)
"""Bands in which fewer than k were are left out from the first: what is kept of these is forgotten
before the rest is (``rollups.forgetting``), and nothing that is told may hang on it."""


def told_seconds(reader: JournalReader, edges: Ints, k: int) -> tuple[Ints, bool]:
    """(bands, columns) person-seconds in the cells of the floor from the first to the second of
    ``edges`` (2,), whole days of the shop, in microseconds; only of cells and days of which they
    may be told. And whether anything is left out. Raises ``BadInput``."""
    calendar = Calendar(edges, reader.timezone, reader.newest())
    span = (moment(int(calendar.day_edges[0])), moment(int(calendar.day_edges[-1])))
    days = _read(reader, "days", span, k)
    hours = [_read(reader, "hours", span, k) for span in calendar.hour_spans]
    hour = pa.concat_tables([days.slice(0, 0), *hours])
    shape = _shape([days, hour])
    cells = shape[0] * shape[1]
    day_values = _laid(days, calendar.day_of(_starts(days)), len(calendar.days), shape)
    which, at = calendar.hour_of(_starts(hour))
    many = calendar.hours_shape
    hour_values = _laid(hour, which * many[1] + at, many[0] * many[1], shape)
    there = day_values[1].any(axis=1) | hour_values[1].any(axis=1)  # many are shelves and walls
    by_day, by_hour = (
        [of[there] for of in day_values],
        [of[there].reshape(int(there.sum()), *many) for of in hour_values],
    )
    told = Cells(calendar, by_day[1], by_hour[1], k)
    seconds = np.zeros(cells, np.int64)
    seconds[there] = (by_day[0] * told.days_told).sum(axis=1)
    seconds[there] += (by_hour[0] * told.hours_told).sum(axis=(1, 2))
    return seconds.reshape(shape), bool(told.hidden().any())


def _read(reader: JournalReader, view: str, span: tuple[object, object], k: int) -> pa.Table:
    since, until = span
    parameters = {"since": since, "until": until, "k": k}
    found = reader.table(_SQL.format(view), parameters, since=since, until=until)  # type: ignore[arg-type]
    return found.combine_chunks()


def _shape(tables: list[pa.Table]) -> tuple[int, int]:
    """Bands and columns of the floor, as far as anybody was."""
    bands, columns = 0, 0
    for table in tables:
        if len(table):
            bands = max(bands, int(_bands(table).max()) + 1)
            columns = max(columns, int(_lengths(table).max()))
    return bands, columns


def _laid(table: pa.Table, when: Ints, times: int, shape: tuple[int, int]) -> tuple[Ints, Ints]:
    """(cells, ``times``) each: seconds and visits; ``when`` (M,) says of which time a row is."""
    length, band = _lengths(table), _bands(table)
    first = np.repeat(np.cumsum(length) - length, length)
    column = np.arange(len(first)) - first
    cell = np.repeat(band, length) * shape[1] + column
    at = cell * times + np.repeat(when, length)
    values = _values(table)
    visits = np.repeat(pc.equal(table["detail"], VISITS).to_numpy(zero_copy_only=False), length)
    cells = shape[0] * shape[1]
    seconds, came = np.zeros((2, cells * times), np.int64)
    seconds[at[~visits]], came[at[visits]] = values[~visits], values[visits]  # each is there once
    return seconds.reshape(cells, times), came.reshape(cells, times)


def _values(table: pa.Table) -> Ints:
    if not len(table):
        return np.zeros(0, np.int64)
    return np.asarray(table["histogram"].combine_chunks().flatten().to_numpy(), np.int64)


def _lengths(table: pa.Table) -> Ints:
    if not len(table):
        return np.zeros(0, np.int64)
    return np.asarray(table["histogram"].combine_chunks().value_lengths().to_numpy(), np.int64)


def _bands(table: pa.Table) -> Ints:
    return np.asarray(table["place"].cast(pa.int64()).to_numpy(), np.int64)


def _starts(table: pa.Table) -> Ints:
    return np.asarray(table["start"].cast(pa.int64()).to_numpy(), np.int64)
