"""Average precision: by hand, by its invariants, and as pycocotools sees it."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from miseban.vision.detectors.detection import Detections
from miseban.vision.models.accuracy import Accuracy, accuracy, overlaps

Floats = NDArray[np.float64]
Picture = tuple[Detections, Floats, Floats]


def box(left: float, top: float = 0.0, width: float = 10.0, height: float = 20.0) -> list[float]:
    return [left, top, left + width, top + height]


def found(*boxes: tuple[float, list[float]]) -> Detections:
    """Scores and boxes, best first."""
    xyxy = np.array([corners for _, corners in boxes]).reshape(-1, 4)
    return Detections(xyxy, np.array([score for score, _ in boxes]))


def test_by_hand() -> None:
    """Three people at least half visible, of whom two are found.

    Best first: right (1 of 1), wrong (1 of 2), right (2 of 3), the same person again (2 of 4); a
    box on somebody mostly hidden counts neither way. The precision made monotone is 1 up to a
    third of the people and 2/3 up to two thirds: 1/3 * 1 + 1/3 * 2/3 = 5/9.
    """
    first = found((0.9, box(1)), (0.8, box(200)), (0.6, box(0)), (0.5, box(100)))
    second = found((0.7, box(50)))
    pictures = [
        (first, np.array([box(0), box(100)]), np.array([1.0, 0.4])),
        (second, np.array([box(52), box(300)]), np.array([0.5, 1.0])),
    ]
    result = accuracy(pictures)
    assert result.people == 3
    assert result.ap50 == pytest.approx(5 / 9)
    assert result.recall_p70 == pytest.approx(1 / 3)  # two thirds come at a precision of 2/3


def test_an_overlap_of_a_half_is_enough_and_less_is_not() -> None:
    truth, visible = np.array([box(0)]), np.ones(1)
    half = [0.0, 0.0, 10.0, 10.0]  # half of the person's box
    assert accuracy([(found((0.9, half)), truth, visible)]).ap50 == 1.0
    less = [0.0, 0.0, 10.0, 9.9]
    assert accuracy([(found((0.9, less)), truth, visible)]) == Accuracy(0.0, 0.0, 1)


def test_nobody_there_and_nobody_found() -> None:
    empty = np.empty((0, 4))
    assert accuracy([]) == Accuracy(0.0, 0.0, 0)
    assert accuracy([(found((0.9, box(0))), empty, np.empty(0))]) == Accuracy(0.0, 0.0, 0)
    assert accuracy([(found(), np.array([box(0)]), np.ones(1))]) == Accuracy(0.0, 0.0, 1)


def test_boxes_of_one_score_are_one_threshold() -> None:
    """In whatever order they come."""
    truth = (np.array([box(0)]), np.ones(1))
    one, other = (found((0.9, box(0)), (0.9, box(99))), found((0.9, box(99)), (0.9, box(0))))
    assert accuracy([(one, *truth)]) == accuracy([(other, *truth)])
    assert accuracy([(one, *truth)]).ap50 == 0.5


def test_whoever_is_right_about_everybody_has_all_of_it() -> None:
    """To the last digit, however many there are."""
    for people in range(1, 60):
        boxes = [box(15.0 * n) for n in range(people)]
        seen = found(*zip(np.linspace(0.9, 0.8, people), boxes, strict=True))
        assert accuracy([(seen, np.array(boxes), np.ones(people))]) == Accuracy(1.0, 1.0, people)


@st.composite
def scenes(draw: st.DrawFn) -> list[Picture]:
    """Pictures of people beside each other, with boxes near them and elsewhere."""
    rng = np.random.default_rng(draw(st.integers(0, 1 << 30)))
    pictures = []
    for _ in range(draw(st.integers(1, 4))):
        people, seen = draw(st.integers(0, 5)), draw(st.integers(0, 8))
        xyxy = np.array([box(15.0 * n) for n in range(people)]).reshape(-1, 4)
        near = np.array([box(15.0 * rng.integers(0, 7)) for _ in range(seen)]).reshape(-1, 4)
        near += rng.normal(0, 2, (seen, 1))
        score = np.sort(rng.choice(1000, seen, replace=False) / 1000 + rng.random() / 2000)[::-1]
        pictures.append((Detections(near, score), xyxy, rng.random(people).round(1)))
    return pictures


@settings(max_examples=60)
@given(scenes())
def test_invariants(pictures: list[Picture]) -> None:
    result = accuracy(pictures)
    assert 0.0 <= result.ap50 <= 1.0
    assert 0.0 <= result.recall_p70 <= 1.0
    squeezed = [(Detections(d.xyxy, d.score**3 / 2), x, v) for d, x, v in pictures]
    assert accuracy(squeezed).ap50 == pytest.approx(result.ap50)  # only the order of scores counts
    perfect = [(Detections(x, np.linspace(0.9, 0.8, len(x))), x, v) for _, x, v in pictures]
    if result.people:
        assert accuracy(perfect) == Accuracy(1.0, 1.0, result.people)
    worse = [
        (found(*zip(d.score, d.xyxy.tolist(), strict=True), (1e-6, box(-500))), x, v)
        for d, x, v in pictures
    ]
    assert accuracy(worse).ap50 == pytest.approx(result.ap50)  # what comes last takes nothing away


@settings(max_examples=60)
@given(scenes())
def test_as_pycocotools_sees_it(pictures: list[Picture]) -> None:
    """Of people who are all visible (those it ignores, it overlaps otherwise). Its area is taken at
    101 recalls instead of at all, which is off by a hundredth at most."""
    coco = pytest.importorskip("pycocotools.coco", reason="needs pycocotools")
    evaluation = pytest.importorskip("pycocotools.cocoeval", reason="needs pycocotools")
    ours = accuracy((seen, xyxy, np.ones(len(xyxy))) for seen, xyxy, _ in pictures)
    if not ours.people or not any(len(seen) for seen, _, _ in pictures):
        return

    def xywh(corners: Floats) -> list[float]:
        return [*corners[:2], *(corners[2:] - corners[:2])]

    people = [
        {"id": 1 + 100 * n + m, "image_id": n, "category_id": 1, "bbox": xywh(corners),
         "area": 200.0, "iscrowd": 0}
        for n, (_, xyxy, _) in enumerate(pictures)
        for m, corners in enumerate(xyxy)
    ]  # fmt: skip
    boxes = [
        {"image_id": n, "category_id": 1, "bbox": xywh(corners), "score": float(score)}
        for n, (seen, _, _) in enumerate(pictures)
        for corners, score in zip(seen.xyxy, seen.score, strict=True)
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        truth = coco.COCO()
        images = [{"id": n} for n in range(len(pictures))]
        truth.dataset = {"images": images, "categories": [{"id": 1}], "annotations": people}
        truth.createIndex()
        judge = evaluation.COCOeval(truth, truth.loadRes(boxes), "bbox")
        judge.params.iouThrs = np.array([0.5])
        judge.evaluate()
        judge.accumulate()
    precision = judge.eval["precision"][0, :, 0, 0, -1]
    assert ours.ap50 == pytest.approx(float(precision.mean()), abs=0.011)


def test_overlaps_of_boxes_without_size() -> None:
    flat = np.array([[0.0, 0.0, 0.0, 0.0]])
    assert overlaps(flat, flat).tolist() == [[0.0]]
    assert overlaps(np.array([box(0)]), np.array([box(0), box(5), box(10)])).tolist() == [
        [1.0, pytest.approx(1 / 3), 0.0]
    ]
