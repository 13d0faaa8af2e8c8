"""How near a torso is to a colour: in any light, of any colour, and never of what is not seen."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.vision.gain import Gain
from miseban.vision.pixels import Frame
from miseban.vision.uniform.torso import Uniform

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RGB = tuple[int, int, int]
TEAL, NAVY, RED, GREY, BLACK, WHITE = (
    (31, 111, 92), (31, 42, 77), (179, 32, 44), (128, 130, 133), (32, 32, 34), (240, 239, 232),
)  # fmt: skip
BOX = np.array([40.0, 20.0, 90.0, 180.0])
SHADED = 0.7
"""What folds and shadows leave of a cloth's colour, on average."""


def frame_of(shirt: RGB, light: float = 1.0, tint: RGB = (255, 255, 255), seed: int = 1) -> Frame:
    """Somebody in one colour in a shop of many; ``tint`` is the colour of the light."""
    rng = np.random.default_rng(seed)
    shelves = rng.uniform(40, 220, (20, 13, 3))
    picture = np.kron(shelves, np.ones((10, 10, 1)))
    folds = rng.normal(SHADED, 0.07, (40, 25, 1))
    picture[52:92, 52:77] = np.array(shirt, float)[::-1] * folds
    picture = picture * light * np.array(tint, float)[::-1] / 255.0 + rng.normal(
        0, 3, (200, 130, 3)
    )
    return Frame(np.clip(picture, 0, 255).astype(np.uint8), 1, 0.0, NOON)


def share(shirt: RGB, uniform: RGB, **light: object) -> float:
    frame = frame_of(shirt, **light)  # type: ignore[arg-type]
    found = Uniform([uniform]).share(frame, BOX, Gain().look(frame))
    assert found is not None
    return found


@pytest.mark.parametrize("uniform", [TEAL, NAVY, RED, GREY, BLACK, WHITE])
def test_a_shirt_is_near_its_own_colour_and_no_other(uniform: RGB) -> None:
    assert share(uniform, uniform) > 0.6
    for other in (TEAL, NAVY, RED, GREY, BLACK, WHITE):
        if other != uniform:
            assert share(other, uniform) < 0.4, other


@pytest.mark.parametrize("light", [0.55, 0.75, 1.15])
@pytest.mark.parametrize("tint", [(255, 255, 255), (255, 240, 215), (225, 240, 255)])
@pytest.mark.parametrize("uniform", [TEAL, RED])
def test_light_that_changes_the_whole_picture_changes_little(
    uniform: RGB, tint: RGB, light: float
) -> None:
    assert share(uniform, uniform, light=light, tint=tint) > 0.55
    assert share(NAVY, uniform, light=light, tint=tint) < 0.3
    assert share(GREY, uniform, light=light, tint=tint) < 0.3


def test_greys_are_told_apart_by_lightness_alone() -> None:
    found = [share(shirt, GREY) for shirt in (BLACK, GREY, WHITE)]
    assert found[1] > found[0] + 0.4
    assert found[1] > found[2] + 0.4


def test_any_of_several_colours_will_do() -> None:
    frame = frame_of(RED)
    gain = Gain().look(frame)
    one, other, both = (Uniform(c).share(frame, BOX, gain) for c in ([RED], [TEAL], [TEAL, RED]))
    assert one == both
    assert other is not None
    assert one is not None
    assert other < one


def test_what_is_not_seen_is_not_judged() -> None:
    frame = frame_of(TEAL)
    gain = Gain().look(frame)
    uniform = Uniform([TEAL])
    assert uniform.share(frame, np.array([10.0, 10.0, 14.0, 24.0]), gain) is None
    assert uniform.share(frame, BOX + 1000.0, gain) is None
    assert uniform.share(frame, np.array([40.0, 20.0, 90.0, 30.0]), gain) is None


COLOUR = st.tuples(*[st.integers(0, 255)] * 3)


@settings(max_examples=60)
@given(COLOUR, st.lists(COLOUR, min_size=1, max_size=4), st.floats(0.1, 3.0), st.integers(0, 9))
def test_it_is_always_from_nothing_to_all(
    shirt: RGB, uniform: list[RGB], light: float, seed: int
) -> None:
    frame = frame_of(shirt, light=light, seed=seed)
    found = Uniform(uniform).share(frame, BOX, Gain().look(frame))
    assert found is not None
    assert 0.0 <= found <= 1.0
