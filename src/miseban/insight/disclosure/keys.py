"""What rows are of, as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Key = tuple[str, str, str]
"""What, place, detail."""
_BETWEEN = "\t"
"""No name has one."""


@dataclass(frozen=True)
class Keys:
    """``names`` (K,); ``first`` and ``second`` say of which one each row of two tables is."""

    names: list[Key]
    first: NDArray[np.int64]
    second: NDArray[np.int64]

    @classmethod
    def of(cls, one: pa.Table, other: pa.Table) -> Keys:
        keys, codes = coded(one, other)
        return cls(keys, codes[: len(one)], codes[len(one) :])

    def by_name(self, flags: NDArray[np.bool_]) -> dict[Key, NDArray[np.bool_]]:
        """Rows of ``flags`` (K, N) by key."""
        return dict(zip(self.names, flags, strict=True))


def coded(*tables: pa.Table) -> tuple[list[Key], NDArray[np.int64]]:
    """The keys (K,) of all rows (N,) of ``tables``, and which one each row is of."""
    names = [
        pa.chunked_array([chunk for one in tables for chunk in one[name].chunks], pa.string())
        for name in ("what", "place", "detail")
    ]
    joined = pc.binary_join_element_wise(*names, _BETWEEN).combine_chunks().dictionary_encode()
    found = [tuple(text.split(_BETWEEN)) for text in joined.dictionary.to_pylist()]
    keys: list[Key] = [(what, place, detail) for what, place, detail in found]
    return keys, np.asarray(joined.indices.to_numpy(), np.int64)
