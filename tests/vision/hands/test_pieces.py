"""A shelf of painted goods with a body before it: what goes and comes while it stands there."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from miseban.vision.hands import HandsWatch
from miseban.vision.hands.judge import PieceJudge, judge, read
from miseban.vision.hands.pieces import NUMBERS
from miseban.vocabulary.hands import HandsLook, ShelfChange

Picture = NDArray[np.float32]

WIDTH, HEIGHT = 320, 120
FACINGS = [
    [(40.0 + 80 * n, 40.0), (120.0 + 80 * n, 40.0), (120.0 + 80 * n, 72.0), (40.0 + 80 * n, 72.0)]
    for n in range(3)
]
BODY = np.array([[130.0, 10.0, 175.0, 118.0]])
NOBODY = np.empty((0, 4))
GOES_S, COMES_S = 4.0, 8.0
TWO = np.s_[36:72, 184:215]
"""Two packages beside the body."""
CORNER = np.s_[60:70, 184:194]
"""A twenty-fifth of a facing: what is seen of a package behind others, or at the picture's edge."""


def shelf(rng: np.random.Generator) -> Picture:
    """Packages of 16 pixels' width before a pale board."""
    picture = np.full((HEIGHT, WIDTH, 3), 215.0, np.float32)
    for x in range(40, 280, 16):
        picture[36:72, x : x + 15] = rng.uniform(40, 140, 3)
        picture[50:60, x + 2 : x + 12] = rng.uniform(40, 200, 3)
    return picture


def looks(
    *, goes: bool, seed: int = 1, later_s: float = 0.0, where: tuple[slice, slice] = TWO
) -> Iterator[HandsLook]:
    """A body comes after two seconds, and stands before the middle facing. Beside it, and touching
    it in the picture, what is seen of goods goes and comes back."""
    watch = HandsWatch(FACINGS, WIDTH, HEIGHT)
    region = watch.region
    rng = np.random.default_rng(seed)
    full = shelf(rng)
    clothes = cv2.resize(rng.uniform(0, 180, (18, 8, 3)).astype(np.float32), (45, 108))
    for step in range(60):
        time_s = step / 5
        picture = full.copy()
        if goes and GOES_S <= time_s < COMES_S:
            picture[where] = 215.0
        boxes, tracks = NOBODY, list[int]()
        if time_s >= 2.0:
            away = round(130 * max(0.0, 1 - (time_s - 2.0) / 1.5))
            picture[10:118, 130 - min(away, 130) : 175 - away] = clothes[:, max(0, away - 130) :]
            picture[44:52, 174 - away : 183 - away] = 90.0, 120.0, 190.0  # an arm
            boxes, tracks = BODY - np.array([away, 0, away, 0]), [7]
        picture += rng.normal(0, 2.0, picture.shape).astype(np.float32)
        frame = np.clip(picture, 0, 255).astype(np.uint8)
        yield watch.look_at(region.small(frame), later_s + time_s, NOBODY, boxes, tracks)


def sure(many: Iterator[HandsLook]) -> list[ShelfChange]:
    return [change for look in many for change in look.changes if change.sure]


def test_goods_that_go_beside_a_body_are_told_while_it_stands_there() -> None:
    gone, come = sure(looks(goes=True))
    assert abs(gone.until_s - GOES_S) < 0.3
    assert abs(come.until_s - COMES_S) < 0.3
    assert max(gone.shares, key=gone.shares.__getitem__) == 1
    assert gone.more < 0.5 < come.more
    assert come.undoes == gone.number
    assert gone.track == come.track == 7


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_piece_of_which_little_is_seen_is_told_too(seed: int) -> None:
    gone, come = sure(looks(goes=True, seed=seed, where=CORNER))
    assert abs(gone.until_s - GOES_S) < 0.3
    assert abs(come.until_s - COMES_S) < 0.3
    assert gone.more < 0.5 < come.more


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_camera_that_runs_for_a_year_tells_the_same(seed: int) -> None:
    year_s = 365 * 86_400.0
    first = sure(looks(goes=True, seed=seed))
    later = sure(looks(goes=True, seed=seed, later_s=year_s))
    assert len(first) == len(later) == 2
    for one, other in zip(first, later, strict=True):
        assert abs(other.until_s - year_s - one.until_s) < 0.05
        assert (one.more > 0.5) == (other.more > 0.5)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_body_that_comes_and_stays_is_no_goods(seed: int) -> None:
    assert sure(looks(goes=False, seed=seed)) == []


@given(st.lists(st.floats(-3, 3), min_size=NUMBERS, max_size=NUMBERS))
@settings(max_examples=30)
def test_chances_are_chances(numbers: list[float]) -> None:
    chances = judge().chances(np.array([numbers], np.float32))
    assert chances.shape == (1, 3)
    assert (chances >= 0).all()
    assert chances.sum() == pytest.approx(1.0, abs=1e-5)


def test_what_is_written_is_read() -> None:
    rng = np.random.default_rng(1)
    shapes = (NUMBERS, 4), (4,), (4, 3), (3,)
    one = PieceJudge(*(rng.normal(size=shape).astype(np.float32) for shape in shapes))
    other = read(one.written())
    numbers = rng.normal(size=(5, NUMBERS)).astype(np.float32)
    assert np.array_equal(one.chances(numbers), other.chances(numbers))
