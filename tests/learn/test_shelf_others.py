"""Walls into which other goods come, and what is learned from them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.learn.shelf.exchanging import EXCHANGED, FROM, STANDS, OtherGoods
from miseban.learn.shelf.others import OtherLooks, judged_others, other_looks
from miseban.sim.rows import Row
from miseban.vision.shelf import OTHERS

pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")
COUNT, LENGTH_S = 12, 600.0


@given(st.integers(0, 1000), st.lists(st.lists(st.floats(0, 1), min_size=12, max_size=12)))
def test_a_quarter_of_the_facings_get_other_goods_once_and_keep_them(
    seed: int, fills: list[list[float]]
) -> None:
    goods = OtherGoods([Row(f"r{n}", "s", 0, 0, n, 1.0) for n in range(COUNT)], seed, LENGTH_S)
    names: dict[str, set[str]] = {}
    for step, fill in enumerate(fills):
        time_s = step * LENGTH_S / max(1, len(fills))
        changed = goods.step(time_s, np.array(fill))
        assert changed == [row for row in goods.rows if row in changed]
        for number, row in enumerate(goods.rows):
            names.setdefault(row.id, set()).update({row.goods} - {""})
            assert bool(row.goods) == (goods.since_s[number] <= time_s)
            if goods.since_s[number] == time_s:
                assert fill[number] > STANDS
                assert time_s >= FROM * LENGTH_S
    assert all(len(some) <= 1 for some in names.values())
    assert np.isfinite(goods.since_s).sum() <= EXCHANGED * COUNT


@cache
def played() -> OtherLooks:
    return other_looks(2, 0.15)


def test_the_weights_tell_other_goods_from_its_own() -> None:
    looks = played()
    assert looks.numbers.shape == (len(looks.other), len(OTHERS))
    assert 20 < looks.other.sum() < len(looks.other) / 2
    weights = judged_others([looks])
    assert weights == judged_others([looks])
    odds = looks.numbers @ np.array(list(weights.values()))
    assert (odds[looks.other] > 0).mean() > 0.8
    assert (odds[~looks.other] < 0).mean() > 0.9
