"""What tells of few people, in rows whose events have been forgotten: no duration and no place of
theirs is kept, nor what a day less its other hours would tell of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from miseban.journal.rollups.rows import ROW, VISITS

FEW = 5
"""Once the events themselves are forgotten, no duration of fewer people than this is kept."""
_MOST_CELLS = 1 << 20
"""More than a band of the floor has."""
_OF = ["day", "what", "place", "detail"]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def without_few(rows: pa.Table, old: pa.Array, hours: pa.Table | None) -> pa.Table:
    """``rows`` (``ROW``) of hours, or of days with those of their ``hours``: those that are ``old``
    lose what they tell of fewer than ``FEW``. Done twice it is the same."""
    few = np.asarray(pc.less(rows["n"], FEW).to_numpy(), bool)
    if hours is not None:
        few |= _rest_is_few(rows, hours)
    kept = np.asarray(old.to_numpy(zero_copy_only=False), bool)
    rows = _nulled(rows, kept & few)
    heat = np.asarray(pc.equal(rows["what"], "heat").to_numpy(), bool)
    return _without_few_there(rows, kept & heat, hours)


def _rest_is_few(days: pa.Table, hours: pa.Table) -> Bools:
    """(N,) whether hours that tell nothing were those of few: the day less the other hours is
    what they were."""
    silent = hours.filter(pc.less(hours["n"], FEW)).group_by(_OF).aggregate([("n", "sum")])
    left = dict(zip(_keys(silent), silent["n_sum"].to_pylist(), strict=True))
    return np.array([0 < left.get(key, 0) < FEW for key in _keys(days)], bool)


def _keys(rows: pa.Table) -> list[tuple[object, ...]]:
    return list(zip(*(rows[name].to_pylist() for name in _OF), strict=True))


def _nulled(rows: pa.Table, which: Bools) -> pa.Table:
    for name in ("total", "top", "histogram"):
        field = ROW.field(name)
        values = rows[name].combine_chunks()
        nothing = pa.nulls(len(rows), field.type)
        column = pc.if_else(pa.array(which), nothing, values)
        rows = rows.set_column(rows.schema.get_field_index(name), field, column)
    return rows


def _without_few_there(rows: pa.Table, which: Bools, hours: pa.Table | None) -> pa.Table:
    """Rows of heat, without the cells in which few visits were; and of days also without those of
    which the hours tell all but what few did."""
    at = np.flatnonzero(which)
    if not len(at):
        return rows
    some = rows.take(pa.array(at))
    codes: dict[tuple[object, str], int] = {}
    cells = _Cells(some)
    key = cells.keys(some, "start", {})
    visits = _found(key, cells.value, cells.counts, key)
    few = visits < FEW
    if hours is not None:
        hours = hours.filter(pc.equal(hours["what"], "heat"))
        by_hour = _Cells(hours)
        own = by_hour.keys(hours, "start", {})
        told = _found(own, by_hour.value, by_hour.counts, own) >= FEW
        key, other = cells.keys(some, "day", codes), by_hour.keys(hours, "day", codes)
        seconds = _found(key, cells.value, ~cells.counts, key)
        seconds -= _found(other, by_hour.value, told & ~by_hour.counts, key)
        people = visits - _found(other, by_hour.value, told & by_hour.counts, key)
        few |= (people < FEW) & ((people > 0) | (seconds > 0))
    order = np.argsort(np.concatenate([np.flatnonzero(~which), at]))
    whole = pa.concat_tables([rows.filter(pa.array(~which)), cells.without(few, some)])
    return whole.take(pa.array(order))


class _Cells:
    """Every cell of rows of heat (N,): its row and number, what it says, and whether that
    ``counts`` visits or else is seconds."""

    def __init__(self, rows: pa.Table) -> None:
        lists = rows["histogram"].combine_chunks()
        length = np.asarray(pc.fill_null(lists.value_lengths(), 0).to_numpy(), np.int64)
        self.row = np.repeat(np.arange(len(rows)), length)
        self.cell = np.arange(len(self.row)) - np.repeat(np.cumsum(length) - length, length)
        self.value = np.asarray(lists.flatten().to_numpy(zero_copy_only=False), np.int64)
        self.counts = np.asarray(pc.equal(rows["detail"], VISITS).to_numpy(), bool)[self.row]

    def keys(self, rows: pa.Table, by: str, codes: dict[tuple[object, str], int]) -> Ints:
        """(N,) the same for the same cell of the floor in the same ``by``."""
        pairs = zip(rows[by].to_pylist(), rows["place"].to_pylist(), strict=True)
        band = np.array([codes.setdefault(pair, len(codes)) for pair in pairs], np.int64)
        return np.asarray(band[self.row] * _MOST_CELLS + self.cell, np.int64)

    def without(self, few: Bools, rows: pa.Table) -> pa.Table:
        value = np.where(few, 0, self.value)
        last = np.zeros(len(rows), np.int64)
        np.maximum.at(last, self.row, np.where(value > 0, self.cell + 1, 0))
        offsets = pa.array(
            np.append(0, np.cumsum(last)), pa.int32(), mask=np.append(last == 0, False)
        )
        kept = pa.array(value[self.cell < last[self.row]], pa.uint32())
        field = ROW.field("histogram")
        lists = pa.ListArray.from_arrays(offsets, kept).cast(field.type)
        total = np.bincount(self.row, weights=value, minlength=len(rows)).astype(np.float64)
        at = rows.schema.get_field_index
        rows = rows.set_column(at("histogram"), field, lists)
        return rows.set_column(
            at("total"), ROW.field("total"), pa.array(total, pa.float64(), mask=last == 0)
        )


def _found(keys: Ints, values: Ints, which: Bools, wanted: Ints) -> Ints:
    """(M,) the sums of those ``values`` whose keys are each of ``wanted``; 0 where none is."""
    known, at = np.unique(keys[which], return_inverse=True)
    sums = np.bincount(at, weights=values[which], minlength=len(known)).astype(np.int64)
    place = np.searchsorted(known, wanted).clip(0, max(0, len(known) - 1))
    if not len(known):
        return np.zeros(len(wanted), np.int64)
    return np.where(known[place] == wanted, sums[place], 0)
