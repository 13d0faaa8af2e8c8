"""The best pairs of many are found without a table of all that cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.insight.score import matching
from miseban.insight.score.matching import best_pairs


@given(st.integers(0, 2**32 - 1), st.integers(1, 25), st.integers(1, 25), st.booleans())
def test_few_possible_pairs_give_the_same_worth_as_a_full_table(
    seed: int, rows: int, columns: int, whole: bool
) -> None:
    rng = np.random.default_rng(seed)
    some = np.flatnonzero(rng.random(rows * columns) < rng.uniform(0.05, 0.9))
    row, column = some // columns, some % columns
    worth = rng.integers(1, 10**6, len(some)) if whole else rng.uniform(1e-6, 2.0, len(some))
    table = best_pairs(row, column, worth)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "_LARGEST_TABLE", 0)
        sparse = best_pairs(row, column, worth)
    assert len(set(row[sparse])) == len(set(column[sparse])) == len(sparse)
    assert worth[sparse].sum() == pytest.approx(worth[table].sum(), rel=1e-12)


def test_thousands_who_might_be_anybody_fit_into_memory() -> None:
    """A table of these would take 20 GB."""
    many = 50_000
    first = np.arange(many)
    row, column = np.concatenate([first, first[1:]]), np.concatenate([first, first[:-1]])
    worth = np.concatenate([np.full(many, 2), np.full(many - 1, 3)])
    taken = best_pairs(row, column, worth)
    assert worth[taken].sum() == 3 * (many - 1)
