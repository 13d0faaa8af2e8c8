"""The floor's cells as the roll-ups have them, laid out by cell and time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from miseban.journal.reading import Reader
from miseban.journal.rollups.rows import VISITS

Ints = NDArray[np.int64]
_SQL: Final = (
    "SELECT start, place, detail, n, histogram FROM {} WHERE what = 'heat' AND n >= $least "
    "AND start >= $since AND start < $until"
)


@dataclass(frozen=True)
class Grids:
    """``values`` (2, bands, times, columns): person-seconds, and visits."""

    values: NDArray[np.uint32]

    @property
    def some(self) -> NDArray[np.bool_]:
        """(bands, columns) where there was any visit: most of a floor are shelves and walls."""
        return np.asarray(self.values[1].any(axis=1), bool)

    def of(self, cells: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """(K, times) each: seconds and visits of the K ``cells`` (bands, columns)."""
        seconds, visits = (one.transpose(0, 2, 1)[cells].astype(np.int64) for one in self.values)
        return seconds, visits


def read_heat(
    reader: Reader, view: str, span: tuple[datetime, datetime], least: int
) -> tuple[pa.Table, pa.Table]:
    """Rows of heat of whole bands in which there were so many visits, and those of bands in which
    there were fewer or of which it is not kept any more where. Raises ``BadInput``."""
    since, until = span
    parameters = {"since": since, "until": until, "least": 1}
    rows = reader.table(_SQL.format(view), parameters, since=since, until=until).combine_chunks()
    kept = pc.and_(pc.greater_equal(rows["n"], least), pc.is_valid(rows["histogram"]))
    return rows.filter(kept), rows.filter(pc.invert(kept))


def starts(table: pa.Table) -> Ints:
    """(M,) microseconds since 1970."""
    return np.asarray(table["start"].cast(pa.int64()).to_numpy(), np.int64)


def size(tables: list[pa.Table]) -> tuple[int, int]:
    """Bands and columns of the floor, as far as anybody was."""
    bands, columns = 0, 0
    for table in tables:
        if len(table):
            bands = max(bands, int(bands_of(table).max()) + 1)
            columns = max(columns, int(_lengths(table).max()))
    return bands, columns


def laid(table: pa.Table, when: Ints, times: int, floor: tuple[int, int]) -> Grids:
    """``when`` (M,) says of which of so many ``times`` each row is; no two rows are of the same
    band and time."""
    bands, columns = floor
    values = np.zeros((2, bands, times, columns), np.uint32)
    if len(table):
        rows = np.zeros((len(table), columns), np.uint32)
        rows[np.arange(columns) < _lengths(table)[:, None]] = _values(table)
        counts = pc.equal(table["detail"], VISITS).to_numpy(zero_copy_only=False)
        values[counts.astype(np.int64), bands_of(table), when] = rows
    return Grids(values)


def _values(table: pa.Table) -> NDArray[np.uint32]:
    return np.asarray(table["histogram"].combine_chunks().flatten().to_numpy(), np.uint32)


def _lengths(table: pa.Table) -> Ints:
    return np.asarray(table["histogram"].combine_chunks().value_lengths().to_numpy(), np.int64)


def bands_of(table: pa.Table) -> Ints:
    """(M,)."""
    return np.asarray(table["place"].cast(pa.int64()).to_numpy(), np.int64)
