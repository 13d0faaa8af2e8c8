"""Suppression against a plain one, and what every detector promises of its boxes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from miseban.vision.detectors.boxes import MOST_CANDIDATES, detections, suppress

Floats = NDArray[np.float64]
WIDTH, HEIGHT = 100, 60


@st.composite
def boxes(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """Whole boxes and scores, some of them equal."""
    n = draw(st.integers(0, 12))
    numbers = st.integers(0, 40).map(float)
    corner = draw(hnp.arrays(np.float64, (n, 2), elements=numbers))
    size = draw(hnp.arrays(np.float64, (n, 2), elements=st.integers(1, 40).map(float)))
    score = draw(hnp.arrays(np.float64, n, elements=st.sampled_from([0.1, 0.3, 0.5, 0.9])))
    return np.hstack([corner, corner + size]), score


def iou(a: Floats, b: Floats) -> float:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(wide, 0.0) * max(high, 0.0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return float(shared / (sum(areas) - shared))


@given(boxes(), st.sampled_from([0.0, 0.3, 0.55, 1.0]))
def test_suppression_equals_the_plain_loop(
    given_boxes: tuple[Floats, Floats], limit: float
) -> None:
    xyxy, score = given_boxes
    kept: list[int] = []
    for i in sorted(range(len(score)), key=lambda i: -score[i]):
        if all(iou(xyxy[i], xyxy[k]) <= limit + 1e-12 for k in kept):
            kept.append(i)
    assert suppress(xyxy, score, limit).tolist() == kept


def test_suppression_looks_at_the_best_only() -> None:
    n = MOST_CANDIDATES + 50
    corner = np.arange(n, dtype=float)[:, None] * 10
    xyxy = np.hstack([corner, corner, corner + 5, corner + 5])
    kept = suppress(xyxy, np.linspace(0.1, 0.9, n), 0.5)
    assert kept.tolist() == list(range(n - 1, 49, -1))


@given(
    hnp.arrays(np.float64, st.tuples(st.integers(0, 8), st.just(4)),
               elements=st.floats(-300, 300, allow_nan=False) | st.just(np.nan)),
)  # fmt: skip
def test_what_is_handed_on_is_fit(xyxy: Floats) -> None:
    score = np.linspace(0.2, 1.0, len(xyxy))
    found = detections(xyxy, score, WIDTH, HEIGHT)
    assert found.xyxy.dtype == found.score.dtype == np.float64
    assert (found.xyxy >= 0).all()
    assert (found.xyxy <= (WIDTH, HEIGHT, WIDTH, HEIGHT)).all()
    assert (found.xyxy[:, 2:] > found.xyxy[:, :2]).all()
    assert (np.diff(found.score) <= 0).all()


@pytest.mark.parametrize(
    ("box", "kept"),
    [
        pytest.param([-5, -5, 20, 20], [0, 0, 20, 20], id="over the corner: clipped"),
        pytest.param([10, 10, 200, 200], [10, 10, 100, 60], id="over the far corner"),
        pytest.param([100, 0, 120, 20], None, id="beside the frame"),
        pytest.param([20, 20, 20, 40], None, id="no width"),
        pytest.param([30, 40, 20, 50], None, id="turned round"),
        pytest.param([np.nan, 0, 20, 20], None, id="no number"),
    ],
)
def test_odd_boxes(box: list[float], kept: list[float] | None) -> None:
    found = detections(np.array([box]), np.array([0.5]), WIDTH, HEIGHT)
    assert found.xyxy.tolist() == ([kept] if kept else [])


def test_scores_that_are_no_numbers_are_dropped() -> None:
    two = np.array([[0.0, 0, 10, 10], [20, 20, 30, 30]])
    found = detections(two, np.array([np.nan, 1.5]), WIDTH, HEIGHT)
    assert found.score.tolist() == [1.0]
