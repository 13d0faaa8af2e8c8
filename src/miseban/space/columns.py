"""A table of numbers whose rows come and go, for what is known of many at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Columns:
    """``columns[name]`` is (R,) the numbers of all rows under that name, to be read and written;
    ``used`` (R,) says which rows are taken. Rows keep their number; R grows as needed."""

    def __init__(self, names: Sequence[str], rows: int = 64) -> None:
        self._index = {name: i for i, name in enumerate(names)}
        self._values = np.zeros((len(names), rows))
        self.used = np.zeros(rows, bool)
        self._free = list(range(rows))[::-1]

    def __getitem__(self, name: str) -> Floats:
        column: Floats = self._values[self._index[name]]
        return column

    def begin(self, **told: float) -> int:
        """A new row: what is not ``told`` is 0."""
        if not self._free:
            rows = len(self.used)
            self._values = np.concatenate([self._values, np.zeros_like(self._values)], axis=1)
            self.used = np.concatenate([self.used, np.zeros_like(self.used)])
            self._free = list(range(rows, 2 * rows))[::-1]
        row = self._free.pop()
        self.used[row] = True
        self._values[:, row] = 0.0
        for name, value in told.items():
            self[name][row] = value
        return row

    def end(self, row: int) -> None:
        self.used[row] = False
        self._free.append(row)
