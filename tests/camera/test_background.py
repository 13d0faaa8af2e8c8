"""The picture of the empty place holds nobody, whatever the detector misses."""

from __future__ import annotations

import tracemalloc

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.camera.background import PersonFreeBackground
from miseban.vision.pixels import Image
from tests.camera.clip import ClipSource, frame_of, moving_boxes

WIDTH, HEIGHT = 160, 120
PERSON = (20, 20, 220)  # nothing in the place is of this colour


def place() -> Image:
    across = np.linspace(90, 200, WIDTH).astype(np.uint8)
    return np.dstack([np.tile(across, (HEIGHT, 1))] * 3)


def with_person(box: tuple[int, int, int, int]) -> Image:
    image = place()
    x1, y1, x2, y2 = box
    image[y1:y2, x1:x2] = PERSON
    return image


def people_left(picture: Image) -> float:
    """The part of the picture that is redder than anything in the place."""
    redder = picture[..., 2].astype(int) - picture[..., 0].astype(int)
    return float((redder > 40).mean())


def watch(
    boxes: list[tuple[int, int, int, int] | None],
    missed: NDArray[np.bool_],
    fps: float = 10.0,
) -> Image | None:
    background = PersonFreeBackground(WIDTH, HEIGHT)
    for i, box in enumerate(boxes):
        image = place() if box is None else with_person(box)
        found = np.empty((0, 4)) if box is None or missed[i] else np.array([box], np.float64)
        background.offer(frame_of(image, i + 1, fps), found)
    return background.picture()


def standing(n: int) -> list[tuple[int, int, int, int] | None]:
    return [(60, 30, 90, 110)] * n


def walking(n: int) -> list[tuple[int, int, int, int] | None]:
    return [((i * 3) % 130, 30, (i * 3) % 130 + 30, 110) for i in range(n)]


@pytest.mark.parametrize(
    ("boxes", "missed_share"),
    [
        pytest.param(walking(600), 0.0, id="walks, always found"),
        pytest.param(walking(600), 0.2, id="walks, missed in one frame of five"),
        pytest.param(standing(600), 0.0, id="stands all the time, always found"),
        pytest.param(standing(600), 0.2, id="stands all the time, missed in one frame of five"),
        pytest.param(
            standing(150) + [None] * 450, 1.0, id="stands a quarter of the time, never found"
        ),
        pytest.param(standing(300) + [None] * 300, 1.0, id="stands half of the time, never found"),
        pytest.param(standing(420) + [None] * 180, 1.0, id="stands most of the time, never found"),
        pytest.param(
            [(60, 30, 90, 110) if i // 20 % 3 else None for i in range(600)],
            0.2,
            id="comes and goes, there two thirds of the time",
        ),
    ],
)
@pytest.mark.parametrize("fps", [10.0, 5.0])
def test_nobody_is_in_the_picture(
    boxes: list[tuple[int, int, int, int] | None], missed_share: float, fps: float
) -> None:
    missed = np.random.default_rng(3).random(len(boxes)) < missed_share

    picture = watch(boxes, missed, fps)

    assert picture is not None
    assert people_left(picture) == 0


def test_the_empty_place_is_shown_as_it_is() -> None:
    picture = watch(walking(600), np.zeros(600, np.bool_))

    assert picture is not None
    assert np.abs(picture.astype(int) - place().astype(int)).max() <= 1


def test_a_spot_that_is_never_free_is_filled_smoothly() -> None:
    picture = watch(standing(600), np.zeros(600, np.bool_))

    assert picture is not None
    filled = picture[30:110, 60:90].astype(int)
    assert np.abs(np.diff(filled, axis=0)).max() <= 8
    assert np.abs(np.diff(filled, axis=1)).max() <= 8


@pytest.mark.parametrize(
    "boxes",
    [
        pytest.param([], id="nothing seen"),
        pytest.param([None] * 90, id="nine seconds are a frame by another name"),
        pytest.param([(0, 0, 160, 100)] * 600, id="more than half never free"),
    ],
)
def test_no_picture_rather_than_a_poor_one(
    boxes: list[tuple[int, int, int, int] | None],
) -> None:
    assert watch(boxes, np.zeros(len(boxes), np.bool_)) is None


def test_what_cannot_be_told_from_furniture_is_known() -> None:
    """The limit that the module names: missed at all times and always there."""
    picture = watch(standing(600), np.ones(600, np.bool_))

    assert picture is not None
    assert people_left(picture) > 0.1


def test_boxes_beyond_the_picture_or_not_numbers_do_no_harm() -> None:
    background = PersonFreeBackground(WIDTH, HEIGHT)
    odd = np.array([[-50, -50, -10, -10], [150, 100, 400, 300], [np.nan, 0, 5, 5]], np.float64)
    for number in range(1, 200):
        background.offer(frame_of(place(), number), odd)

    picture = background.picture()

    assert picture is not None
    assert picture.shape == (HEIGHT, WIDTH, 3)


def test_memory_stays_small_for_a_large_camera() -> None:
    image = np.full((1080, 1920, 3), 120, np.uint8)
    tracemalloc.start()
    try:
        background = PersonFreeBackground(1920, 1080)
        for number in range(1, 60):
            background.offer(frame_of(image, number, 1.0), np.empty((0, 4)))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert kept <= 25e6


@pytest.mark.parametrize("missed_share", [0.0, 0.2])
def test_a_real_clip_gives_the_empty_room(missed_share: float) -> None:
    """Somebody stands at the table three quarters of the time; frames 0 to 59 show nobody."""
    chance = np.random.default_rng(11)
    with ClipSource("intel_one_by_one_person.mp4", step=4) as source:
        background = PersonFreeBackground(source.info.width, source.info.height)
        empty: Image | None = None
        for frame in source.frames():
            empty = frame.bgr.copy() if empty is None else empty
            boxes = moving_boxes(frame.bgr, empty)
            kept = boxes[chance.random(len(boxes)) >= missed_share]
            background.offer(frame, kept)
    picture = background.picture()

    assert picture is not None
    assert empty is not None
    reference = cv2.resize(empty, picture.shape[1::-1], interpolation=cv2.INTER_AREA)
    difference = cv2.blur(cv2.absdiff(picture, reference), (16, 16)).max(axis=2)
    # A person differs by 60 and more over areas many times this size.
    assert difference.max() < 25
