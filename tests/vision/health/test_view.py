"""Each trouble is told when it begins and when it ends; people and daylight are none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from miseban.vision.health import Finding
from miseban.vision.health.view import CHECK_S, LASTS_S, ViewHealth
from miseban.vision.pixels import Frame, Image
from miseban.vocabulary.events import Trouble
from tests.vision.health.faults import (
    NOBODY,
    START,
    Fault,
    black,
    blurred,
    covered,
    crowded,
    frozen,
    noisy,
    rolled,
    shifted,
    watch,
)

FROM_S, TO_S, END_S = 60.0, 160.0, 200.0


@pytest.fixture(scope="module")
def pictures() -> list[Image]:
    """Seven pictures of one drawn shop, with noise of their own: shelves full of goods."""
    rng = np.random.default_rng(3)
    shop = np.full((360, 640, 3), 120, np.uint8)
    for _ in range(500):
        x, y = int(rng.integers(0, 620)), int(rng.integers(0, 340))
        w, h = int(rng.integers(6, 30)), int(rng.integers(8, 40))
        colour = [int(c) for c in rng.integers(30, 220, 3)]
        cv2.rectangle(shop, (x, y), (x + w, y + h), colour, -1)
    soft = cv2.GaussianBlur(shop, (0, 0), 0.8)
    return [noisy(np.asarray(soft), rng) for _ in range(7)]


def told(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.trouble, finding.phase) for finding in found]


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (shifted(3, 0), "moved"),
        (blurred(3.0), "blurred"),
        (black, "dark"),
        (covered, "blocked"),
        (frozen, "frozen"),
    ],
)
def test_a_trouble_is_told_once_when_it_begins_and_once_when_it_ends(
    pictures: list[Image], fault: Fault, trouble: Trouble
) -> None:
    found = watch(pictures, END_S, fault, (FROM_S, TO_S))
    assert told(found) == [(trouble, "begins"), (trouble, "ends")]
    begun, ended = found
    assert FROM_S - CHECK_S <= begun.since_s <= FROM_S + 3 * CHECK_S
    assert begun.time_s <= begun.since_s + LASTS_S[trouble] + CHECK_S
    assert TO_S <= ended.time_s <= TO_S + 20
    assert ended.since_s == begun.since_s


@pytest.mark.parametrize("shift", [(3, 0), (-6, 5), (16, -12), (0, 2.5)])
def test_a_shift_is_measured_in_pixels(pictures: list[Image], shift: tuple[float, float]) -> None:
    begun, ended = watch(pictures, END_S, shifted(*shift), (FROM_S, TO_S))
    assert begun.trouble == ended.trouble == "moved"
    assert begun.shift_px == pytest.approx(shift, abs=0.6)
    assert begun.time_s <= FROM_S + 14


@pytest.mark.parametrize(("degrees", "dx"), [(6.5, -20.0), (-6.5, 12.0), (4.0, 0.0)])
def test_a_picture_that_was_rolled_has_moved_and_is_not_blurred(
    pictures: list[Image], degrees: float, dx: float
) -> None:
    found = watch(pictures, END_S, rolled(degrees, dx), (FROM_S, TO_S))
    assert told(found) == [("moved", "begins"), ("moved", "ends")]
    assert found[0].time_s <= FROM_S + 14
    assert found[0].shift_px == pytest.approx((dx, 0), abs=4)


def test_a_camera_turned_to_another_place_has_moved_but_nobody_can_tell_how_far(
    pictures: list[Image],
) -> None:
    found = watch(pictures, 160, lambda picture, _: picture[::-1, ::-1].copy(), (FROM_S, 155.0))
    assert told(found) == [("moved", "begins")]
    assert found[0].shift_px is None


def test_people_who_fill_the_picture_for_minutes_block_nothing(pictures: list[Image]) -> None:
    assert watch(pictures, 340, crowded, (FROM_S, 300.0)) == []


def test_a_crowd_that_the_detector_sees_is_no_trouble(pictures: list[Image]) -> None:
    everywhere = [np.array([[0.0, 0, 640, 360]])] * len(pictures)
    calm = watch(pictures, 300, covered, (FROM_S, 260.0), people=everywhere)
    assert calm == []


def test_daylight_that_comes_and_goes_is_no_trouble(pictures: list[Image]) -> None:
    health = ViewHealth(640, 360)
    found: list[Finding] = []
    for number in range(450):  # a quarter of an hour, from dim to bright and back
        light = 0.75 + 0.45 * np.sin(number / 450 * np.pi * 2)
        bgr = np.clip(pictures[number % 7] * light, 0, 255).astype(np.uint8)
        frame = Frame(bgr, number + 1, number * 2.0, START)
        found += health.look(frame, NOBODY)
    assert found == []


def test_one_bad_picture_is_no_trouble(pictures: list[Image]) -> None:
    for fault in (shifted(20, 0), black, covered, blurred(4.0)):
        assert watch(pictures, 120, fault, (60.0, 62.0)) == []


def test_a_view_that_is_dark_from_the_start_is_dark(pictures: list[Image]) -> None:
    found = watch(pictures, 120, black, (0.0, 80.0))
    assert told(found) == [("dark", "begins"), ("dark", "ends")]


def test_small_and_narrow_pictures_are_watched_too() -> None:
    for width, height in ((64, 48), (17, 300), (1920, 16)):
        rng = np.random.default_rng(0)
        health = ViewHealth(width, height)
        for number in range(40):
            bgr = rng.integers(0, 255, (height, width, 3)).astype(np.uint8)
            frame = Frame(bgr, number + 1, number * 2.0, START)
            health.look(frame, np.array([[0.0, 0, width / 2, height]]))
