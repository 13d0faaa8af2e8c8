"""The overhead detector: on a real entrance, and on floors, shadows and lights made here."""

from __future__ import annotations

import json
from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.vision.detectors import open_detector
from miseban.vision.detectors.motion import Motion
from tests.shared import TRUTH, VIDEO, need
from tests.vision.detectors.conftest import clip, frame

Image = NDArray[np.uint8]
LINE_Y = 120


@pytest.fixture(scope="module")
def entrance() -> list[Image]:
    return clip(need(VIDEO / "people_counter_topdown.mp4"), 747)


def centres(images: list[Image], fps: float) -> dict[int, list[tuple[float, float]]]:
    """Box centres (x, y) by frame number, at ``fps`` analysed frames of the clip's 25 a second."""
    detector = Motion()
    found = {}
    for step in range(int(len(images) * fps / 25)):
        number = round(step * 25 / fps)
        boxes = detector.detect(frame(images[number], number + 1, number / 25)).xyxy
        found[number] = [((b[0] + b[2]) / 2, (b[1] + b[3]) / 2) for b in boxes]
    return found


@pytest.mark.parametrize("fps", [25, 10, 5, 2])
def test_passages_of_a_real_entrance(entrance: list[Image], fps: float) -> None:
    truth = json.loads(need(TRUTH / "topdown_entrance.json").read_text())
    found = centres(entrance, fps)
    slack = max(truth["passages"][0]["tolerance"], 12.5 / fps)
    for passage in truth["passages"]:
        near = {n: c for n, c in found.items() if abs(n - passage["frame"]) <= max(14, 25 / fps)}
        assert all(len(c) == 1 for c in near.values()), near  # seen always, and as one
        points = [(n, c[0][1]) for n, c in sorted(near.items())]
        crossed = [
            (a + (LINE_Y - ya) / (yb - ya) * (b - a), "down" if yb > ya else "up")
            for (a, ya), (b, yb) in pairwise(points)
            if (ya - LINE_Y) * (yb - LINE_Y) < 0
        ]
        assert [way for _, way in crossed] == [passage["direction"]]
        assert crossed[0][0] == pytest.approx(passage["frame"], abs=slack)


def test_nothing_where_nobody_is(entrance: list[Image]) -> None:
    truth = json.loads(need(TRUTH / "topdown_entrance.json").read_text())
    people = {n for span in truth["presence"] for n in range(span["start"], span["end"] + 1)}
    found = centres(entrance, 25)
    empty = [n for n in found if n not in people]
    assert len(empty) > 100
    assert [n for n in empty if found[n]] == []


def floor(rng: np.random.Generator, light: float = 1.0) -> Image:
    """A tiled floor, 320 x 240, with a camera's noise."""
    tiles = np.where((np.indices((240, 320)).sum(axis=0) // 20) % 2, 100.0, 120.0)
    picture = tiles[:, :, None] * (0.9, 1.0, 1.05) * light + rng.normal(0, 2, (240, 320, 3))
    return picture.clip(0, 255).astype(np.uint8)


def walker(picture: Image, x: float, y: float) -> Image:
    """A trunk in blue with a shadow beside it that dims the floor by half."""
    shade = np.ones((240, 320, 1), np.float32)
    cv2.ellipse(shade, (round(x) + 45, round(y)), (40, 16), 0, 0, 360, 0.5, -1)
    dimmed = (picture * cv2.GaussianBlur(shade, (9, 9), 0)[:, :, None]).astype(np.uint8)
    cv2.ellipse(dimmed, (round(x), round(y)), (32, 18), 0, 0, 360, (180, 90, 60), -1)
    return dimmed


@pytest.mark.parametrize("fps", [2, 5, 15])
def test_a_walker_without_the_shadow(fps: float) -> None:
    rng, detector = np.random.default_rng(1), Motion()
    seen = 0
    for step in range(round(8 * fps)):
        time_s = step / fps
        y = 60 * (time_s - 3)
        found = detector.detect(frame(walker(floor(rng), 150, y), step + 1, time_s))
        if 30 < y < 210:
            seen += 1
            assert len(found) == 1
            left, top, right, bottom = found.xyxy[0]
            assert (left + right) / 2 == pytest.approx(150, abs=6)
            assert (top + bottom) / 2 == pytest.approx(y, abs=6)
            assert right - left == pytest.approx(65, abs=12)
    assert seen >= 3 * fps - 1


@pytest.mark.parametrize(
    "light",
    [
        pytest.param(lambda t: 1.0, id="steady"),
        pytest.param(lambda t: 1.0 - 0.04 * t, id="evening falls"),
        pytest.param(lambda t: 1.0 if t < 4 else 0.6, id="half the lamps go out"),
        pytest.param(lambda t: 0.0 if 3 < t < 6 else 1.0, id="the lens is covered"),
        pytest.param(lambda t: 0.05 if t < 0.3 else 1.0, id="the exposure settles"),
    ],
)
def test_an_empty_floor_stays_empty(light: object) -> None:
    assert callable(light)
    rng, detector = np.random.default_rng(2), Motion()
    for step in range(100):
        time_s = step / 10
        found = detector.detect(frame(floor(rng, light(time_s)), step + 1, time_s))
        assert len(found) == 0, time_s


def test_what_stays_fades_and_a_new_recording_begins_anew() -> None:
    rng, detector = np.random.default_rng(3), Motion()
    counts = {}
    floors = [floor(rng) for _ in range(3)]
    for step in range(300):
        picture = floors[step % 3] if step < 5 else walker(floors[step % 3], 150, 120)
        counts[step] = len(detector.detect(frame(picture, step + 1, step * 0.5)))
    assert counts[10] == 1  # five seconds: somebody stands there
    assert counts[299] == 0  # two minutes: part of the floor
    detector.detect(frame(floor(rng), 1, 0.0))
    assert len(detector.detect(frame(floor(rng), 2, 5.0))) == 0


def test_needs_no_file() -> None:
    assert open_detector("motion").name == "motion"
