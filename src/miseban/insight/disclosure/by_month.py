"""What may be told of one long stretch of time, month by month.

Blocks of days never go beyond their month (``calendar.py``), so what may be told of a long time is
what may be told of each of its months; and that of a month that is over is the same until its
roll-ups are others. So it is worked out once, and kept as one row for each thing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from miseban.insight.disclosure.gate import Told, told
from miseban.insight.disclosure.keys import Key, coded
from miseban.insight.disclosure.remembered import ByReader, month_by_month
from miseban.insight.disclosure.stretches import Stretches
from miseban.journal.reading import Reader

Ints = NDArray[np.int64]
_SUMS: Final = ("n", "total", "covered_s", "measured")


@dataclass(frozen=True)
class MonthPart:
    """``rows`` of one month, one a key; ``hidden`` are the keys of which not all is told."""

    rows: pa.Table
    hidden: frozenset[Key]

    @property
    def weight(self) -> int:
        return int(self.rows.nbytes) // 40 + 100


_KNOWN: Final = ByReader[MonthPart]()


def told_whole(
    reader: Reader,
    edges: Ints,
    whats: Collection[str],
    k: int,
    places: Sequence[str] | None = None,
    *,
    histograms: bool = False,
    split: Callable[[pa.Table], Ints] | None = None,
) -> Told:
    """As ``gate.told`` of the one stretch between ``edges`` (2,), but for how many rows it takes:
    those of a key may be added up. Raises as that."""
    begin = int(edges[0])

    def worked_out(months: list[Stretches], _: object) -> Iterator[MonthPart]:
        ends = np.array([*(one.edges[0] for one in months), months[-1].edges[-1]], np.int64)
        found = told(reader, ends, whats, k, places, histograms=histograms, split=split)
        which = np.searchsorted(ends, _starts(found.rows), side="right") - 1
        for number in range(len(months)):
            rows = _added(found.rows.filter(pa.array(which == number)), begin)
            hidden = (key for key, flags in found.hidden.items() if flags[number])
            yield MonthPart(rows, frozenset(hidden))

    asked = Stretches.of([(begin, int(edges[1]))])
    more = frozenset(whats), k, None if places is None else tuple(places), histograms, split
    done = month_by_month(reader, _KNOWN.of(reader), asked, more, worked_out)
    keys = {key for part in done for key in part.hidden}
    rows = pa.concat_tables([part.rows for part in done])
    start = pa.array(np.full(len(rows), edges[0]), pa.int64()).cast(rows.schema.field("start").type)
    at = rows.schema.get_field_index("start")
    return Told(rows.set_column(at, "start", start), {key: np.ones(1, bool) for key in keys})


def _added(rows: pa.Table, start: int) -> pa.Table:
    """One row for each key, from ``start`` on."""
    keys, codes = coded(rows)
    many = len(keys)
    columns: dict[str, pa.Array] = {}
    for field in rows.schema:
        if field.name in _SUMS:
            values = rows[field.name].cast(pa.float64()).to_numpy()
            there = ~np.isnan(values)
            sums = np.bincount(codes[there], values[there], many)
            none = np.bincount(codes[there], minlength=many) == 0
            columns[field.name] = pa.array(sums, mask=none).cast(field.type)
        elif field.name in ("what", "place", "detail"):
            at = ("what", "place", "detail").index(field.name)
            columns[field.name] = pa.array([key[at] for key in keys], field.type)
        elif field.name == "histogram":
            columns[field.name] = _lists(rows[field.name].combine_chunks(), codes, many)
        elif field.name == "start":
            columns[field.name] = pa.array(np.full(many, start), pa.int64()).cast(field.type)
        else:  # the largest, which is one person's: never told
            columns[field.name] = pa.array(np.full(many, np.inf), field.type)
    return pa.table(columns, schema=rows.schema)


def _lists(lists: pa.Array, codes: Ints, many: int) -> pa.Array:
    """The sums of lists of one key, place by place; null where no row has one."""
    length = np.asarray(pc.fill_null(lists.value_lengths(), 0).to_numpy(), np.int64)
    width = int(length.max(initial=0))
    if not width:
        return pa.nulls(many, lists.type)
    row = np.repeat(codes, length)
    at = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
    values = np.asarray(lists.flatten().to_numpy(zero_copy_only=False), np.float64)
    sums = np.bincount(row * width + at, values, many * width).astype(np.uint32)
    some = np.bincount(codes, length, many) > 0
    # A list that is null must have no values: else they would be those of the one before it.
    ends = np.append(0, np.cumsum(some * width))
    offsets = pa.array(ends, pa.int32(), mask=np.append(~some, False))
    told = sums.reshape(many, width)[some].ravel()
    return pa.ListArray.from_arrays(offsets, pa.array(told)).cast(lists.type)


def _starts(rows: pa.Table) -> Ints:
    return np.asarray(rows["start"].cast(pa.int64()).to_numpy(), np.int64)
