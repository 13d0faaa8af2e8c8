"""The events that a day's roll-up is made from: the day's own, and those of the days beside it that
tell of it (what became known of a visit later, a stay that ends after midnight, an alert of the
evening before)."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from miseban.journal.rollups.days import Micros, ShopDay
from miseban.vocabulary.events import EVENT_CLASSES

Objects = NDArray[np.object_]
Which = NDArray[np.bool_] | NDArray[np.int64]

COLUMNS = (
    *("id", "type", "time", "camera", "visit", "line", "direction", "zone", "dwell_s"),
    *("people_max", "person_s", "period_s", "coverage", "length", "waiting_s", "started"),
    *("unit", "areas", "state", "fps", "gap_s", "phase", "since", "role"),
    *("shelf", "facing", "kind", "fill", "till", "currency", "total", "lines"),
    *("alert", "step", "rule"),
)
"""Of ``events_table.SCHEMA``, all that is read here but trails."""


@dataclass(frozen=True)
class Told:
    """Events: columns as arrays."""

    table: pa.Table

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def times(self) -> Micros:
        return self.micros("time")

    def micros(self, name: str) -> Micros:
        """Times of a column that every one of them has, microseconds since 1970."""
        return np.asarray(self.table[name].cast(pa.int64()).to_numpy(), np.int64)

    def texts(self, name: str) -> Objects:
        """(N,) "" where there is none. The same text is the same object: a day has hundreds of
        thousands of rows and some dozens of names."""
        coded = pc.fill_null(self.table[name], "").combine_chunks().dictionary_encode()
        known = np.asarray(coded.dictionary.to_numpy(zero_copy_only=False), object)
        return np.asarray(known[coded.indices.to_numpy()], object)

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Not a number where there is none."""
        return np.asarray(self.table[name].cast(pa.float64()).to_numpy(), np.float64)

    def is_a(self, *types: str) -> NDArray[np.bool_]:
        return np.asarray(pc.is_in(self.table["type"], pa.array(types)).to_numpy(), bool)

    def those(self, which: Which) -> Told:
        """Those at which ``which`` is true, or whose numbers it has."""
        chosen = np.flatnonzero(which) if which.dtype == bool else which
        if len(chosen) == len(self):
            return self
        return Told(self.table.take(pa.array(chosen)))


class Window:
    """``events`` of ``day`` as ``relevant.of_day`` gives them: in order of type, time and id."""

    def __init__(self, day: ShopDay, events: pa.Table) -> None:
        self.day = day
        self._events = events.combine_chunks()
        coded = self._events["type"].combine_chunks().dictionary_encode()
        counts = np.bincount(coded.indices.to_numpy(), minlength=len(coded.dictionary))
        # In order of type: each has its own stretch of rows, in order of appearance.
        ends = np.cumsum(counts).tolist()
        self._rows = dict(
            zip(coded.dictionary.to_pylist(), zip([0, *ends], ends, strict=False), strict=True)
        )

    def told(self, *types: str) -> Told:
        """Events of one type in order of time; of several, type by type."""
        parts = [self._events.slice(a, b - a) for a, b in map(self._stretch, types)]
        return Told(parts[0] if len(parts) == 1 else pa.concat_tables(parts))

    def _stretch(self, type_: str) -> tuple[int, int]:
        found: tuple[int, int] = self._rows.get(type_, (0, 0))
        return found

    @cached_property
    def counted(self) -> bool:
        """Whether anything was counted on the day itself. What is forgotten sooner than counts says
        nothing here, so that forgetting it changes nothing."""
        times = self._counts
        return bool(((times >= self.day.start_us) & (times < self.day.end_us)).any())

    @cached_property
    def known_until(self) -> int:
        """Until when, microseconds, what is told lasts: the end of the day, unless nothing was
        counted after it."""
        newest = int(self._counts.max(initial=self.day.start_us))
        return min(self.day.end_us, newest)

    @cached_property
    def _counts(self) -> Micros:
        """(N,) when anything was counted, around the day."""
        names = [name for name, data in EVENT_CLASSES.items() if data == "count"]
        return self.told(*names).times

    @cached_property
    def staff(self) -> pa.Array:
        """Visits of those who work here, by what was said last (as ``insight.labels``)."""
        told = self.told("visit.ended", "visit.labelled")
        later, role = told.is_a("visit.labelled"), told.texts("role")
        some = later | (role != "")
        told, later, role = told.those(some), later[some], role[some]
        order = np.lexsort((told.texts("id"), told.times, later))[::-1]
        visit = told.table["visit"].combine_chunks().dictionary_encode()
        codes, last = np.unique(visit.indices.to_numpy()[order], return_index=True)
        return visit.dictionary.take(pa.array(codes[role[order][last] == "staff"]))

    def by_staff(self, told: Told) -> NDArray[np.bool_]:
        """(N,) whether each of the events is of a visit of staff."""
        return np.asarray(pc.is_in(told.table["visit"], self.staff).to_numpy(), bool)


def all_of(word: str, like: Sized) -> Objects:
    """(N,) ``word`` for each."""
    return np.full(len(like), word, object)


def numbered(words: Objects) -> tuple[NDArray[np.int64], list[str]]:
    """(N,) the same number for the same of ``words`` (N,), and which word each number is."""
    coded = pa.array(words, pa.string()).dictionary_encode()
    return np.asarray(coded.indices.to_numpy(), np.int64), coded.dictionary.to_pylist()
