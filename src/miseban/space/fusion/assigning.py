"""Which sight is of whom: each visit once per camera, each sight of one visit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def assign(row: Ints, column: Ints, cost: Floats, group: Ints) -> Ints:
    """The pairs (positions, ascending) that are chosen out of P possible ones.

    ``row`` (P,) is the sight, ``column`` (P,) the visit, ``cost`` (P,) below 0 where the pair is
    better than leaving both alone, ``group`` (P,) the sight's camera. Within a group each row and
    each column is taken once at most, and the sum of the costs is the least.
    """
    good = np.flatnonzero(cost < 0)
    if not len(good):
        return good
    row, column, cost, group = row[good], column[good], cost[good], group[good]
    place = group * (int(column.max()) + 1) + column
    _, row = np.unique(row, return_inverse=True)
    _, place = np.unique(place, return_inverse=True)
    alone = (np.bincount(row)[row] == 1) & (np.bincount(place)[place] == 1)
    chosen = [good[alone]]
    rest = np.flatnonzero(~alone)
    for one in np.unique(group[rest]).tolist():
        part = rest[group[rest] == one]
        r, i = np.unique(row[part], return_inverse=True)
        c, j = np.unique(place[part], return_inverse=True)
        table = np.zeros((len(r), len(c)))
        which = np.full(table.shape, -1)
        table[i, j], which[i, j] = cost[part], good[part]
        found = which[linear_sum_assignment(table)]
        chosen.append(found[found >= 0])
    return np.sort(np.concatenate(chosen))
