"""Faults done to real or drawn pictures, and a view that is watched while they last."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np

from miseban.vision.health import Finding, ViewHealth
from miseban.vision.pixels import Frame, Image

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
STEP_S = 2.0
NOBODY = np.empty((0, 4))
Fault = Callable[[Image, Image], Image]
"""From a picture, and the last one before the fault, to what the camera sends."""


def noisy(picture: np.ndarray, rng: np.random.Generator, sigma: float = 2.0) -> Image:
    grain = sigma * rng.standard_normal(picture.shape, np.float32)
    return np.asarray(np.clip(picture + grain, 0, 255), np.uint8)


def shifted(dx: float, dy: float) -> Fault:
    def fault(picture: Image, before: Image) -> Image:
        move = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
        size = picture.shape[1::-1]
        moved = cv2.warpAffine(picture, move, size, borderMode=cv2.BORDER_REFLECT)
        return np.asarray(moved, np.uint8)

    return fault


def rolled(degrees: float, dx: float = 0.0) -> Fault:
    """Rolled counterclockwise about its middle, which goes ``dx`` pixels to the right."""

    def fault(picture: Image, before: Image) -> Image:
        size = picture.shape[1::-1]
        turn = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), degrees, 1.0)
        turn[0, 2] += dx
        moved = cv2.warpAffine(picture, turn, size, borderMode=cv2.BORDER_REFLECT)
        return np.asarray(moved, np.uint8)

    return fault


def blurred(sigma: float) -> Fault:
    def fault(picture: Image, before: Image) -> Image:
        soft = cv2.GaussianBlur(picture, (0, 0), sigma)
        return noisy(np.asarray(soft), np.random.default_rng(int(picture.sum()) % 1000))

    return fault


def black(picture: Image, before: Image) -> Image:
    return noisy(np.zeros(picture.shape), np.random.default_rng(int(picture.sum()) % 1000))


def covered(picture: Image, before: Image) -> Image:
    """A hand or a bag before the lens: dim, without any detail."""
    across = np.linspace(60, 110, picture.shape[1], dtype=np.float32)[None, :, None]
    cover = across * np.ones((picture.shape[0], 1, 3), np.float32)
    return noisy(cover, np.random.default_rng(int(picture.sum()) % 1000))


def frozen(picture: Image, before: Image) -> Image:
    return before


def crowded(picture: Image, before: Image) -> Image:
    """Bodies close before the lens, which sway, and which no detector knows."""
    height, width = picture.shape[:2]
    cloth = np.random.default_rng(5).integers(0, 255, (18, 32, 3)).astype(np.uint8)
    wall = cv2.resize(cloth, (2 * width, 2 * height), interpolation=cv2.INTER_CUBIC)
    turn = float(picture.sum() % 628) / 100
    x, y = round(width * (0.5 + 0.2 * np.sin(turn))), round(height * (0.5 + 0.1 * np.cos(turn)))
    part = wall[y : y + height, x : x + width]
    return noisy(part, np.random.default_rng(int(picture.sum()) % 1000))


def as_it_is(picture: Image, before: Image) -> Image:
    return picture


def watch(
    pictures: Sequence[Image],
    seconds: float,
    fault: Fault = as_it_is,
    lasts_s: tuple[float, float] = (0.0, 0.0),
    people: Sequence[np.ndarray] = (),
) -> list[Finding]:
    """What is found while ``pictures`` are shown over and over for ``seconds``, with ``fault`` from
    one moment to another; ``people`` are the boxes in each picture."""
    health = ViewHealth(pictures[0].shape[1], pictures[0].shape[0])
    found: list[Finding] = []
    for number, picture, before in _shown(pictures, seconds, lasts_s):
        time_s = number * STEP_S
        faulty = lasts_s[0] <= time_s < lasts_s[1]
        bgr = fault(picture, before) if faulty else picture
        frame = Frame(bgr, number + 1, time_s, START + timedelta(seconds=time_s))
        boxes = people[number % len(pictures)] if len(people) else NOBODY
        found += health.look(frame, boxes)
    return found


def _shown(
    pictures: Sequence[Image], seconds: float, lasts_s: tuple[float, float]
) -> Iterator[tuple[int, Image, Image]]:
    before = pictures[0]
    for number in range(round(seconds / STEP_S)):
        picture = pictures[number % len(pictures)]
        if not lasts_s[0] <= number * STEP_S < lasts_s[1]:
            before = picture
        yield number, picture, before
