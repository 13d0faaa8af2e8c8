"""Boxes of who lies, beside those of who stands, sits and squats."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.space.help.bodies import Body
from miseban.space.help.postures import MOST, lying_odds
from miseban.space.help.stood import Look

ADULT = (14.0, 5.0, 0.5, 0.5)
"""How ill the box of an adult who lies fits each of the statures,"""
CHILD = (0.5, 4.0, 12.0, 20.0)
"""that of a child,"""
NOBODY = (70.0, 60.0, 50.0, 30.0)
"""and that of somebody upright."""
HERE = (5.0, 5.0)


def body(
    tall: float,
    flat: tuple[float, ...] = ADULT,
    steep: float = 0.4,
    foot: tuple[float, float] = HERE,
    middle: tuple[float, float] | None = HERE,
) -> Body:
    return Body(
        camera="c", track=1, xy=foot, tall=tall, broad=1.0, aspect=1.0, box_px=90.0, rows=5,
        steep=steep, whole=True, foot=(0.0, 0.0), flat=flat, middle=middle,
    )  # fmt: skip


def test_who_lies_across_looks_low_and_broad() -> None:
    assert lying_odds(body(0.6), 2.5, 1.65) == MOST
    assert lying_odds(body(0.6), 2.5) == MOST
    assert lying_odds(body(1.65, NOBODY), 1.0, 1.65) == -MOST


def test_who_lies_along_the_line_of_sight_has_the_foot_elsewhere_than_who_squats() -> None:
    """Both look as tall, and as broad."""
    before = (5.0, 5.0)
    lies = body(1.1, foot=(5.0, 5.8), middle=(5.0, 5.1))
    squats = body(1.1, foot=(5.0, 5.1), middle=(5.0, 4.4))
    assert lying_odds(lies, 0.9, 1.65, before) > 1.5
    assert lying_odds(squats, 0.9, 1.65, before) < -0.5
    assert lying_odds(lies, 0.9, 1.65) < 0.0  # who has walked there may squat there
    assert lying_odds(lies, 0.9, 1.65, (9.0, 9.0)) == lying_odds(lies, 0.9, 1.65)


def test_a_child_who_lies_is_told_by_its_own_stature() -> None:
    assert lying_odds(body(0.45, CHILD), 1.8, 1.08) > 2.0
    assert lying_odds(body(0.45, CHILD), 1.8) > 1.0
    assert lying_odds(body(1.08, (15.0, 20.0, 25.0, 30.0)), 1.0, 1.08) == -MOST


def test_the_fusion_may_err_about_who_it_is() -> None:
    """Who fits an adult lies, though held for a child, if nothing else fits."""
    assert lying_odds(body(0.4), 3.5, 1.1) > 1.0


def test_from_above_who_looks_narrow_lies_unless_people_upright_look_so_from_there() -> None:
    assert lying_odds(body(1.65, steep=0.65), 0.44, 1.7) > 1.5
    assert lying_odds(body(1.65, steep=0.65), 0.44, 1.2) < 0.5  # who sits
    assert lying_odds(body(1.65, steep=0.8), 0.44, 1.7) < 0.5
    assert lying_odds(body(0.7, steep=0.8), 2.8, 1.7) == MOST


def test_towards_a_corner_of_the_picture_who_sits_looks_tall_and_narrow() -> None:
    """There the lens draws people upright broader than high."""
    parked = replace(body(1.6, (20.0, 9.0, 2.5, 0.3), steep=0.5), broad=0.57, aspect=2.3)
    assert lying_odds(parked, 0.57, 1.2, HERE) < 0.0
    assert lying_odds(parked, 0.57, 1.7, HERE) > 1.5  # nobody who stands looks as narrow
    assert lying_odds(replace(parked, aspect=0.5), 0.57, 1.2, HERE) > 1.0  # nor who sits elsewhere
    lies = replace(body(0.5, (12.0, 4.0, 0.5, 0.5), steep=0.5), broad=2.5, aspect=6.0)
    assert lying_odds(lies, 2.5, 1.2, HERE) > 1.5


def test_from_above_it_is_known_how_who_stood_there_looks_upright() -> None:
    child, foot = (2.0, 0.4, 3.0, 6.0), (5.0, 5.4)
    lies = replace(body(1.85, child, steep=0.62, foot=foot), broad=0.3)
    assert lying_odds(lies, 0.3, 1.3, HERE) < 0.5
    assert lying_odds(lies, 0.3, 1.3, HERE, Look(1.27, 1.0, 0.58)) > 0.5
    for elsewhere in (Look(1.27, 1.0, 0.4), Look(1.8, 0.35, 0.58), Look(1.8, math.nan, 0.58)):
        assert lying_odds(lies, 0.3, 1.3, HERE, elsewhere) < 0.5
    hidden = body(1.1, child, steep=0.62)
    assert lying_odds(hidden, 1.0, 1.3, HERE, Look(1.27, 1.0, 0.58)) == (
        lying_odds(hidden, 1.0, 1.3, HERE)
    )


def test_who_is_cut_off_below_lies_if_too_narrow_for_anything_else() -> None:
    """Before the feet of a camera: how tall such a box looks means nothing."""
    cut = replace(body(1.55, CHILD), whole=False)
    assert lying_odds(cut, 0.2, 1.45, HERE, below=True) == MOST
    assert lying_odds(cut, 0.9, 1.45, HERE, below=True) == 0.0  # nor is anybody upright by it
    assert lying_odds(cut, None, 1.45, HERE, below=True) == 0.0
    assert lying_odds(cut, 0.2, 1.45, HERE) == 0.0  # the side of the picture makes narrow
    nobody = replace(cut, flat=NOBODY)
    assert lying_odds(nobody, 0.2, 1.45, HERE, below=True) == 0.0
    steep = replace(cut, steep=0.8)
    assert lying_odds(steep, 0.2, 1.45, HERE, below=True) == 0.0


@pytest.mark.parametrize("tall", [1.15, 1.25, 1.4])
def test_who_sits_in_a_wheelchair_does_not_lie(tall: float) -> None:
    assert lying_odds(body(tall), 1.9, tall) < 0.0
    assert lying_odds(body(tall), 1.9) < 0.0


def test_what_is_not_known_says_nothing() -> None:
    assert lying_odds(body(0.6), math.nan, 1.65) == lying_odds(body(0.6), None, 1.65)
    assert lying_odds(body(math.nan), 1.0, 1.65) == 0.0
    assert lying_odds(body(0.6, (math.nan,) * 4), 1.0, 1.65) == 0.0
    assert lying_odds(body(0.6, (), middle=None), 1.0, 1.65) == 0.0
    assert lying_odds(replace(body(0.6), whole=False), 1.0, 1.65) == 0.0


@given(
    st.floats(0.1, 3.0), st.floats(0.05, 5.0), st.none() | st.floats(0.9, 2.0),
    st.floats(0.0, 1.0), st.floats(0.0, 50.0), st.floats(0.0, 50.0),
)  # fmt: skip
def test_the_worse_a_box_fits_the_less_likely_somebody_lies(
    tall: float, broad: float, own_m: float | None, steep: float, off: float, more: float
) -> None:
    better = lying_odds(body(tall, (off,) * 4, steep), broad, own_m)
    worse = lying_odds(body(tall, (off + more,) * 4, steep), broad, own_m)
    assert -MOST <= worse <= better <= MOST
