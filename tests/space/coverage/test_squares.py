"""Which squares of a floor lie within an outline."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.space.coverage import squares
from miseban.space.coverage.heeding import go_on
from miseban.space.polygons import Polygons

AT = st.integers(-8, 48).map(lambda n: n / 4) | st.floats(-2, 12)
OUTLINES = st.lists(st.tuples(AT, AT), min_size=3, max_size=7)


@given(OUTLINES, st.sampled_from([0.25, 0.5, 1.3]), st.sampled_from([1, 40, 1_000_000]))
def test_they_are_those_of_all_squares_asked(
    outline: list[tuple[float, float]], step_m: float, at_once: int
) -> None:
    x, y = ((np.arange(count) + 0.5) * step_m for count in (16, 12))
    found = np.zeros((12, 16), bool)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(squares, "_AT_ONCE", at_once)
        where, inside = squares.squares_within(outline, x, y, go_on)
    found[where] = inside
    middles = np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)
    assert (found.ravel() == Polygons([outline]).inside(middles)[:, 0]).all()
