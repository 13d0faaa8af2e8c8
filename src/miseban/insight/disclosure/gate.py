"""What may be told of the roll-ups of what people did.

What is told does not hang on what is asked. Days of a month are gathered into blocks of k people;
a day that is a block by itself is divided into blocks of hours (``blocks.py``). A block lies in a
stretch of the answer as a whole, and then it is told with all that it measured, or it is left out.
The finest blocks do not overlap, and every answer is a sum of some of them: so is every difference
of answers.

A day that has not ended is told by its hours that are past, but for the last block: people may
still join it. What comes later than ``calendar.SETTLE`` changes a block that was told; such a
change can be seen by whoever kept the old answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from miseban.insight.disclosure.blocks import Places
from miseban.insight.disclosure.calendar import Calendar
from miseban.insight.disclosure.cells import Cells
from miseban.insight.disclosure.keys import Key, Keys
from miseban.insight.disclosure.reading import read
from miseban.journal.reading import Reader

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Told:
    """``rows`` are those that may be told, with ``measured`` (of how many ``total`` and
    ``histogram`` are) and without the largest; ``hidden`` (N,) by (what, place, detail): in which
    stretches there is something that is not told."""

    rows: pa.Table
    hidden: dict[Key, Flags]


def told(
    reader: Reader,
    edges: Ints,
    whats: Collection[str],
    k: int,
    places: Sequence[str] | None = None,
    *,
    histograms: bool = False,
    split: Callable[[pa.Table], Ints] | None = None,
) -> Told:
    """What may be told of ``whats`` in the stretches that ``edges`` (N + 1,), microseconds, part,
    only at ``places`` if given. ``split`` says of rows (M) how many (M,) of their people did what
    the question divides them by. Raises ``BadInput``."""
    calendar = Calendar(edges, reader.timezone, reader.newest())
    days, hours = read(reader, calendar, whats, places, histograms=histograms)
    keys = Keys.of(days, hours)
    day, hour = calendar.day_of(_starts(days)), calendar.hour_of(_starts(hours))
    shape = (len(keys.names), len(calendar.days))
    day_place, hour_place = (keys.first, day), (keys.second, *hour)
    hours_shape = (shape[0], *calendar.hours_shape)

    def laid(of: Callable[[pa.Table], Ints]) -> tuple[Ints, Ints]:
        found = np.zeros(shape, np.int64), np.zeros(hours_shape, np.int64)
        np.add.at(found[0], day_place, of(days))
        np.add.at(found[1], hour_place, of(hours))
        return found

    cells = Cells(calendar, *laid(_n), k, parts=None if split is None else laid(split))
    rows = [
        _whole(days, cells.days_told[day_place], keys.first, cells.days.first[day_place]),
        _whole(
            hours,
            cells.hours_told[hour_place],
            keys.second * len(calendar.days) + hour[0],
            cells.hours.first[hour_place],
        ),
    ]
    return Told(pa.concat_tables(rows), keys.by_name(cells.hidden()))


def _whole(rows: pa.Table, told: Flags, group: Ints, block: Places) -> pa.Table:
    """The rows that are told. Of a block of which not everything measured is kept any more nothing
    measured is told: with what was told before, it would tell of those who were forgotten."""
    rows, which_block = rows.filter(pa.array(told)), (group * 10_000 + block)[told]
    measured = np.asarray(rows["measured"].to_numpy(), np.int64)
    if not measured.any() or (measured == _n(rows)).all():
        return rows
    _, which = np.unique(which_block, return_inverse=True)
    n, known = np.bincount(which, _n(rows)), np.bincount(which, measured)
    lost = pa.array((known < n)[which] if len(which) else np.zeros(0, bool))
    for name in ("total", "histogram", "measured"):
        at = rows.schema.get_field_index(name)
        field = rows.schema.field(name)
        nothing = (
            pa.scalar(0, field.type) if name == "measured" else pa.nulls(len(rows), field.type)
        )
        column = pc.if_else(lost, nothing, rows[name].combine_chunks())
        rows = rows.set_column(at, field, column)
    return rows


def _starts(rows: pa.Table) -> Ints:
    return np.asarray(rows["start"].cast(pa.int64()).to_numpy(), np.int64)


def _n(rows: pa.Table) -> Ints:
    return np.asarray(rows["n"].to_numpy(), np.int64)
