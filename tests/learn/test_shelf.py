"""Walls of goods with truth, and what is learned from them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.learn.shelf.__main__ import learned
from miseban.learn.shelf.columns import Columns
from miseban.learn.shelf.material import Looks, wall
from miseban.learn.shelf.network import trained
from miseban.learn.shelf.shops import drawn_shop
from miseban.sim.stage import Stage
from miseban.vision.shelf import FEATURES
from miseban.vision.shelf.columns import read
from miseban.vision.shelf.patches import INPUTS

pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")


FACINGS = len(drawn_shop(2)[0].shelves[0].facings)


@cache
def columns() -> Columns:
    shop, scenario = drawn_shop(2)
    return Columns(Stage(shop, scenario), shop.shelves[0])


@cache
def played() -> Looks:
    return wall(2, 0.06, np.random.default_rng(1))


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_is_taken_away_stands_before_no_column(one: float, other: float) -> None:
    less, more = (columns().taken([fill] * FACINGS) for fill in sorted((one, other)))
    assert (less <= more + 1e-6).all()
    assert ((more > 0).any(axis=1) == (max(one, other) > 5e-5)).all()


def test_a_full_facing_takes_nearly_all_columns_and_an_empty_one_none() -> None:
    assert columns().taken([1.0] * FACINGS).mean() > 0.85
    assert not columns().taken([0.0] * FACINGS).any()


def test_looks_carry_their_truth() -> None:
    looks = played()
    assert len(looks.fill) == len(looks.taken) == len(looks.patches.now) > 100
    assert np.isfinite(looks.patches.now).all()
    assert np.abs(looks.taken.mean(axis=1) - looks.fill).mean() < 0.1


def test_the_same_looks_make_the_same_weights_and_they_tell_bare_columns() -> None:
    looks = played()
    (model, table), (again, table_again) = learned([looks]), learned([looks])
    assert model.written() == again.written()
    assert table == table_again
    assert tuple(table) == FEATURES
    back = read(model.written())
    odds = back.odds(looks.patches)
    assert np.array_equal(odds, model.odds(looks.patches))
    sure = ((looks.taken > 0.9) | (looks.taken < 0.1)) & looks.patches.seen
    assert ((odds > 0) == (looks.taken > 0.5))[sure].mean() > 0.9


def test_a_network_learns_what_no_line_can_tell() -> None:
    rng = np.random.default_rng(3)
    numbers = rng.normal(size=(120_000, INPUTS)).astype(np.float32)
    far = np.abs(numbers[:, 0]) > 0.7
    model = trained(numbers, far.astype(np.float32), seed=1)
    assert ((model.of(numbers) > 0) == far).mean() > 0.9
