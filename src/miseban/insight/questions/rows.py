"""Rows of roll-ups, added up for the stretches of an answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from miseban.insight.questions.grid import Grid
from miseban.journal.reader import JournalReader
from miseban.journal.rollups import BIN_EDGES_S

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_BETWEEN = "\t"
"""No name has one."""
_NONE = np.zeros(0, np.int64)
_SUMS = ("n", "total", "covered_s", "measured", "top")


@dataclass(frozen=True)
class Sums:
    """Rows of one place and detail (or of several, added up), worked out when they are asked for:
    (N,) each, one a stretch of the grid."""

    rows: Rows
    which: Ints

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.rows, np.concatenate([self.which, other.which]))

    @cached_property
    def n(self) -> Ints:
        """How many."""
        return self.rows.added("n", self.which).astype(np.int64)

    @cached_property
    def total(self) -> Floats:
        """The sum of what was measured."""
        return self.rows.added("total", self.which)

    @cached_property
    def top(self) -> Floats:
        """The largest of it."""
        return self.rows.largest("top", self.which)

    @cached_property
    def covered_s(self) -> Floats:
        """The seconds of which anything is known."""
        return self.rows.added("covered_s", self.which)

    @cached_property
    def measured(self) -> Ints:
        """Of how many of ``n`` the sum is."""
        return self.rows.added("measured", self.which).astype(np.int64)

    @cached_property
    def histogram(self) -> Ints:
        """(N, B) their durations in the bins of the roll-ups."""
        return self.rows.histogram(self.which)


class Rows:
    """What was found of one or more ``what``: by (what, place, detail)."""

    def __init__(self, grid: Grid, table: pa.Table) -> None:
        self._n, self._bins = grid.n, len(BIN_EDGES_S) + 1
        names = [table[name] for name in ("what", "place", "detail")]
        coded = pc.binary_join_element_wise(*names, _BETWEEN).combine_chunks().dictionary_encode()
        codes = np.asarray(coded.indices.to_numpy(), np.int64)
        order = np.argsort(codes, kind="stable")
        ends = np.cumsum(np.bincount(codes, minlength=len(coded.dictionary)))
        self._at: dict[tuple[str, str, str], Ints] = {}
        for key, own in zip(coded.dictionary.to_pylist(), np.split(order, ends[:-1]), strict=False):
            what, place, detail = key.split(_BETWEEN)
            self._at[what, place, detail] = own
        self._where = grid.at(np.asarray(table["start"].cast(pa.int64()).to_numpy(), np.int64))
        self._columns = {
            name: np.nan_to_num(np.asarray(table[name].cast(pa.float64()).to_numpy(), float))
            for name in _SUMS
        }
        self._lists = table["histogram"].combine_chunks()

    @property
    def keys(self) -> list[tuple[str, str, str]]:
        return sorted(self._at)

    def places(self, what: str) -> list[str]:
        """In order, each once."""
        return sorted({place for kind, place, _ in self._at if kind == what})

    def details(self, what: str, place: str) -> list[str]:
        return sorted({detail for kind, at, detail in self._at if (kind, at) == (what, place)})

    def has(self, what: str) -> bool:
        return any(kind == what for kind, _, _ in self._at)

    def of(self, what: str, place: str, detail: str = "") -> Sums:
        """Zeros where there is nothing."""
        return Sums(self, self._at.get((what, place, detail), _NONE))

    def added(self, name: str, which: Ints) -> Floats:
        """(N,) the sum of a column over the rows ``which``."""
        sums = np.bincount(self._where[which], self._columns[name][which], self._n)
        return np.asarray(sums, np.float64)

    def largest(self, name: str, which: Ints) -> Floats:
        """(N,) the largest of a column over the rows ``which``; 0 where there is none."""
        top = np.zeros(self._n)
        np.maximum.at(top, self._where[which], self._columns[name][which])
        return top

    def histogram(self, which: Ints) -> Ints:
        """(N, B) the sum of the histograms of the rows ``which``."""
        counts = np.zeros((self._n, self._bins), np.int64)
        if not len(which) or self._lists.null_count == len(self._lists):
            return counts
        lists = self._lists.take(pa.array(which))
        length = np.asarray(pc.fill_null(lists.value_lengths(), 0).to_numpy(), np.int64)
        row = np.repeat(self._where[which], length)
        first = np.repeat(np.cumsum(length) - length, length)
        bins = np.arange(len(row)) - first
        np.add.at(counts, (row, bins), lists.flatten().to_numpy())
        return counts


def fetch(
    reader: JournalReader,
    grid: Grid,
    whats: Collection[str],
    places: Sequence[str] | None = None,
    *,
    histograms: bool = False,
) -> Rows:
    """All rows of ``whats`` in the time of ``grid``, only at ``places`` if given. Raises
    ``BadInput``."""
    kinds = ", ".join(f"'{what}'" for what in sorted(whats))
    there = " AND list_contains($places, place)" if places is not None else ""
    measured = "CASE WHEN total IS NULL THEN 0 ELSE n END"
    if grid.by == "whole" and not histograms:
        columns = (
            "min(start) AS start, what, place, detail, sum(n)::BIGINT AS n, sum(total) AS total, "
            f"max(top) AS top, sum(covered_s) AS covered_s, sum({measured})::BIGINT AS measured, "
            "NULL::UINTEGER[] AS histogram"
        )
        grouped = " GROUP BY what, place, detail"
    else:
        listed = "histogram" if histograms else "NULL::UINTEGER[] AS histogram"
        columns = (
            "start, what, place, detail, n, total, top, covered_s, "
            f"{measured} AS measured, {listed}"
        )
        grouped = ""
    parts = []
    for piece in grid.pieces:
        sql = (
            f"SELECT {columns} FROM {piece.view} WHERE what IN ({kinds}) "  # noqa: S608 - ours
            f"AND start >= $since AND start < $until{there}{grouped}"
        )
        parameters: dict[str, object] = {"since": piece.since, "until": piece.until}
        if places is not None:
            parameters["places"] = list(places)
        parts.append(reader.table(sql, parameters, since=piece.since, until=piece.until))
    return Rows(grid, pa.concat_tables(parts, promote_options="permissive"))
