"""One-to-one pairs of true and found things, the best way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LARGEST_TABLE = 1_000_000  # cells; beyond, most are empty and would be memory and time for nothing


def pairs_within(a: Floats, b: Floats, tolerance: float) -> int:
    """The greatest number of pairs of one of ``a`` (N,) and one of ``b`` (M,), each used once, at
    most ``tolerance`` apart. Taking the earliest that fits is best: whoever it is taken from has
    at least as many others to choose from."""
    left, right = np.sort(a).tolist(), np.sort(b).tolist()
    i = j = pairs = 0
    while i < len(left) and j < len(right):
        apart = right[j] - left[i]
        if abs(apart) <= tolerance:
            i, j, pairs = i + 1, j + 1, pairs + 1
        elif apart < 0:
            j += 1
        else:
            i += 1
    return pairs


def best_pairs(row: Ints, column: Ints, worth: NDArray[np.float64] | Ints) -> Ints:
    """Positions (K,) of the possible pairs ``row`` (P,) with ``column`` (P,) that are taken when
    each row and each column is used at most once and the sum of ``worth`` (P,), above 0, is
    greatest. A pair stands there once."""
    if not len(row):
        return np.empty(0, np.int64)
    rows, i = np.unique(row, return_inverse=True)
    columns, j = np.unique(column, return_inverse=True)
    # Things that cannot be paired, not even by way of others, are solved apart from each other.
    nodes = len(rows) + len(columns)
    graph = coo_array((np.ones(len(row)), (i, len(rows) + j)), shape=(nodes, nodes))
    group = connected_components(graph, directed=False)[1][i]
    order = np.argsort(group, kind="stable")
    taken = [np.empty(0, np.int64)]
    for part in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        if len(part) == 1:
            taken.append(part)
            continue
        across, x = np.unique(i[part], return_inverse=True)
        down, y = np.unique(j[part], return_inverse=True)
        if len(across) * len(down) > _LARGEST_TABLE:
            taken.append(part[_sparse(x, y, np.asarray(worth[part], np.float64))])
            continue
        table = np.zeros((len(across), len(down)))
        which = np.full(table.shape, -1)
        table[x, y] = worth[part]
        which[x, y] = part
        chosen = which[linear_sum_assignment(table, maximize=True)]
        taken.append(chosen[chosen >= 0])
    return np.sort(np.concatenate(taken))


def _sparse(x: Ints, y: Ints, worth: Floats) -> Ints:
    """As the table does, for pairs of row ``x`` (P,) and column ``y`` (P,): positions (K,). Every
    row may also take a column of its own that is worth nothing; all is worth one more than it is,
    as the solver knows no nought."""
    rows, columns = int(x.max()) + 1, int(y.max()) + 1
    alone = np.arange(rows)
    i, j = np.concatenate([x, alone]), np.concatenate([y, columns + alone])
    value = np.concatenate([worth + 1.0, np.ones(rows)])
    table = csr_array((value, (i, j)), shape=(rows, columns + rows))
    chosen = np.empty(rows, np.int64)
    row, column = min_weight_full_bipartite_matching(table, maximize=True)
    chosen[row] = column
    return np.flatnonzero(chosen[x] == y)
