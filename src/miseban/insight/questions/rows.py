"""Rows of roll-ups, added up for the stretches of an answer. What people did comes through the
disclosure gate, here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from miseban.insight.disclosure import DURATIONS_ONLY, GATED, PLAIN, told, told_whole
from miseban.insight.disclosure.keys import coded
from miseban.insight.questions.asked import Asked
from miseban.insight.questions.chosen import Narrowed
from miseban.insight.questions.grid import Grid
from miseban.insight.questions.plain import plain_rows
from miseban.journal.rollups import BIN_EDGES_S

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_NONE = np.zeros(0, np.int64)
_SUMS = ("n", "total", "covered_s", "measured", "top")


@dataclass(frozen=True)
class Sums:
    """Rows of one place and detail (or of several, added up), worked out when they are asked for:
    (N,) each, one a stretch of the grid."""

    rows: Rows
    which: Ints
    at: Ints
    """In which of the N each row is."""
    hidden: NDArray[np.bool_]
    """(N,) of which stretches not all is told."""

    def __add__(self, other: Sums) -> Sums:
        both = np.concatenate([self.which, other.which])
        at = np.concatenate([self.at, other.at])
        return Sums(self.rows, both, at, self.withheld | other.withheld)

    @cached_property
    def withheld(self) -> NDArray[np.bool_]:
        """(N,) where there is something, and all of it is of too few people to be told."""
        return np.asarray(self.hidden & (self.n == 0), bool)

    @property
    def told(self) -> Floats:
        """(N,) how many; not a number where it is withheld."""
        return np.where(self.withheld, np.nan, self.n)

    @cached_property
    def n(self) -> Ints:
        """How many."""
        return self._added("n").astype(np.int64)

    @cached_property
    def total(self) -> Floats:
        """The sum of what was measured."""
        return self._added("total")

    @cached_property
    def top(self) -> Floats:
        """The largest of it."""
        return self.rows.largest("top", self.which, self.at, len(self.hidden))

    @cached_property
    def covered_s(self) -> Floats:
        """The seconds of which anything is known."""
        return self._added("covered_s")

    @cached_property
    def measured(self) -> Ints:
        """Of how many of ``n`` the sum is."""
        return self._added("measured").astype(np.int64)

    @cached_property
    def histogram(self) -> Ints:
        """(N, B) their durations in the bins of the roll-ups."""
        return self.rows.histogram(self.which, self.at, len(self.hidden))

    def _added(self, name: str) -> Floats:
        return self.rows.added(name, self.which, self.at, len(self.hidden))


class Rows:
    """What was found of one or more ``what``: by (what, place, detail)."""

    def __init__(
        self,
        grid: Grid,
        table: pa.Table,
        hidden: Mapping[tuple[str, str, str], NDArray[np.bool_]] | None = None,
    ) -> None:
        """``hidden`` (N,) says of which stretches not all is told."""
        self._hidden = hidden or {}
        self._n, self._bins = grid.n, len(BIN_EDGES_S) + 1
        keys, codes = coded(table)
        order = np.argsort(codes, kind="stable")
        ends = np.cumsum(np.bincount(codes, minlength=len(keys)))
        self._at = dict(zip(keys, np.split(order, ends[:-1]), strict=False))
        self._where = grid.at(np.asarray(table["start"].cast(pa.int64()).to_numpy(), np.int64))
        self._columns = {
            name: np.nan_to_num(
                np.asarray(table[name].cast(pa.float64()).to_numpy(), float), posinf=np.inf
            )
            for name in _SUMS
        }
        self._lists = table["histogram"].combine_chunks()

    @cached_property
    def keys(self) -> list[tuple[str, str, str]]:
        return sorted(self._at)

    def places(self, what: str) -> list[str]:
        """In order, each once."""
        return sorted({place for kind, place, _ in self.keys if kind == what})

    def details(self, what: str, place: str) -> list[str]:
        return sorted({detail for kind, at, detail in self.keys if (kind, at) == (what, place)})

    @property
    def left_out(self) -> bool:
        """Whether anything was."""
        return any(bool(hidden.any()) for hidden in self._hidden.values())

    def of(self, what: str, place: str, detail: str = "") -> Sums:
        """Zeros where there is nothing."""
        return self.each(what, [place], detail)

    def each(self, what: str, places: Sequence[str], detail: str = "") -> Sums:
        """Of P places at once: (P x N,), place by place."""
        keys = [(what, place, detail) for place in places]
        some = [self._at.get(key, _NONE) for key in keys]
        which = np.concatenate([_NONE, *some])
        first = np.arange(0, len(keys) * self._n, self._n)
        at = self._where[which] + np.repeat(first, np.array([len(one) for one in some], np.int64))
        hidden = np.zeros((len(keys), self._n), bool)
        for row, key in zip(hidden, keys, strict=True):
            row[:] = self._hidden.get(key, False)
        return Sums(self, which, at, hidden.ravel())

    def added(self, name: str, which: Ints, at: Ints, n: int) -> Floats:
        """(n,) the sum of a column over the rows ``which``, each ``at`` one of them."""
        return np.asarray(np.bincount(at, self._columns[name][which], n), np.float64)

    def largest(self, name: str, which: Ints, at: Ints, n: int) -> Floats:
        """(n,) the largest of a column over the rows ``which``; 0 where there is none."""
        top = np.zeros(n)
        np.maximum.at(top, at, self._columns[name][which])
        return top

    def histogram(self, which: Ints, at: Ints, n: int) -> Ints:
        """(n, B) the sum of the histograms of the rows ``which``."""
        counts = np.zeros((n, self._bins), np.int64)
        if not len(which) or self._lists.null_count == len(self._lists):
            return counts
        return _add_lists(counts, self._lists.take(pa.array(which)), at)


def histograms_of(rows: pa.Table) -> Ints:
    """(M, B) of M rows."""
    counts = np.zeros((len(rows), len(BIN_EDGES_S) + 1), np.int64)
    lists = rows["histogram"].combine_chunks()
    if not len(rows) or lists.null_count == len(lists):
        return counts
    return _add_lists(counts, lists, np.arange(len(rows)))


def _add_lists(counts: Ints, lists: pa.Array, where: Ints) -> Ints:
    length = np.asarray(pc.fill_null(lists.value_lengths(), 0).to_numpy(), np.int64)
    row = np.repeat(where, length)
    first = np.repeat(np.cumsum(length) - length, length)
    bins = np.arange(len(row)) - first
    np.add.at(counts, (row, bins), lists.flatten().to_numpy())
    return counts


def fetch(
    asked: Asked,
    grid: Grid,
    whats: Collection[str],
    places: Sequence[str] | None = None,
    *,
    histograms: bool = False,
    split: Callable[[pa.Table], Ints] | None = None,
    some: Narrowed | None = None,
) -> Rows:
    """All that may be told of ``whats`` in the time of ``grid``, only at ``places`` if given; with
    ``split`` of as many who did what it counts in rows and as many who did not; with ``some`` of
    what is wanted of ``grid``. What ``disclosure.figures`` does not name is not told. Raises
    ``BadInput``."""
    rows, grid = grid, grid if some is None else some.over
    plain = set(whats) & (PLAIN | DURATIONS_ONLY)
    parts = [plain_rows(asked.reader, grid, plain, places, histograms=histograms)] if plain else []
    hidden: dict[tuple[str, str, str], NDArray[np.bool_]] = {}
    for gated in (GATED, DURATIONS_ONLY):
        kinds = gated & set(whats)
        if kinds:
            # Rows of one stretch are added up anyhow.
            of = told_whole if grid.n == 1 else told
            found = of(
                asked.reader, grid.edges, kinds, asked.k, places, histograms=histograms, split=split
            )
            parts.append(found.rows if gated is GATED else _set(found.rows, "n", 0))
            hidden |= found.hidden if gated is GATED else {}
    table = pa.concat_tables(parts, promote_options="permissive")
    if some is not None:
        starts = np.asarray(table["start"].cast(pa.int64()).to_numpy(), np.int64)
        table = table.filter(pa.array(some.wanted[grid.at(starts)]))
        hidden = {key: some.any(flags) for key, flags in hidden.items()}
    return Rows(rows, table, hidden)


def _set(rows: pa.Table, name: str, value: int) -> pa.Table:
    at = rows.schema.get_field_index(name)
    return rows.set_column(at, name, pa.array([value] * len(rows), pa.int64()))


def left_out(rows: Rows, asked: Asked) -> list[str]:
    """The note for answers in which something is."""
    return [left_out_of(asked.k)] if rows.left_out else []


def left_out_of(k: int) -> str:
    return (
        f"What people did is told of {k} of them or more. Where fewer came together within this "
        "time it is left out, and so is the last part of today."
    )
