"""Facts: what a roll-up adds up. One is a moment, or a span of time that is cut at the edges of
minutes, hours and days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from miseban.journal.rollups.days import Micros, ShopDay
from miseban.journal.rollups.rows import HISTOGRAMS, ROW, SORTED_BY, Level, bins_of

Floats = NDArray[np.float64]
Strings = Sequence[str] | NDArray[np.object_]
_KEYS = ["start", "what", "place", "detail"]


@dataclass(frozen=True, slots=True)
class Moments:
    """N things of one ``what`` that happened at ``times`` (N,), microseconds; ``value`` (N,) is
    what was measured, none where nothing is; ``covered_s`` (N,) what each tells about. Each counts
    as ``n`` (N,), or as 1. A histogram of the values is made where ``what`` has one."""

    what: str
    times: Micros
    place: Strings
    detail: Strings
    value: Floats | None = None
    n: NDArray[np.int64] | None = None
    top: Floats | None = None
    covered_s: Floats | None = None

    def at(self, day: ShopDay, level: Level) -> pa.Table:
        edges = day.edges(level)
        inside = (self.times >= edges[0]) & (self.times < edges[-1])
        start = edges[np.searchsorted(edges, self.times[inside], side="right") - 1]
        count = np.ones(len(start), np.int64) if self.n is None else self.n[inside]
        return _facts(
            self.what,
            start,
            _picked(self.place, inside),
            _picked(self.detail, inside),
            count,
            _of(self.value, inside),
            _of(self.value if self.top is None else self.top, inside),
            _of(self.covered_s, inside),
        )


@dataclass(frozen=True, slots=True)
class Spans:
    """N spans of one ``what`` from ``since`` to ``until`` (N,), microseconds. Its ``total`` is the
    seconds times ``rate`` (N,); all its seconds are covered where ``covers``. Where it ``counts``,
    each is one in every stretch that it lies in."""

    what: str
    since: Micros
    until: Micros
    place: Strings
    detail: Strings
    rate: Floats
    top: Floats | None = None
    covers: bool = True
    counts: bool = False

    def at(self, day: ShopDay, level: Level) -> pa.Table:
        edges = day.edges(level)
        which, start, seconds = cut(self.since, self.until, edges)
        top = None if self.top is None else self.top[which]
        return _facts(
            self.what,
            start,
            _picked(self.place, which),
            _picked(self.detail, which),
            np.full(len(which), int(self.counts), np.int64),
            seconds * self.rate[which],
            top,
            seconds if self.covers else None,
        )


def cut(since: Micros, until: Micros, edges: Micros) -> tuple[NDArray[np.int64], Micros, Floats]:
    """Spans (N,) cut at ``edges``: of each piece which span it is of, at which edge the stretch
    that it lies in begins, and its seconds. What lies before the first and after the last edge is
    left out."""
    a = np.clip(since, edges[0], edges[-1])
    b = np.clip(until, edges[0], edges[-1])
    long = np.flatnonzero(b > a)
    first = np.searchsorted(edges, a[long], side="right") - 1
    pieces = np.searchsorted(edges, b[long], side="left") - first
    which = np.repeat(long, pieces)
    before = np.repeat(np.cumsum(pieces) - pieces, pieces)
    at = np.repeat(first, pieces) + np.arange(len(which)) - before
    from_, to = np.maximum(a[which], edges[at]), np.minimum(b[which], edges[at + 1])
    return which, edges[at], (to - from_) / 1e6


def added_up(day: ShopDay, level: Level, parts: Sequence[Moments | Spans]) -> pa.Table:
    """The rows (``ROW``) of ``day`` at that level, sorted."""
    facts = pa.concat_tables([part.at(day, level) for part in parts])
    sums = facts.group_by(_KEYS, use_threads=False).aggregate(
        [("n", "sum"), ("value", "sum"), ("top", "max"), ("covered_s", "sum")]
    )
    columns = {
        "start": sums["start"].cast(pa.timestamp("us", tz="UTC")),
        "day": pa.array([day.date] * len(sums), pa.date32()),
        "what": sums["what"],
        "place": sums["place"],
        "detail": sums["detail"],
        "n": sums["n_sum"],
        "total": sums["value_sum"],
        "top": sums["top_max"],
        "covered_s": pc.fill_null(sums["covered_s_sum"], 0.0),
        "histogram": pa.nulls(len(sums), ROW.field("histogram").type),
    }
    if level != "minute":
        timed = facts.filter(pc.is_in(facts["what"], pa.array(sorted(HISTOGRAMS))))
        timed = timed.filter(pc.is_valid(timed["value"]))
        columns["histogram"] = _histograms(sums, timed)
    return pa.table(columns, schema=ROW).sort_by([(name, "ascending") for name in SORTED_BY])


def _histograms(sums: pa.Table, timed: pa.Table) -> pa.Array:
    """One list a row of ``sums``, as long as its last bin; null where ``timed`` has nothing."""
    if not len(timed):
        return pa.nulls(len(sums), ROW.field("histogram").type)
    keys = [f"{name}" for name in _KEYS]
    rows = sums.select(keys).append_column("row", pa.array(np.arange(len(sums)), pa.int64()))
    found = timed.select([*keys, "value"]).join(rows, keys, use_threads=False)
    row = found["row"].to_numpy()
    bins = bins_of(found["value"].to_numpy())
    order = np.lexsort((bins, row))
    row, bins = row[order], bins[order]
    pairs, counts = np.unique(np.stack([row, bins]), axis=1, return_counts=True)
    last = np.zeros(len(sums), np.int64)
    np.maximum.at(last, pairs[0], pairs[1] + 1)
    offsets = np.concatenate([[0], np.cumsum(last)])
    values = np.zeros(offsets[-1], np.uint32)
    values[offsets[pairs[0]] + pairs[1]] = counts
    lists = pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32(), mask=np.append(last == 0, False)), pa.array(values)
    )
    return lists.cast(ROW.field("histogram").type)


def _facts(
    what: str,
    start: Micros,
    place: Strings,
    detail: Strings,
    n: NDArray[np.int64],
    value: Floats | None,
    top: Floats | None,
    covered_s: Floats | None,
) -> pa.Table:
    rows = len(start)

    def optional(values: Floats | None) -> pa.Array:
        return (
            pa.nulls(rows, pa.float64())
            if values is None
            else pa.array(values, pa.float64(), from_pandas=True)
        )

    return pa.table(
        {
            "start": pa.array(start, pa.int64()),
            "what": pa.array([what] * rows, pa.string()),
            "place": pa.array(place, pa.string()),
            "detail": pa.array(detail, pa.string()),
            "n": pa.array(n, pa.int64()),
            "value": optional(value),
            "top": optional(top),
            "covered_s": optional(covered_s),
        }
    )


def _picked(names: Strings, which: NDArray[np.bool_] | NDArray[np.int64]) -> NDArray[np.object_]:
    return np.asarray(names, object)[which]


def _of(values: Floats | None, which: NDArray[np.bool_]) -> Floats | None:
    return None if values is None else values[which]
