"""Where what is held out lies about a facing, and whether the same is seen when it is gone."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from miseban.vision.hands.gestures import COLUMNS, NUMBERS, ROWS, Gestures, Image, about

BOX = np.array([4.0, 2.0, 10.0, 20.0])
WHERE = np.arange(60)


def seen(level: float) -> Image:
    return np.full((20, 30, 3), level, np.float32)


def played(levels: list[float]) -> Gestures:
    """A look every 0.2 s; where the level differs from the last, all moves."""
    gestures, last = Gestures(), levels[0]
    for step, level in enumerate(levels):
        moving = np.full((20, 30), level != last)
        gestures.see(0.2 * step, seen(level), moving, {7: BOX}, 18.0)
        last = level
    return gestures


def test_an_arm_that_is_back_leaves_what_was_there_before() -> None:
    levels = [90.0, 90.0, 200.0, 200.0, 200.0]
    gestures = played(levels)
    former = gestures.before(0.4, WHERE)
    assert not gestures.back(former, WHERE).any()
    assert played([*levels, 95.0]).back(former, WHERE).all()
    assert not played([*levels, 140.0]).back(former, WHERE).any()


def test_what_it_remembers_of_pictures_cannot_be_written() -> None:
    gestures = played([90.0, 200.0])
    for kept in (gestures, gestures.before(0.2, WHERE)):
        with pytest.raises(TypeError, match="sealed"):
            pickle.dumps(kept)
        assert "90" not in repr(kept)


def test_a_body_moves_when_its_arm_goes_out_and_comes_back() -> None:
    before, then, during, now = played([9.0, 9.0, 50.0, 50.0, 50.0, 9.0]).moved(7, 0.4)
    assert before == during == 0.0
    assert then == now > 0.3
    assert played([9.0, 50.0]).moved(None, 0.2) == (0.0, 0.0, 0.0, 0.0)
    assert played([9.0, 50.0]).moved(8, 0.2) == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("side", [-1, 1])
def test_where_it_lies_is_told_from_the_bodys_side(side: int) -> None:
    """A hand between the body and the middle of the facing, whichever side that is."""
    xs, ys = 100 - side * np.array([20, 21, 20, 21]), np.array([50, 50, 51, 51])
    back = np.array([True, False, True, False])
    numbers = np.array(about(xs, ys, back, (100.0, 50.0), (40.0, 10.0), 100.0 - side * 30.0))
    assert len(numbers) == NUMBERS
    held, same = numbers.reshape(2, ROWS, COLUMNS)
    assert np.argwhere(held).tolist() == np.argwhere(same).tolist() == [[2, 2]]
    assert held.sum() == pytest.approx(2 * same.sum())
