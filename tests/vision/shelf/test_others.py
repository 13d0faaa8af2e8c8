"""Whether other goods stand there, of patches that are made up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from miseban.space.shelf.weights import OTHER_WEIGHTS
from miseban.vision.shelf.grid import COLUMNS, EDGE_ROWS, ROWS
from miseban.vision.shelf.others import LEAST, OTHERS, others
from miseban.vision.shelf.patches import Patches

Floats = NDArray[np.float32]
NOISE = 0.005


def test_the_weights_are_of_these_numbers() -> None:
    assert tuple(OTHER_WEIGHTS) == OTHERS


def goods(seed: int) -> Floats:
    """(ROWS, 2 * COLUMNS, 3) of one product: upright packages four columns wide, of three bands."""
    rng = np.random.default_rng(seed)
    bands = rng.normal(4.0, 0.4, (3, COLUMNS // 2, 3))
    return np.repeat(np.repeat(bands, ROWS // 3, axis=0), 4, axis=1).astype(np.float32)


def looked(now: Floats, full: Floats, seed: int = 0, counts: float = 1.0) -> Patches:
    rng = np.random.default_rng(seed)
    shown = (now + rng.normal(0, NOISE, now.shape)).astype(np.float32)
    edge = np.full((1, EDGE_ROWS, COLUMNS, 3), 5.0, np.float32)
    seen = np.zeros((1, ROWS, COLUMNS), np.bool_)
    seen[:, :, : round(counts * COLUMNS)] = True
    return Patches(shown[None], full[None], full[None], np.zeros(1, np.bool_), edge, seen)


def numbers(patches: Patches, odds: float = 3.0) -> NDArray[np.float64]:
    there = np.full((1, COLUMNS), odds, np.float32)
    found = others(patches, there, np.full_like(there, 3.0), np.ones(1, np.bool_))
    return np.asarray(found[0], np.float64)


@given(st.integers(0, 10_000), st.integers(0, 3))
def test_its_own_goods_may_stand_a_little_aside(seed: int, slid: int) -> None:
    wall = goods(seed)
    found = numbers(looked(wall[:, slid : slid + COLUMNS], wall[:, :COLUMNS], seed))
    assert (found[1:3] < np.log(0.03)).all()
    assert (found[3:5] < np.log(0.03)).all()


@given(st.integers(0, 10_000))
def test_other_goods_are_far_from_them(seed: int) -> None:
    own, other = goods(seed)[:, :COLUMNS], goods(seed + 1)[:, :COLUMNS]
    near, far = numbers(looked(own, own, seed)), numbers(looked(other, own, seed))
    assert (far[1:5] > near[1:5] + 1.0).all()


@given(st.integers(0, 10_000), st.floats(0.5, 1.0))
def test_light_alone_moves_no_hue(seed: int, light: float) -> None:
    own = goods(seed)[:, :COLUMNS]
    plain = numbers(looked(own, own, seed))
    darker = numbers(looked(own + np.float32(np.log(light)), own, seed))
    assert darker[3:5] == pytest.approx(plain[3:5], abs=1e-3)


def test_nothing_is_said_of_few_goods_hidden_ones_or_an_unclear_look() -> None:
    own = goods(1)[:, :COLUMNS]
    assert np.isfinite(numbers(looked(own, own))).all()
    assert np.isnan(numbers(looked(own, own), odds=-3.0)).all()
    assert np.isnan(numbers(looked(own, own, counts=LEAST - 0.1))).all()
    there = np.full((1, COLUMNS), 3.0, np.float32)
    of_full, of_bare = there, -there
    patches = looked(own, own)
    assert np.isnan(others(patches, there, of_bare, np.ones(1, np.bool_))).all()
    assert np.isnan(others(patches, there, of_full, np.zeros(1, np.bool_))).all()
    assert others(patches, there, of_full, np.ones(1, np.bool_)).shape == (1, len(OTHERS))
