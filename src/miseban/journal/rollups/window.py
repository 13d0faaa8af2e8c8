"""The events that a day's roll-up is made from: the day's own, and those of the days beside it that
tell of it (what became known of a visit later, a stay that ends after midnight, an alert of the
evening before)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from miseban.journal.rollups.days import Micros, ShopDay
from miseban.vocabulary.events import EVENT_CLASSES

Objects = NDArray[np.object_]

COLUMNS = (
    *("id", "type", "time", "camera", "visit", "line", "direction", "zone", "dwell_s"),
    *("people_max", "person_s", "period_s", "coverage", "length", "waiting_s", "started"),
    *("t", "x", "y", "unit", "areas", "state", "fps", "gap_s", "phase", "since", "role"),
    *("shelf", "facing", "kind", "fill", "till", "currency", "total", "alert", "step", "rule"),
)
"""Of ``events_table.SCHEMA``, all that is read here."""


@dataclass(frozen=True)
class Told:
    """Events of some types, in order of time: columns as arrays."""

    table: pa.Table

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def times(self) -> Micros:
        return self.micros("time")

    def micros(self, name: str) -> Micros:
        """Times of a column that every one of them has, microseconds since 1970."""
        return np.asarray(self.table[name].cast(pa.int64()).to_numpy(), np.int64)

    def texts(self, name: str, none: str = "") -> Objects:
        return np.asarray(pc.fill_null(self.table[name], none).to_numpy(), object)

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Not a number where there is none."""
        return np.asarray(self.table[name].cast(pa.float64()).to_numpy(), np.float64)

    def those(self, which: NDArray[np.bool_]) -> Told:
        return Told(self.table.filter(pa.array(which)))


class Window:
    """``events`` (columns ``COLUMNS``, in any order, some of them perhaps twice) around ``day``."""

    def __init__(self, day: ShopDay, events: pa.Table) -> None:
        self.day = day
        self._events = once(events).sort_by([("time", "ascending"), ("id", "ascending")])

    def told(self, *types: str) -> Told:
        kept = pc.is_in(self._events["type"], pa.array(types))
        return Told(self._events.filter(kept))

    @cached_property
    def empty(self) -> bool:
        """Whether nothing at all was told on the day itself."""
        times = Told(self._events.select(["time"])).times
        return not bool(((times >= self.day.start_us) & (times < self.day.end_us)).any())

    @cached_property
    def known_until(self) -> int:
        """Until when, microseconds, what is told lasts: the end of the day, unless nothing was
        counted after it. What is forgotten sooner than counts says nothing here, so that
        forgetting it changes nothing."""
        counts = pa.array([name for name, data in EVENT_CLASSES.items() if data == "count"])
        counted = self._events.filter(pc.is_in(self._events["type"], counts))
        newest = pc.max(counted["time"].cast(pa.int64())).as_py()
        return min(self.day.end_us, self.day.start_us if newest is None else newest)

    @cached_property
    def staff(self) -> pa.Array:
        """Visits of those who work here, by what was said last (as ``insight.labels``)."""
        told = self.told("visit.ended", "visit.labelled")
        later = told.texts("type") == "visit.labelled"
        roles: dict[str, str] = {}
        visits, role = told.texts("visit"), told.texts("role")
        for i in np.lexsort((told.times, later)).tolist():
            if role[i]:
                roles[visits[i]] = role[i]
            elif later[i]:
                roles.pop(visits[i], None)
        return pa.array([v for v, role in roles.items() if role == "staff"], pa.string())

    def by_staff(self, told: Told) -> NDArray[np.bool_]:
        """(N,) whether each of the events is of a visit of staff."""
        return np.asarray(pc.is_in(told.table["visit"], self.staff).to_numpy(), bool)


def once(events: pa.Table) -> pa.Table:
    """Each event once, by its id."""
    ids = events["id"].combine_chunks()
    codes = ids.dictionary_encode().indices.to_numpy()
    _, first = np.unique(codes, return_index=True)
    return events if len(first) == len(events) else events.take(pa.array(np.sort(first)))
