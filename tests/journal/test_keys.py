"""Sets of keys: what was added is there, in whatever order, and room is given back."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from miseban.journal.keys import KeySet, keys_of

_KEYS = st.lists(st.integers(-(2**63), 2**63 - 1), unique=True, max_size=60)


_TURNS = st.lists(st.tuples(_KEYS, st.sampled_from(["stay", "drop", "fit"])), max_size=12)


@given(_TURNS, _KEYS, st.sampled_from([1, 4, 64]), st.randoms(use_true_random=False))
def test_it_is_a_set(
    turns: list[tuple[list[int], str]], asked: list[int], step: int, chance: Random
) -> None:
    keys, expected = KeySet(step), set[int]()
    for some, then in turns:
        new = [key for key in some if key not in expected]
        keys.add(np.array(new, np.int64))
        expected |= set(new)
        if then == "drop":
            gone = chance.sample(sorted(expected), len(expected) // 2)
            keys.drop(np.array(gone, np.int64))
            expected -= set(gone)
        elif then == "fit":
            keys.fit()
            assert keys.room == len(keys)
        assert set(keys.all.tolist()) == expected
        assert len(keys) == len(expected) <= keys.room
        of_all = np.array([*asked, *sorted(expected)], np.int64)
        assert keys.among(of_all).tolist() == [key in expected for key in of_all.tolist()]


def test_a_hundred_thousand_one_by_one_are_in_few_runs_and_little_memory() -> None:
    keys = KeySet()
    names = [f"id-{number}" for number in range(100_000)]
    for name in names:
        keys.add(keys_of([name]))
    assert len(keys) == 100_000
    assert keys.among(keys_of(names)).all()
    assert not keys.among(keys_of(["another"])).any()
    assert len(keys._ends) <= 18, "each run is more than twice as long as the next"
    assert keys.room <= 104_000, "8 bytes a key"
