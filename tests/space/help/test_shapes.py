"""Who sits and who leans, by how tall they look while they come and go."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.space.help.bodies import Body
from miseban.space.help.shapes import LEANS_M, SITS_M, Eyes, Shape, sits_odds

BROAD = 1.2
UP_M = 3.0
Pair = tuple[float, float]


def looks(high_m: float, off_m: float, away: float, far_m: float = 5.0) -> float:
    """How tall somebody looks, at ``far_m`` from the camera, whose head is ``off_m`` ahead of the
    feet and ``high_m`` above the floor; ``away`` is 1 for who goes away, -1 for who comes."""
    return UP_M - (UP_M - high_m) * far_m / (far_m + off_m * away)


def shape(high_m: float, off_m: float, away: float) -> Shape:
    tall = looks(high_m, off_m, away)
    seen = Body("c", 1, (15.0, 5.0), tall, 2.0, 0.5, 200.0, 5, 0.3, True, (0.0, 0.0))
    heads = Eyes({"c": (10.0, 5.0, UP_M)}).heads([seen], (0.5 * away, 0.0))
    assert heads is not None
    return Shape(0.0, (15.0, 5.0), tall, 1.5, True, *heads)


@pytest.mark.parametrize("away", [-1.0, 1.0])
def test_how_tall_somebody_is_is_the_same_from_before_and_behind(away: float) -> None:
    assert shape(1.3, SITS_M, away).high(seated=True) == pytest.approx(1.3)
    assert shape(1.5, LEANS_M, away).high(seated=False) == pytest.approx(1.5)
    assert abs(shape(1.3, SITS_M, away).tall - 1.3) > 0.04


def test_a_tall_man_in_a_wheelchair_and_a_short_woman_with_a_frame() -> None:
    """Both look 1.4 m tall from one side."""
    sits = [shape(1.36, SITS_M, away) for away in (-1.0, 1.0) for _ in range(4)]
    leans = [shape(1.39, LEANS_M, away) for away in (-1.0, 1.0) for _ in range(4)]
    assert sits_odds(sits, BROAD) > 1.0
    assert sits_odds(leans, BROAD) < -1.0


def test_who_was_taken_for_him_or_her_does_not_tell() -> None:
    sits = [shape(1.25, SITS_M, away) for away in (-1.0, 1.0) for _ in range(4)]
    others = [Shape(0.0, (15.0, 5.0), 1.6, 1.0)] * 20
    assert sits_odds([*others, *sits], BROAD) == sits_odds(sits, BROAD)


def test_a_camera_of_which_nothing_is_known_says_nothing() -> None:
    seen = Body("d", 1, (15.0, 5.0), 1.3, 2.0, 0.5, 200.0, 5, 0.3, True, (0.0, 0.0))
    assert Eyes({"c": (10.0, 5.0, UP_M)}).heads([seen], (1.0, 0.0)) is None
    assert Eyes({"d": (10.0, 5.0, UP_M)}).heads([seen], (0.0, 0.0)) is None


@given(st.lists(st.floats(0.4, 2.2), min_size=1, max_size=8))
def test_however_tall_somebody_looks_from_second_to_second_there_are_odds(
    talls: list[float],
) -> None:
    """Of two as unlike as 1.2 and 1.5 m neither is near what lies between them."""
    shapes = [Shape(float(at), (5.0, 5.0), tall, 1.5) for at, tall in enumerate(talls)]
    assert math.isfinite(sits_odds(shapes, BROAD))
