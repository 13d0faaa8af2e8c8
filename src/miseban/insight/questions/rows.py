"""Rows of roll-ups, added up for the stretches of an answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

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
    """(N,) each, one a stretch of the grid: how many, the sum and the largest of what was measured,
    the seconds known; ``measured`` is how many of ``n`` the sum is of, ``histogram`` (N, B) their
    durations in the bins of the roll-ups."""

    n: Ints
    total: Floats
    top: Floats
    covered_s: Floats
    measured: Ints
    histogram: Ints

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.n + other.n,
            self.total + other.total,
            np.maximum(self.top, other.top),
            self.covered_s + other.covered_s,
            self.measured + other.measured,
            self.histogram + other.histogram,
        )


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
        which = self._at.get((what, place, detail), _NONE)
        where = self._where[which]

        def added(values: Floats) -> Floats:
            return np.asarray(np.bincount(where, values[which], self._n), np.float64)

        top = np.zeros(self._n)
        np.maximum.at(top, where, self._columns["top"][which])
        return Sums(
            added(self._columns["n"]).astype(np.int64),
            added(self._columns["total"]),
            top,
            added(self._columns["covered_s"]),
            added(self._columns["measured"]).astype(np.int64),
            self._histogram(which, where),
        )

    def _histogram(self, which: Ints, where: Ints) -> Ints:
        counts = np.zeros((self._n, self._bins), np.int64)
        if not len(which) or self._lists.null_count == len(self._lists):
            return counts
        lists = self._lists.take(pa.array(which))
        length = np.asarray(pc.fill_null(lists.value_lengths(), 0).to_numpy(), np.int64)
        row = np.repeat(where, length)
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
