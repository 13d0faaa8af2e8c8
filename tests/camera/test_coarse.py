"""A view in blocks: nobody's face is more than a colour, and nothing larger fits into it."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import ValidationError

from miseban.camera.trial.coarse import COLUMNS, MOST_ROWS, CoarseStill, coarse
from miseban.vision.pixels import Frame

NOBODY = np.zeros((0, 4))


def frame(bgr: np.ndarray) -> Frame:
    return Frame(bgr, 1, 0.0, datetime(2026, 1, 1, tzinfo=UTC))


def noise(seed: int, height: int = 360, width: int = 640) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("size", [(360, 640), (480, 640), (640, 360), (1, 4000), (32, 32)])
def test_it_is_never_more_than_its_grid(size: tuple[int, int]) -> None:
    found = coarse(frame(noise(1, *size)), NOBODY)
    assert len(found.rows) <= MOST_ROWS <= 36
    assert all(len(row) == COLUMNS <= 64 for row in found.rows)


@settings(max_examples=30)
@given(arrays(np.float64, (3, 4), elements=st.floats(-50, 700)), st.integers(0, 99))
def test_what_a_person_looks_like_changes_nothing_but_one_colour(
    boxes: np.ndarray, seed: int
) -> None:
    """The same colours in another order, within the box of somebody: the same blocks."""
    boxes = np.sort(boxes.reshape(3, 2, 2), axis=1).reshape(3, 4)
    one = noise(seed)
    other = one.copy()
    x1, y1, x2, y2 = boxes[0].clip(0, [640, 360, 640, 360]).astype(int)
    inside = other[y1:y2, x1:x2]
    shuffled = np.random.default_rng(0).permutation(inside.reshape(-1, 3)).reshape(inside.shape)
    other[y1:y2, x1:x2] = shuffled
    assert coarse(frame(one), boxes) == coarse(frame(other), boxes)


def test_a_frame_still_cannot_leave_and_an_array_does_not_fit_in() -> None:
    made = frame(noise(2))
    with pytest.raises(TypeError):
        pickle.dumps(made)
    with pytest.raises(ValidationError):
        CoarseStill.model_validate({"rows": noise(2)})
    row = ("#000000",) * COLUMNS
    with pytest.raises(ValidationError):
        CoarseStill(rows=(row,) * (MOST_ROWS + 1))
    with pytest.raises(ValidationError):
        CoarseStill(rows=((*row, "#000000"),))


def test_a_place_without_people_is_shown_as_it_is() -> None:
    bgr = np.zeros((360, 640, 3), np.uint8)
    bgr[:, 320:] = (255, 128, 0)
    found = coarse(frame(bgr), NOBODY)
    assert found.rows[0][0] == "#000000"
    assert found.rows[-1][-1] == "#0080ff"
